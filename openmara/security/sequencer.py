"""The sequencer: gives committed entries their places in the tree, writes tiles, signs checkpoints. One at a time, by lock.

Order (why no entry is lost): ids are given in order but transactions end out of order. Each transaction that writes an entry first
leaves a mark in the database (audit.complete); entries with ids above the oldest standing mark wait. So indices follow ids, times
never go back, and a heartbeat truthfully says «everything before this moment is in the log».
Database first, files second: after a crash the files are completed from the database, and the same entries give the same files.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from openmara.ledger import entry as entries
from openmara.ledger.findings import Finding, Inconsistent
from openmara.ledger.live import WITH_ENTRY, proof
from openmara.ledger.note import ED25519, MLDSA44, Checkpoint, Note, Signer, read_note, sign_checkpoint
from openmara.ledger.policy import Policy, read_policy
from openmara.ledger.tiles import PUBLISHED_STEP, Directory
from openmara.ledger.tree import leaf_hash
from openmara.security import witnesses

PART = 2000
INNER_EVERY = timedelta(seconds=60)
PUBLISH_EVERY = timedelta(minutes=10)
PATIENCE = timedelta(seconds=30)  # how long a publication waits for a moment without standing marks
SEQUENCER_LOCK = (72016, 0)


def folder() -> Path:
    return Path(settings.DATA_FOLDER) / "log"


def signers() -> list[Signer]:
    """The log's two keys under its name; without a chosen name one that comes from the key."""
    first = Signer("", ED25519, settings.LOG_SEEDS["log_ed25519"])
    name = settings.LOG_NAME or f"openmara.invalid/log/{hashlib.sha256(first.verifier.key).hexdigest()[:12]}"
    return [Signer(name, ED25519, first.seed), Signer(name, MLDSA44, settings.LOG_SEEDS["log_mldsa44"])]


def policy_text() -> str:
    """The policy file an auditor of this installation needs: both keys of the log, and the witnesses it sends to."""
    logs = "".join(f"log {signer.verifier.vkey()}\n" for signer in signers())
    witnessed = Path(settings.WITNESSES).read_text() if settings.WITNESSES else "quorum none\n"
    return f"# The log of this OpenMARA. Keep this file where nobody of this system can change it.\n{logs}{witnessed}"


def witness_policy() -> Policy:
    return read_policy(policy_text())


def _ask(statement: str, message: str, *values: Any, key: bytes | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *proof(key or settings.LOG_MAC_KEY, message)])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@dataclass(frozen=True)
class Moment:
    now: datetime
    quiet: bool
    size: int
    latest: datetime | None


class Sequencer:
    """One pass a second; keeps the right edge of the tree in memory."""

    def __init__(self, target: Path | None = None, say: Callable[[str], object] = lambda _line: None) -> None:
        self.directory = Directory(target or folder())
        self.directory.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.signers = signers()
        self.say = say
        self.waiting_since: datetime | None = None
        self.policy = witness_policy()
        self._catch_up()
        self.signed_size, self.signed_at = self._last_checkpoint(published=False)
        _size, self.published_at = self._last_checkpoint(published=True)

    # What is there

    def _moment(self) -> Moment:
        return Moment(*_ask("select now_is, quiet, size, latest from audit.moment(%s, %s)", "log|moment")[0])

    def _last_checkpoint(self, published: bool) -> tuple[int, datetime | None]:
        found = newest_checkpoint(published)
        return (found[0], found[1]) if found else (0, None)

    def _catch_up(self) -> None:
        """Complete the files from the database, then stand at the right edge."""
        marker = self.directory.folder / "size"
        written = int(marker.read_text()) if marker.is_file() else 0
        size = self._moment().size
        if written > size:
            raise Inconsistent("the files hold more than the database: the database was put back to an earlier state", size)
        while written < size:
            rows = _ask(
                f"select index, leaf_at, hash, entry_id, {WITH_ENTRY} from audit.leaves(%s, %s, %s, %s)", f"verify|leaves|{written}",
                written, PART, key=settings.VERIFY_MAC_KEY,
            )  # fmt: skip
            found = [_entry(row) for row in rows]
            self._write(written, found)
            written += len(found)
        self.growing = self.directory.growing(size)
        newest = newest_checkpoint(published=False)
        if newest and self.directory.root(newest[0]) != newest[2].checkpoint().root:
            raise Inconsistent(f"the files are not those signed at {newest[0]} leaves", 0)

    def _write(self, first: int, found: Sequence[bytes]) -> None:
        self.directory.append(first, found)
        self.directory.write("size", str(first + len(found)).encode(), replace=True)

    # One pass

    def step(self) -> int:
        """Place what may be placed; sign and publish when it is time. Returns how many leaves were added."""
        added = 0
        while rows := _ask("select * from audit.pending(%s, %s, %s)", "log|pending", PART):
            self._place([entries.encode(row) for row in rows], [row[0] for row in rows], [row[2] for row in rows])
            added += len(rows)
            if len(rows) < PART:
                break
        moment = self._moment()
        if self._publication_due(moment.now):
            added += self._publish(moment)
        elif self.growing.size > self.signed_size and (self.signed_at is None or moment.now - self.signed_at >= INNER_EVERY):
            self._sign(moment.now, published=False)
        return added

    def _place(self, found: Sequence[bytes], ids: Sequence[int | None], times: Sequence[datetime]) -> None:
        hashes = [leaf_hash(one) for one in found]
        first = self.growing.size
        message = f"log|sequence|{first}|{hashlib.sha256(b''.join(hashes)).hexdigest()}"
        _ask(
            "select audit.sequence(%s, %s::bigint[], %s::timestamptz[], %s::bytea[], %s, %s)", message, first, list(ids), list(times), hashes,
        )  # fmt: skip
        for one in hashes:
            self.growing.append(one)
        self._write(first, found)

    def _publication_due(self, now: datetime) -> bool:
        """At fixed times of the clock, so that the rhythm says nothing."""
        if self.published_at is None:
            return True
        return int(now.timestamp() // PUBLISH_EVERY.total_seconds()) > int(self.published_at.timestamp() // PUBLISH_EVERY.total_seconds())

    def _publish(self, moment: Moment) -> int:
        """Heartbeats up to the next multiple of 64, at least one; then the checkpoint leaves the house."""
        self.waiting_since = self.waiting_since or moment.now
        at = moment.now
        if not moment.quiet:  # somebody is still writing: what they wrote is older than now
            if moment.now - self.waiting_since < PATIENCE:
                return 0
            at = moment.latest or moment.now
        self.waiting_since = None
        size = self.growing.size
        count = PUBLISHED_STEP - size % PUBLISHED_STEP
        beats = [entries.heartbeat(index, at) for index in range(size, size + count)]
        self._place(beats, [None] * count, [at] * count)
        self._send(self._sign(moment.now, published=True))
        return count

    def _sign(self, now: datetime, published: bool) -> Note:
        """Sign what was placed, if the files still say the same; nothing is signed over a difference."""
        checkpoint = Checkpoint(self.signers[0].name, self.growing.size, self.growing.root())
        if self.directory.root(checkpoint.size) != checkpoint.root:
            raise Inconsistent("the files are not those that were written", self.signed_size)
        note = sign_checkpoint(checkpoint, self.signers, int(now.timestamp()))
        _ask(
            "select audit.add_checkpoint(%s, %s, %s, %s, %s, %s, %s)", f"log|checkpoint|{checkpoint.size}|{checkpoint.root.hex()}",
            checkpoint.size, checkpoint.root, checkpoint.mark(), str(note), published,
        )  # fmt: skip
        self.signed_size, self.signed_at = checkpoint.size, now
        if published:
            self.published_at = now
            self.directory.write("checkpoint", str(note).encode(), replace=True)
        return note

    def _send(self, note: Note) -> None:
        """Ask the configured witnesses, and only them, for their cosignatures; one that does not answer is not waited for."""
        for name, address in self.policy.addresses.items():
            try:
                add_cosignatures(self.directory, self.policy, note, witnesses.ask(address, note, self.directory))
            except (OSError, Finding) as problem:
                self.say(f"witness {name}: {problem}")


def _entry(row: Sequence[Any]) -> bytes:
    """The leaf of one row of audit.leaves, which must still hash to what was given."""
    index, at, stored, entry_id, *columns = row
    if entry_id is not None and columns[0] is None:
        raise Inconsistent(f"entry {entry_id} was deleted", index)
    found = entries.heartbeat(index, at) if entry_id is None else entries.encode(columns)
    if leaf_hash(found) != bytes(stored):
        raise Inconsistent(f"entry {entry_id} is not the one that was logged", index)
    return found


def newest_checkpoint(published: bool) -> tuple[int, datetime, Note] | None:
    """The newest checkpoint of all, or of those that left the house."""
    found = _ask("select size, at, note from audit.newest_checkpoint(%s, %s, %s)", f"verify|newest|{str(published).lower()}", published,
                 key=settings.VERIFY_MAC_KEY)  # fmt: skip
    return (found[0][0], found[0][1], read_note(found[0][2])) if found else None


def add_cosignatures(directory: Directory, policy: Policy, note: Note, lines: str) -> list[str]:
    """Keep those lines that a known witness truly made over this checkpoint; returns the witnesses' names."""
    good = witnesses.valid_lines(policy, note, lines)
    if not good:
        raise Inconsistent("no valid cosignature of a known witness among them")
    size = note.checkpoint().size
    text = "".join(one.line() for _name, one in good)
    _ask("select audit.cosign(%s, %s, %s, %s)", f"log|cosign|{size}|{hashlib.sha256(text.encode()).hexdigest()}", size, text)
    newest = newest_checkpoint(published=True)
    if newest and newest[0] == size:
        directory.write("checkpoint", str(newest[2]).encode(), replace=True)
    return [name for name, _one in good]


def take_lock() -> bool:
    """True if no other sequencer runs on this database; held as long as the connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", SEQUENCER_LOCK)
        return bool(cursor.fetchone()[0])


def once(target: Path | None = None) -> Sequencer:
    """One pass, for operators and tests."""
    sequencer = Sequencer(target)
    sequencer.step()
    return sequencer
