"""The sequencer: order, crash, one at a time; the check of the live database; cosignatures; when the log falls behind."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from openmara.errors import NotNow
from openmara.ledger import live, verify
from openmara.ledger.findings import Finding, Incomplete, Inconsistent
from openmara.ledger.policy import Policy, read_policy
from openmara.ledger.receipt import batch_root
from openmara.ledger.tiles import Directory
from openmara.ledger.witness import Witness, keys_of, server
from openmara.security import sequencer
from openmara.security.actions import record
from openmara.security.context import acting
from openmara.security.sequencer import Sequencer
from openmara.security.sessions import proof as session_proof
from openmara.security.tests.test_log import WRITE, _keeper, stolen

pytestmark = pytest.mark.usefixtures("committed")


def act(count: int = 1) -> None:
    with acting("swpa", "carana"):
        for _number in range(count):
            record("security:log:list")


def check(folder: Path | None = None, **more: object) -> verify.Checked:
    with stolen() as anybody:  # no right but the key
        return live.database(anybody, policy(), settings.VERIFY_MAC_KEY, folder, **more)  # type: ignore[arg-type]


def policy() -> Policy:
    return read_policy(sequencer.policy_text())


@pytest.fixture
def power() -> Iterator[psycopg.Connection]:
    """Full power over the database: triggers and policies do not bind it."""
    with psycopg.connect(**_keeper(), autocommit=True) as everything:  # type: ignore[arg-type]
        everything.execute("set session_replication_role = replica")
        yield everything


@pytest.mark.parametrize(
    ("change", "index"),
    [
        ("update audit.entry set event = 'security:log:read' where id = (select entry_id from audit.leaf where index = 3)", 3),
        ("update audit.entry set at = at - interval '1 day' where id = (select entry_id from audit.leaf where index = 4)", 4),
        ("update audit.entry set principal = 'nobody' where id = (select entry_id from audit.leaf where index = 5)", 5),
        ("delete from audit.entry where id = (select entry_id from audit.leaf where index = 6)", 6),
        ("delete from audit.leaf where index = 7", 7),
        ("delete from audit.leaf where index >= 50", 50),
        ("update audit.leaf set index = case index when 2 then 5 else 2 end + 1000 where index in (2, 5);"
         " update audit.leaf set index = index - 1000 where index > 1000", 3),
        ("update audit.leaf set hash = sha256('x') where index = 8", 8),
        ("insert into audit.entry (id, event) overriding system value select min(id) - 1, 'a:b:c' from audit.entry", None),
        ("update audit.checkpoint set note = replace(note, E'\\n64\\n', E'\\n63\\n')", 63),
        ("delete from audit.checkpoint", None),
    ],
)  # fmt: skip
def test_tampering_with_the_database_is_found(tmp_path: Path, power: psycopg.Connection, change: str, index: int | None) -> None:
    act(20)
    sequencer.once(tmp_path)
    assert check(tmp_path).checkpoint.size == 64
    for statement in change.split(";"):
        power.execute(statement)
    with pytest.raises(Finding) as found:
        check(tmp_path)
    assert found.value.index == index


def test_a_forged_tree_in_the_database_does_not_fit_the_files(tmp_path: Path, power: psycopg.Connection) -> None:
    """Entry, leaf and checkpoints rewritten with the log's own keys: files, witness and receipts still know."""
    act(20)
    sequencer.once(tmp_path / "log")
    power.execute("delete from audit.entry where id = (select min(id) from audit.entry)")
    for table in ("leaf", "checkpoint"):
        power.execute(f"delete from audit.{table}")
    power.execute("update audit.head set size = 0, last_entry = 0, latest = null")
    with pytest.raises(Inconsistent, match="earlier state"):
        Sequencer(tmp_path / "log")
    sequencer.once(tmp_path / "forged")
    assert check().checkpoint.size == 64
    with pytest.raises(Inconsistent, match="another tree"):
        check(tmp_path / "log")


def test_entries_get_their_places_in_order_of_id_though_committed_out_of_order(tmp_path: Path) -> None:
    running = Sequencer(tmp_path)
    running.step()
    before = running.growing.size
    wrote, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with acting("hr.1", "carana"):
                record("security:log:list")
                wrote.set()
                finish.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(20)
    act(3)  # later ids, committed first
    running.step()
    assert running.growing.size == before
    finish.set()
    thread.join(20)
    running.step()
    assert running.growing.size == before + 4
    with stolen() as anybody:
        ids = [row[3] for row in live.Told(anybody, settings.VERIFY_MAC_KEY).leaves() if row[3]]
    assert ids == sorted(ids) and len(ids) == 4


@pytest.mark.parametrize("said", ["yes", "0", "-1", "999999999", "99999999999999999999", ""])
@pytest.mark.parametrize("local", [True, False])
def test_no_setting_keeps_an_entry_out_of_the_tree(tmp_path: Path, said: str, local: bool) -> None:
    """Whoever holds the password and writes the setting, before and between, has their entry placed all the same."""
    running = Sequencer(tmp_path)
    now = datetime.now(UTC).isoformat()
    proved = [now, session_proof(f"audit|security:log:list|S1||done|||{now}".encode())]
    with stolen() as thief:
        thief.execute("begin")
        for _twice in range(2):
            thief.execute("select set_config('audit.marked', %s, %s)", [said, local])
            thief.execute(WRITE, proved)
        act(3)  # later ids, committed first
        running.step()
        thief.execute("commit")
    running.step()
    running.published_at = (running.published_at or datetime.now(UTC)) - timedelta(minutes=10)
    running.step()
    check(tmp_path)
    with stolen() as anybody:
        assert len([row for row in live.Told(anybody, settings.VERIFY_MAC_KEY).leaves() if row[3]]) == 5


def test_many_entries_of_one_transaction_share_one_mark(power: psycopg.Connection) -> None:
    with acting("swpa", "carana"):
        for _number in range(20):
            with transaction.atomic():
                record("security:log:list")
        assert power.execute("select count(*) from pg_locks where classid = 72017 and objsubid = 2").fetchone() == (1,)


@pytest.mark.parametrize(
    ("change", "index"),
    [
        ("delete from audit.submission where entry_id = (select min(entry_id) from audit.submission)", 0),
        ("update audit.submission set content_sha256 = sha256('x') where position = 1", 0),
        ("insert into audit.submission select mission_id, gen_random_uuid(), entry_id + 4, 0, content_sha256 from audit.submission limit 1", None),
        ("insert into audit.submission select mission_id, gen_random_uuid(), entry_id + 2, 0, content_sha256 from audit.submission limit 1", 1),
        ("insert into audit.submission select mission_id, gen_random_uuid(), 999, 0, content_sha256 from audit.submission limit 1", None),
        ("update audit.submission set mission_id = gen_random_uuid()", None),
    ],
)
def test_what_receipts_are_made_from_is_checked(tmp_path: Path, power: psycopg.Connection, change: str, index: int | None) -> None:
    sent = [(uuid.uuid4(), bytes([number]) * 32) for number in range(3)]
    with acting("unpol.1", "carana"):
        record("evidence:report:take_in", result=[])  # its result replaced below: what came before the check of records
    power.execute("update audit.entry set result_hash = %s", [batch_root(sent)])
    for place, (one, content) in enumerate(sent):
        power.execute("insert into audit.submission select mission_id, %s, id, %s, %s from audit.entry", [one, place, content])
    with acting("unpol.1", "carana"):
        record("evidence:report:take_in", submitted=[])  # an empty batch is in order
        record("security:log:list")
    sequencer.once(tmp_path)
    assert check(tmp_path).checkpoint.size == 64
    power.execute(change)
    with pytest.raises(Inconsistent, match="receipt|records") as found:
        check(tmp_path)
    assert found.value.index == index


def test_after_a_crash_the_files_are_completed_from_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    act(70)
    broken = Sequencer(tmp_path)
    monkeypatch.setattr(Directory, "append", lambda *_arguments: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        broken.step()
    monkeypatch.undo()
    assert sequencer.once(tmp_path).growing.size == 128
    assert verify.log(tmp_path, policy()).checkpoint.size == check(tmp_path).checkpoint.size == 128


def test_a_second_sequencer_cannot_fork_the_tree(tmp_path: Path) -> None:
    first, second = Sequencer(tmp_path), Sequencer(tmp_path)
    first.step()
    act()
    with pytest.raises(Exception, match="another size"):
        second._place([b"x"], [None], [datetime.now(UTC)])


def test_a_publication_pads_to_64_and_an_idle_pass_adds_nothing(tmp_path: Path) -> None:
    act(3)
    running = Sequencer(tmp_path)
    assert running.step() == 64
    assert running.step() == 0
    assert verify.log(tmp_path, policy()).heartbeats == 61
    running.published_at -= timedelta(minutes=10)
    assert running.step() == 64  # at least one heartbeat each time: an idle log still beats


def test_an_inner_checkpoint_is_signed_within_the_minute(tmp_path: Path) -> None:
    running = Sequencer(tmp_path)
    running.step()
    act(2)
    running.signed_at -= timedelta(seconds=61)
    running.step()
    assert running.signed_size == 66
    assert check(tmp_path).checkpoint.size == 64  # what left the house stays at multiples of 64
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select size, published from audit.checkpoint order by size")
        assert cursor.fetchall() == [(64, True), (66, False)]


def test_entries_carry_the_hash_of_the_newest_checkpoint(tmp_path: Path, power: psycopg.Connection) -> None:
    act()
    sequencer.once(tmp_path)
    act()
    note = sequencer.newest_checkpoint(published=True)
    assert note is not None
    rows = power.execute("select previous_checkpoint from audit.entry order by id").fetchall()
    assert rows[0][0] is None and bytes(rows[1][0]) == note[2].checkpoint().mark()


def test_the_log_is_behind_when_an_entry_waits_two_minutes(tmp_path: Path, power: psycopg.Connection) -> None:
    def behind() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select sec.log_is_behind()")
            return cursor.fetchone()[0]

    act()
    assert behind() is False
    power.execute("update audit.entry set at = at - interval '121 seconds'")
    assert behind() is True
    with pytest.raises(Incomplete):
        check()
    sequencer.once(tmp_path)
    assert behind() is False


def test_a_witness_cosigns_over_the_network_and_by_file(tmp_path: Path, settings: object) -> None:
    act(5)
    witness = Witness(tmp_path / "seen", policy(), keys_of(tmp_path / "key", "witness.example/w1"))
    key = witness.signers[0].verifier.vkey()
    with server(witness, "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        (tmp_path / "witnesses").write_text(f"witness w1 {key} http://127.0.0.1:{running.server_port}\nquorum w1\n")
        settings.WITNESSES = str(tmp_path / "witnesses")  # type: ignore[attr-defined]
        settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]
        once = sequencer.once()
        assert check(tmp_path / "log").cosigned == verify.log(tmp_path / "log", policy()).cosigned == {"w1"}
        running.shutdown()
    heard: list[str] = []
    once.say, once.published_at = heard.append, once.published_at - timedelta(minutes=10)
    once.step()  # the witness is away: the log goes on
    assert heard and heard[0].startswith("witness w1: ")
    with pytest.raises(Finding):
        check(tmp_path / "log")
    call_command("sequence", export_checkpoint=tmp_path / "request", seen=64)
    (tmp_path / "answer").write_text(witness.add_checkpoint((tmp_path / "request").read_bytes()).body)
    call_command("sequence", import_cosignature=tmp_path / "answer")
    assert check(tmp_path / "log").cosigned == {"w1"}
    (tmp_path / "answer").write_text("— stranger.example AAAAAAAAAAA=\n")
    with pytest.raises(Inconsistent):
        call_command("sequence", import_cosignature=tmp_path / "answer")


def test_one_pass_by_command(tmp_path: Path, settings: object, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(NotNow):
        call_command("sequence", export_checkpoint=tmp_path / "none")
    with stolen() as other:
        other.execute("select pg_advisory_lock(%s, %s)", sequencer.SEQUENCER_LOCK)
        with pytest.raises(NotNow, match="Another sequencer"):
            call_command("sequence", once=True)
        other.execute("select pg_advisory_unlock_all()")
    call_command("sequence", once=True)
    call_command("sequence", policy=True)
    told = capsys.readouterr().out
    assert verify.log(tmp_path / "log", read_policy(told)).checkpoint.size == 64


def test_the_loop_waits_for_its_turn_begins_anew_when_the_database_was_away_and_stops(tmp_path: Path, settings: object) -> None:
    from openmara.security.management.commands.sequence import Command

    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]
    stop, passes = threading.Event(), []

    class Away(Sequencer):
        def step(self) -> int:
            passes.append(1)
            if len(passes) == 1:
                raise OperationalError("gone")
            stop.set()
            return super().step()

    patched = pytest.MonkeyPatch()
    patched.setattr(sequencer, "Sequencer", Away)
    patched.setattr(threading.Event, "wait", lambda *_arguments: stop.is_set())
    patched.setattr(threading, "Event", lambda: stop)
    patched.setattr("signal.signal", lambda *_arguments: None)
    try:
        Command()._run(once=False)
    finally:
        patched.undo()
    assert len(passes) == 2
    assert verify.log(tmp_path / "log", policy()).checkpoint.size == 64


@pytest.mark.parametrize("level", ["0", "entries"])
def test_nothing_is_signed_over_files_that_were_changed(tmp_path: Path, level: str) -> None:
    act(3)
    running = Sequencer(tmp_path)
    running.step()
    path = tmp_path / f"tile/{level}/000.p/64"
    path.write_bytes(path.read_bytes()[:40] + b"xxxx" + path.read_bytes()[44:])
    act()
    running.published_at -= timedelta(minutes=10)
    if level == "0":
        with pytest.raises(Inconsistent, match="not those that were written"):
            running.step()
        with pytest.raises(Inconsistent, match="not those signed"):
            Sequencer(tmp_path)
    else:
        running.step()
        with pytest.raises(Inconsistent) as found:
            verify.log(tmp_path, policy())
        assert found.value.index == 0


def test_the_command_checks_the_live_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from openmara.ledger.command import main

    act()
    sequencer.once(tmp_path)
    (tmp_path / "policy").write_text(sequencer.policy_text())
    parameters = connection.get_connection_params()
    url = " ".join(f"{name}={parameters[name]}" for name in ("dbname", "user", "password", "host"))
    arguments = ["db", "--policy", str(tmp_path / "policy"), "--log", str(tmp_path)]
    assert main(arguments, lambda: (url, settings.VERIFY_MAC_KEY)) == 0
    assert main(arguments, lambda: (url, b"guessed")) == 3
    assert "clean: 64 leaves" in capsys.readouterr().out
