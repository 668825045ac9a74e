"""The check of a running installation: the rows of the log as they are now against the tree and its signed checkpoints.

It reads through functions of the database that ask for a key and show the log alone; it needs no right on any table.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openmara.ledger import entry as entries
from openmara.ledger.findings import Incomplete, Inconsistent
from openmara.ledger.note import Checkpoint, Note, read_note
from openmara.ledger.policy import Policy, check_log_signed, check_quorum
from openmara.ledger.receipt import batch_root
from openmara.ledger.tiles import Directory
from openmara.ledger.tree import Growing, leaf_hash
from openmara.ledger.verify import Checked, Pause, Times

if TYPE_CHECKING:
    import psycopg

PART = 5000
LATE = timedelta(seconds=120)
WITH_ENTRY = ", ".join(f"(entry).{name}" for name in entries.COLUMNS)


def proof(key: bytes, message: str, moment: datetime | None = None) -> tuple[str, bytes]:
    """(moment, keyed hash) as `audit.proved` asks for."""
    at = (moment or datetime.now(UTC)).isoformat()
    return at, hmac.new(key, f"{message}|{at}".encode(), hashlib.sha256).digest()


class Told:
    """What the database tells to whoever holds the key for checks."""

    def __init__(self, connection: "psycopg.Connection[Any]", key: bytes) -> None:
        self.connection = connection
        self.key = key

    def _ask(self, statement: str, message: str, *values: object) -> list[tuple[Any, ...]]:
        found = self.connection.execute(statement, [*values, *proof(self.key, message)])  # type: ignore[arg-type]  # fixed texts below
        return found.fetchall()

    def leaves(self) -> Iterator[tuple[Any, ...]]:
        """index, time, hash, entry id, then the entry's columns, all empty for a heartbeat."""
        first = 0
        while rows := self._ask(
            f"select index, leaf_at, hash, entry_id, {WITH_ENTRY} from audit.leaves(%s, %s, %s, %s)", f"verify|leaves|{first}", first, PART
        ):
            yield from rows
            first = rows[-1][0] + 1

    def checkpoints(self) -> Iterator[tuple[Any, ...]]:
        """size, time, note with cosignatures, whether published."""
        after = -1
        while rows := self._ask("select * from audit.checkpoints(%s, %s, %s, %s)", f"verify|checkpoints|{after}", after, PART):
            yield from rows
            after = rows[-1][0]

    def strays(self) -> list[tuple[Any, ...]]:
        return self._ask("select * from audit.strays(%s, %s)", "verify|strays")

    def submissions(self, entry: int) -> list[tuple[Any, ...]]:
        return self._ask("select * from audit.submissions(%s, %s, %s)", f"verify|submissions|{entry}", entry)


def database(
    connection: "psycopg.Connection[Any]", policy: Policy, key: bytes, folder: Path | None = None, pauses: Sequence[Pause] = (),
    now: datetime | None = None,
) -> Checked:  # fmt: skip
    """Check rows, leaves, checkpoints and, with `folder`, that the files are of the same tree."""
    moment = now or datetime.now(UTC)
    told = Told(connection, key)
    signed = _Signed(policy, told)
    growing, times, last_id = Growing(), Times(pauses), 0
    for row in told.leaves():
        entry = _leaf(told, row, growing.size)
        if row[3] is not None:
            if row[3] <= last_id:
                raise Inconsistent(f"entry {row[3]} comes after entry {last_id}", growing.size)
            last_id = row[3]
        times.see(growing.size, entry)
        growing.append(bytes(row[2]))
        signed.see(growing)
    signed.finish(growing.size)
    _strays(told, moment)
    newest = signed.published
    if newest is None:
        raise Incomplete("no checkpoint was published yet")
    if folder is not None:
        checkpoint = newest.checkpoint()
        if Directory(folder).root(checkpoint.size) != checkpoint.root:
            raise Inconsistent("the files are of another tree than the database", 0)
    cosigned = check_quorum(policy, newest, int(moment.timestamp()))
    times.finish(moment, alive=True)
    return Checked(newest.checkpoint(), frozenset(cosigned), times.beats, times.latest)


def _leaf(told: Told, row: tuple[Any, ...], expected: int) -> bytes:
    """The entry of a leaf as the row gives it today; it must hash to what was logged."""
    index, at, stored, entry_id, *columns = row
    if index != expected:
        raise Inconsistent(f"the next leaf has index {index}", expected)
    if entry_id is None:
        entry = entries.heartbeat(index, at)
    elif columns[0] is None:
        raise Inconsistent(f"entry {entry_id} was deleted", index)
    else:
        entry = entries.encode(columns)
    if leaf_hash(entry) != bytes(stored):
        raise Inconsistent(f"entry {entry_id} is not the one that was logged", index)
    if entry_id is not None and columns[entries.COLUMNS.index("event")] == "evidence:report:take_in":
        _submissions(told, entry_id, columns[entries.COLUMNS.index("result_hash")], index)
    return entry


def _submissions(told: Told, entry_id: int, result: bytes | None, index: int) -> None:
    """The records an entry took in are those its root was made of: the root of none for an empty batch, no root where none are named."""
    records = [(record, bytes(content)) for record, content in told.submissions(entry_id)]
    if records if result is None else batch_root(records) != bytes(result):
        raise Inconsistent(f"the records of entry {entry_id} are not those that were taken in", index)


def _strays(told: Told, now: datetime) -> None:
    for entry_id, at, passed in told.strays():
        if passed is None:
            raise Inconsistent(f"a receipt would be made from entry {entry_id}, which took in no such record")
        if passed:
            raise Inconsistent(f"entry {entry_id} is in the table and not in the tree: it was put in later")
        if now - at > LATE:
            raise Incomplete(f"entry {entry_id} waits for the tree since {entries.stamp(at)}")


class _Signed:
    """Every checkpoint ever signed, each compared with the tree as it grows over its size."""

    def __init__(self, policy: Policy, told: Told) -> None:
        self.policy = policy
        self.coming = told.checkpoints()
        self.next = self._take()
        self.good = 0
        self.published: Note | None = None

    def _take(self) -> tuple[Checkpoint, Note, bool] | None:
        row = next(self.coming, None)
        if row is None:
            return None
        note = read_note(row[2])
        checkpoint = check_log_signed(self.policy, note)
        if checkpoint.size != row[0]:
            raise Inconsistent("a checkpoint is filed under another size", checkpoint.size)
        return checkpoint, note, row[3]

    def see(self, growing: Growing) -> None:
        if self.next is None or growing.size < self.next[0].size:
            return
        checkpoint, note, published = self.next
        if checkpoint.size != growing.size or checkpoint.root != growing.root():
            raise Inconsistent(f"the tree is not the one signed at {checkpoint.size} leaves; the change lies from here on", self.good)
        self.good = checkpoint.size
        self.published = note if published else self.published
        self.next = self._take()

    def finish(self, size: int) -> None:
        if self.next is not None:
            raise Inconsistent(f"a checkpoint of {self.next[0].size} leaves was signed, the log ends before", size)
