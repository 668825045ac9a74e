"""`measure(size)`: tamperings tried and detected, and seconds to verify a log of real entries on the disk.

Keys: tamper_tried, tamper_detected and the same for each kind (tamper_edit, tamper_edit_detected …), verify_entries (how many were built and read back), verify_s (measured for them),
verify_million_s (that time for a million; at full size nothing is scaled), verify_cpu_s (processor time of verify_s).
"""

import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openmara.ledger import entry, verify
from openmara.ledger.findings import Finding
from openmara.ledger.note import ED25519, MLDSA44, Checkpoint, Note, Signer, sign_checkpoint
from openmara.ledger.policy import Policy, read_policy
from openmara.ledger.tampering import DEPTHS, Tampering, apply, note_at
from openmara.ledger.tiles import Directory

SIZES = {"ci": 100_000, "full": 1_000_000}
SMALL, SINCE = 900, 832  # the log that is tampered with; the size of a checkpoint an auditor kept
EDGES = (0, 1, 254, 255, 256, 257, 511, 512, 513, 767, 768, 830, 831, 898, 899)  # of bundles, of the kept checkpoint, of the log
STRIDE = 389  # has no factor in common with SMALL: every place comes up
TRIES = {"ci": 30, "full": 200}  # of each kind, at least
PART = 25_600
ORIGIN = "bench.example/mara-log"
KEYS = (Signer(ORIGIN, ED25519, b"\x01" * 32), Signer(ORIGIN, MLDSA44, b"\x02" * 32))
START = datetime(2026, 11, 20, tzinfo=UTC)
MISSION = uuid.UUID("6d617261-0000-4000-8000-000000000001")


def policy() -> Policy:
    return read_policy("".join(f"log {key.verifier.vkey()}\n" for key in KEYS) + "quorum none\n")


def entries(first: int, count: int) -> list[bytes]:
    """Entries as the sequencer makes them, a tenth of a second apart, every 64th a heartbeat."""
    out = []
    for number in range(first, first + count):
        at = START + timedelta(seconds=number / 10)
        if number % 64 == 0:
            out.append(entry.heartbeat(number, at))
            continue
        row = (
            number, 1, at, at, MISSION, "evidence:report:read", "0123456789abcdef01234567", "hr", [uuid.UUID(int=number)], None, None, "S4",
            "", "done", uuid.UUID(int=number + 1), b"\x07" * 32, None,
        )  # fmt: skip
        out.append(entry.encode(row))
    return out


def _parts(count: int) -> Iterator[tuple[int, int]]:
    for first in range(0, count, PART):
        yield first, min(PART, count - first)


def _signed(folder: Path, size: int) -> None:
    checkpoint = Checkpoint(ORIGIN, size, Directory(folder).root(size))
    (folder / "checkpoint").write_text(str(sign_checkpoint(checkpoint, KEYS, int(START.timestamp()))))


def tries(kind: str, least: int) -> list[Tampering]:
    """At least so many of one kind: at the edges of bundles and checkpoints first, then all over the log, at every depth that applies."""
    found: list[Tampering] = []
    for index in dict.fromkeys((*EDGES, *(number * STRIDE % SMALL for number in range(SMALL)))):
        if len(found) >= least:
            break
        found += [Tampering(kind, index, depth) for depth in DEPTHS[kind] if index < (SINCE if depth == "signed" else SMALL)]
    return found


def tamper(folder: Path, least: int) -> dict[str, int]:
    """Tried and detected, in all and of each kind. The untouched log must be clean, or nothing counts."""
    found = entries(0, SMALL)
    original = folder / "original"
    Directory(original, durable=False).append(0, found)
    _signed(original, SMALL)
    since, now = note_at(original, SINCE, KEYS), START + timedelta(days=1)
    verify.log(original, policy(), since, now=now)
    figures = {"tamper_tried": 0, "tamper_detected": 0}
    for kind in DEPTHS:
        made = tries(kind, least)
        detected = sum(_is_found(folder, original, found, how, since, now) for how in made)
        figures |= {f"tamper_{kind}": len(made), f"tamper_{kind}_detected": detected}
        figures["tamper_tried"] += len(made)
        figures["tamper_detected"] += detected
    return figures


def _is_found(folder: Path, original: Path, found: list[bytes], how: Tampering, since: Note, now: datetime) -> bool:
    changed = folder / "changed"
    apply(original, changed, found, how, KEYS)
    try:
        verify.log(changed, policy(), since, now=now)
    except Finding:
        return True
    return False


def million(folder: Path, count: int) -> tuple[float, float]:
    """Seconds, and of the processor, to verify `count` entries: every bundle read, every leaf and tile hashed, time and heartbeats, signatures."""
    directory = Directory(folder, durable=False)
    for first, part in _parts(count):
        directory.append(first, entries(first, part))
    _signed(folder, count)
    started, worked = time.perf_counter(), time.process_time()
    checked = verify.log(folder, policy(), now=START + timedelta(days=30))
    if checked.checkpoint.size != count:
        raise RuntimeError("not everything was verified")
    return time.perf_counter() - started, time.process_time() - worked


def measure(size: str) -> dict[str, float | int]:
    """Build, tamper, verify, clean up."""
    count = SIZES[size]
    with tempfile.TemporaryDirectory(prefix="openmara-log-") as scratch:
        tampered = tamper(Path(scratch) / "small", TRIES[size])
        seconds, cpu = million(Path(scratch) / "large", count)
    return {
        **tampered, "verify_entries": count, "verify_s": round(seconds, 2), "verify_cpu_s": round(cpu, 2),
        "verify_million_s": round(seconds * 1_000_000 / count, 1),
    }  # fmt: skip
