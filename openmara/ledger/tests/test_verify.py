"""What an auditor finds: each tampering detected, gaps and the future told, receipts that prove deletion."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from openmara.ledger import bench, verify
from openmara.ledger import receipt as receipts
from openmara.ledger.entry import heartbeat
from openmara.ledger.findings import Finding, Incomplete, Inconsistent, PolicyUnmet
from openmara.ledger.note import COSIGNATURE, Signer, read_note
from openmara.ledger.tampering import CHANGES, DEPTHS, all_of, apply, note_at
from openmara.ledger.tests.samples import KEYS, NOW, SPACE, START, act, build, many, policy, sign
from openmara.ledger.tiles import Directory, tile_path
from openmara.ledger.tree import inclusion_proof

SIZE, SINCE = 300, 280
RECORDS = [(uuid.uuid5(SPACE, f"report {number}"), bytes([number]) * 32) for number in range(5)]


@pytest.mark.parametrize("how", list(all_of(SIZE, SINCE, (0, 255, 256, 279, 299))), ids=lambda how: f"{how.kind}-{how.depth}-{how.index}")
def test_every_tampering_is_found(tmp_path: Path, how) -> None:  # type: ignore[no-untyped-def]
    entries = many(SIZE)
    build(tmp_path / "log", entries)
    since = note_at(tmp_path / "log", SINCE, KEYS)
    verify.log(tmp_path / "log", policy(), since, now=NOW)
    apply(tmp_path / "log", tmp_path / "changed", entries, how, KEYS)
    with pytest.raises(Finding) as found:
        verify.log(tmp_path / "changed", policy(), since, now=NOW)
    if how.depth == "entries" and how.kind != "swap":
        assert found.value.index == how.index
    elif found.value.index is not None:
        assert found.value.index <= max(how.index, SINCE)


def test_the_kinds_are_those_the_project_promises() -> None:
    assert set(CHANGES) == {"edit", "delete", "insert", "swap", "truncate", "fork", "backdate"}


def test_it_finds_an_entry_set_back_in_time_by_somebody_with_the_keys(tmp_path: Path) -> None:
    entries = many(100)
    entries[70] = act(70, -3600)
    build(tmp_path, entries)
    with pytest.raises(Inconsistent) as found:
        verify.log(tmp_path, policy(), now=NOW)
    assert found.value.index == 70 and "goes back" in str(found.value)


def test_a_few_seconds_out_of_order_are_no_finding(tmp_path: Path) -> None:
    entries = many(100)
    entries[70] = act(70, 66)
    build(tmp_path, entries)
    assert verify.log(tmp_path, policy(), now=NOW).checkpoint.size == 100


@pytest.mark.parametrize("levels", [("entries",), (0,), ("entries", 0)])
def test_it_finds_tiles_in_another_order(tmp_path: Path, levels: tuple[str | int, ...]) -> None:
    build(tmp_path, many(600))
    for level in levels:
        first, second = (tmp_path / tile_path(level, number) for number in (0, 1))
        content = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(content)
    with pytest.raises(Inconsistent) as found:
        verify.log(tmp_path, policy(), now=NOW)
    assert found.value.index in (0, 256)


def test_it_refuses_a_time_in_the_future(tmp_path: Path) -> None:
    build(tmp_path, many(100))
    with pytest.raises(Inconsistent, match="future") as found:
        verify.log(tmp_path, policy(), now=START + timedelta(seconds=50))
    assert found.value.index == 99


@pytest.mark.parametrize("broken", [b"{}", b'{"at":"soon"}', b'{"at":"2026-11-20T99:00:00.000000Z","event":"security:log:heartbeat"}'])
def test_it_refuses_an_entry_without_a_time(tmp_path: Path, broken: bytes) -> None:
    build(tmp_path, [*many(64), heartbeat(64, START + timedelta(seconds=64)), broken.ljust(512)])
    with pytest.raises(Inconsistent, match="no time") as found:
        verify.log(tmp_path, policy(), now=NOW)
    assert found.value.index == 65


def test_it_tells_missing_heartbeats_unless_a_pause_was_announced(tmp_path: Path) -> None:
    build(tmp_path, [*many(128), *(heartbeat(128 + number, START + timedelta(hours=9)) for number in range(64))])
    with pytest.raises(Incomplete) as found:
        verify.log(tmp_path, policy(), now=NOW)
    assert found.value.index == 128 and found.value.exit_code == 2
    night = (START, START + timedelta(hours=9))
    assert verify.log(tmp_path, policy(), pauses=[night], now=NOW).heartbeats == 66
    with pytest.raises(Incomplete):
        verify.log(tmp_path, policy(), pauses=[(START, START + timedelta(hours=8))], now=NOW)


def test_it_tells_missing_files(tmp_path: Path) -> None:
    with pytest.raises(Incomplete):
        verify.log(tmp_path, policy(), now=NOW)
    build(tmp_path, many(300))
    (tmp_path / tile_path("entries", 1, 44)).unlink()
    with pytest.raises(Incomplete) as found:
        verify.log(tmp_path, policy(), now=NOW)
    assert found.value.index == 256


def test_it_tells_that_an_old_checkpoint_was_put_back(tmp_path: Path) -> None:
    """Files may go on after the checkpoint as far as the next publication."""
    entries = [act(number, number) if number % 64 else heartbeat(number, START + timedelta(seconds=number)) for number in range(300)]
    build(tmp_path, entries)
    sign(tmp_path, 257)
    assert verify.log(tmp_path, policy(), now=NOW).checkpoint.size == 257  # no heartbeat after it: still on the way
    sign(tmp_path, 192)
    assert verify.log(tmp_path, policy(), now=START + timedelta(seconds=400)).checkpoint.size == 192  # its publication goes on
    with pytest.raises(Incomplete, match="old one") as found:
        verify.log(tmp_path, policy(), now=NOW)
    assert found.value.index == 192 and found.value.exit_code == 2
    (tmp_path / tile_path("entries", 1, 44)).unlink()
    sign(tmp_path, 64)
    with pytest.raises(Incomplete, match="entries are missing"):
        verify.log(tmp_path, policy(), now=NOW)


def test_acts_alone_after_the_checkpoint_are_too_many_after_eleven_minutes(tmp_path: Path) -> None:
    build(tmp_path, [*many(64), *(act(64 + number, 64 + number * 60) for number in range(13))])
    sign(tmp_path, 64)
    with pytest.raises(Incomplete, match="old one"):
        verify.log(tmp_path, policy(), now=START + timedelta(minutes=14))


def test_it_refuses_a_smaller_log_and_another_one(tmp_path: Path) -> None:
    later = build(tmp_path / "log", many(300))
    build(tmp_path / "early", many(200))
    with pytest.raises(Inconsistent, match="smaller") as found:
        verify.log(tmp_path / "early", policy(), later, now=NOW)
    assert found.value.index == 200
    forged = read_note(str(later).replace("\n300\n", "\n299\n"))
    with pytest.raises(Inconsistent, match="forged"):
        verify.log(tmp_path / "log", policy(), forged, now=NOW)


def test_it_refuses_a_log_without_the_witnesses_asked_for(tmp_path: Path) -> None:
    note = build(tmp_path, many(100))
    witness = Signer("witness.example/w1", COSIGNATURE, b"\x05" * 32)
    asked = policy(f"witness w1 {witness.verifier.vkey()}\nquorum w1\n")
    with pytest.raises(PolicyUnmet):
        verify.log(tmp_path, asked, now=NOW)
    (tmp_path / "checkpoint").write_text(str(note.signed_also([witness.sign(note.text, int(START.timestamp()))])))
    assert verify.log(tmp_path, asked, now=NOW).cosigned == {"w1"}


def sent(folder: Path, at: int = 40) -> tuple[list[bytes], receipts.Receipt]:
    """A log in which entry 40 took in five records, and the receipt of the third."""
    entries = many(128)
    entries[at] = act(at, at, "evidence:report:take_in", receipts.batch_root(RECORDS))
    note = build(folder, entries)
    path = inclusion_proof(at, 128, Directory(folder).subtree)
    return entries, receipts.make(RECORDS, 2, entries[at], at, path, note)


def test_a_receipt_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    _entries, made = sent(tmp_path)
    text = receipts.write(made)
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra ") and "\nindex 40\n" in text
    assert verify.receipt(text, policy(), tmp_path, now=NOW) == made


def test_a_receipt_proves_that_a_deleted_report_existed(tmp_path: Path) -> None:
    """The keeper takes the entry out, rebuilds every file and signs anew: the receipt tells."""
    entries, made = sent(tmp_path / "log")
    text = receipts.write(made)
    for number, changed in enumerate((entries[:40] + entries[41:], [*entries[:40], act(40, 40), *entries[41:]], entries[:40], [*entries[:39], act(1, 39), *entries[40:]])):
        forged = tmp_path / f"forged{number}"
        build(forged, changed)
        verify.log(forged, policy(), now=NOW)  # by itself the new history looks clean
        with pytest.raises(Inconsistent) as found:
            verify.receipt(text, policy(), forged, now=NOW)
        assert found.value.index == 40
    assert verify.receipt(text, policy(), now=NOW).record == RECORDS[2][0]  # and it stands alone


def test_a_receipt_holds_while_the_log_grows(tmp_path: Path) -> None:
    _entries, made = sent(tmp_path)
    Directory(tmp_path).append(128, many(300)[128:])
    sign(tmp_path, 300)
    assert verify.receipt(receipts.write(made), policy(), tmp_path, now=NOW) == made


def test_it_refuses_a_forged_receipt(tmp_path: Path) -> None:
    _entries, made = sent(tmp_path)
    other = RECORDS[3]
    for changed in (
        {"record": other[0]}, {"content_sha256": other[1]}, {"place": 3}, {"index": 41}, {"path": made.path[:-1]}, {"batch_path": made.batch_path[::-1]},
        {"entry": act(40, 40)}, {"entry": made.entry.replace(b"hr", b"hq")}, {"entry": b"{}"},
    ):  # fmt: skip
        forged = receipts.Receipt(**({name: getattr(made, name) for name in made.__dataclass_fields__} | changed))
        with pytest.raises(Inconsistent):
            verify.receipt(receipts.write(forged), policy(), now=NOW)
    text = receipts.write(made)
    for broken in ("", "x" * 200_000, text.replace("extra ", "extra x"), text.replace("index 40", "index 040"), text.replace("tlog-proof@v1", "v2"), text.split("\n\n")[0]):
        with pytest.raises(Inconsistent):
            verify.receipt(broken, policy(), now=NOW)


def test_it_refuses_a_receipt_of_a_log_whose_tiles_are_not_those_signed(tmp_path: Path) -> None:
    entries, made = sent(tmp_path / "log")
    apply(tmp_path / "log", tmp_path / "changed", entries, next(how for how in all_of(128, 100, (3,)) if how.depth == "tree"), KEYS)
    with pytest.raises(Inconsistent, match="not those of the checkpoint"):
        verify.receipt(receipts.write(made), policy(), tmp_path / "changed", now=NOW)


def test_a_pause_is_written_as_two_times() -> None:
    first, last = verify.read_pause("2026-11-21T10:00/2026-11-21T18:00")
    assert (last - first) == timedelta(hours=8) and first.tzinfo is not None


def test_the_benchmark_tries_each_kind_two_hundred_times_and_never_the_same_twice() -> None:
    for kind in DEPTHS:
        assert len(set(bench.tries(kind, bench.TRIES["full"]))) == len(bench.tries(kind, bench.TRIES["full"])) >= 200
    assert sum(len(bench.tries(kind, bench.TRIES["ci"])) for kind in DEPTHS) >= 200
