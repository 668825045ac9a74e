"""Who may write an entry: a person with a context, or a process that holds the key. Nobody else, with any password."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from openmara.ledger.live import proof
from openmara.security.actions import record
from openmara.security.context import acting
from openmara.security.sessions import proof as session_proof

pytestmark = pytest.mark.usefixtures("committed")
WRITE = (
    "select audit.write('security:log:list', '{}'::uuid[], 'S1', '', 'done', null, null, null, now(), null, null, %s, %s)"
)


def stolen() -> psycopg.Connection:
    """A connection with the password of the web role and nothing else, as in psql."""
    parameters = connection.get_connection_params()
    return psycopg.connect(**{name: parameters[name] for name in ("dbname", "user", "password", "host")}, autocommit=True)


def entries() -> int:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit.entry")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "attempt",
    [
        "insert into audit.entry (event) values ('security:log:list')",
        "insert into audit.entry (event, mission_id) values ('security:log:list', gen_random_uuid())",
        "insert into audit.leaf values (0, null, now(), sha256('x'))",
        "insert into audit.submission values (gen_random_uuid(), gen_random_uuid(), 1, 0, sha256('x'), null, null)",
        "insert into audit.checkpoint (size, root, note, published) values (1, sha256('x'), '', true)",
        "update audit.head set size = 0",
        "delete from audit.leaf",
        "truncate audit.entry",
        "alter table audit.entry disable trigger all",
        "select nextval('audit.entry_id_seq')",
        "select audit.check_proved('log', 'x', now()::text, sha256('x'))",
        "select sec.mac('log', 'x')",
        "set role sec_owner",
    ],
)
def test_a_stolen_password_writes_nothing_by_itself(attempt: str) -> None:
    with stolen() as thief, pytest.raises(psycopg.Error):
        thief.execute(attempt)


def test_a_stolen_password_writes_no_entry_through_the_function() -> None:
    now = datetime.now(UTC).isoformat()
    message = "audit|security:log:list|S1||done||"
    wrong = [(now, b"wrong"), (now, None), (now, session_proof(b"")), ("never", b""), (None, None)]
    old = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    replayed = [(old, session_proof(f"{message}|{old}".encode())), (now, session_proof(f"{message.replace('list', 'read')}|{now}".encode()))]
    with stolen() as thief:
        for at, mac in wrong + replayed:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                thief.execute(WRITE, [at, mac])
        thief.execute(WRITE, [now, session_proof(f"{message}|{now}".encode())])  # so the refusals above are not by accident
    assert entries() == 0  # an entry of the process belongs to no mission


@pytest.mark.parametrize(
    "question",
    [
        "select * from audit.pending(10, %s, %s)", "select * from audit.moment(%s, %s)",
        "select audit.sequence(0, '{}', '{}', '{}', %s, %s)", "select audit.add_checkpoint(0, sha256('x'), sha256('x'), 'x', true, %s, %s)",
        "select audit.cosign(0, 'x', %s, %s)", "select * from audit.leaves(0, 10, %s, %s)", "select * from audit.checkpoints(-1, 10, %s, %s)",
        "select * from audit.strays(%s, %s)", "select * from audit.submissions(1, %s, %s)", "select * from audit.newest_checkpoint(true, %s, %s)",
    ],
)  # fmt: skip
def test_a_stolen_password_asks_the_log_nothing(question: str) -> None:
    with stolen() as thief, pytest.raises(psycopg.errors.InsufficientPrivilege):
        thief.execute(question, list(proof(b"guessed key", "log|pending")))


def test_an_entry_is_not_rewritten_even_by_the_keeper_of_the_schema() -> None:
    with acting("swpa", "carana"):
        record("security:log:list")
    for change in ("update audit.entry set event = 'a:b:c'", "delete from audit.entry", "delete from audit.leaf", "truncate audit.entry"):
        with pytest.raises(psycopg.Error), psycopg.connect(**_keeper(), autocommit=True) as keeper:
            keeper.execute("set role sec_owner")
            keeper.execute(change)


def _keeper() -> dict[str, str]:
    from openmara.config import env, postgres

    return {"host": str(postgres.socket_folder()), "user": "postgres", "password": env.kept_secrets()["postgres"], "dbname": connection.settings_dict["NAME"]}


def test_a_person_in_their_context_and_the_process_itself_write() -> None:
    with acting("swpa", "carana"):
        record("security:log:list", objects=[uuid.uuid4()], sensitivity="S2", result=[uuid.uuid4()] * 3)
    with transaction.atomic():
        record("security:session:refuse", outcome="refused")
    assert entries() == 1
    with psycopg.connect(**_keeper()) as everything:
        rows = everything.execute("select event, principal, count_bucket, mission_id is null from audit.entry order by id").fetchall()
    assert rows[0][0] == "security:log:list" and rows[0][1] != "nobody" and rows[0][2:] == ("2-10", False)
    assert rows[1] == ("security:session:refuse", "nobody", None, True)


def test_an_entry_is_rolled_back_with_its_act() -> None:
    with pytest.raises(ZeroDivisionError), acting("swpa", "carana"):
        record("security:log:list")
        raise ZeroDivisionError
    assert entries() == 0


def test_only_the_auditor_sees_the_tree() -> None:
    from openmara.security import sequencer

    with acting("swpa", "carana"):
        record("security:log:list")
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        sequencer.once(Path(folder))
    seen = {}
    for who in ("hr.1", "auditor"):
        with acting(who, "carana"), connection.cursor() as cursor:
            cursor.execute("select (select count(*) from audit.leaf), (select count(*) from audit.checkpoint), (select count(*) from audit.head)")
            seen[who] = cursor.fetchone()
    assert seen == {"hr.1": (0, 0, 0), "auditor": (1, 1, 0)}
