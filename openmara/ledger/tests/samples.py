"""Logs of synthetic entries for the tests: built as the sequencer builds them, with keys of their own."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openmara.ledger import entry
from openmara.ledger.note import ED25519, MLDSA44, Checkpoint, Note, Signer, sign_checkpoint
from openmara.ledger.policy import Policy, read_policy
from openmara.ledger.tiles import Directory

ORIGIN = "mission.example/mara-log"
KEYS = [Signer(ORIGIN, ED25519, b"\x01" * 32), Signer(ORIGIN, MLDSA44, b"\x02" * 32)]
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)
SPACE = uuid.UUID("6d617261-0000-4000-8000-000000000001")


def policy(extra: str = "quorum none\n") -> Policy:
    return read_policy("".join(f"log {key.verifier.vkey()}\n" for key in KEYS) + extra)


def act(number: int, seconds: float, event: str = "evidence:report:read", result: bytes | None = None) -> bytes:
    """One entry as the database's row gives it."""
    at = START + timedelta(seconds=seconds)
    row = (
        number, 1, at, at, SPACE, event, "0123456789abcdef01234567", "hr", [uuid.uuid5(SPACE, str(number))], result, None, "S4", "", "done",
        uuid.uuid5(SPACE, f"request {number}"), b"\x07" * 32, None,
    )  # fmt: skip
    return entry.encode(row)


def many(count: int, step: float = 1.0, beat_every: int = 64) -> list[bytes]:
    """Entries a second apart, every 64th a heartbeat."""
    return [
        entry.heartbeat(number, START + timedelta(seconds=number * step)) if number % beat_every == 0 else act(number, number * step)
        for number in range(count)
    ]


def sign(folder: Path, size: int, root: bytes | None = None) -> Note:
    """Sign the folder's tree and put the checkpoint in its place."""
    directory = Directory(folder, durable=False)
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root or directory.root(size)), KEYS, int(START.timestamp()))
    (folder / "checkpoint").write_text(str(note))
    return note


def build(folder: Path, entries: list[bytes], size: int | None = None) -> Note:
    """A log with a checkpoint over its first `size` entries, all by default."""
    Directory(folder, durable=False).append(0, entries)
    return sign(folder, size or len(entries))
