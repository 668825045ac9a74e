"""Ways to tamper with a log, from a clumsy edit to a keeper who holds the log's own keys. For tests and for the benchmark.

Each changes a copy of a log's folder. Those that rewrite all files and sign anew stand for somebody with full power over the
machine; what then tells is an earlier checkpoint, a witness, or time itself.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openmara.ledger.note import Checkpoint, Note, Signer, sign_checkpoint
from openmara.ledger.tiles import WIDTH, Directory, pack, tile_path
from openmara.ledger.tree import leaf_hash

Change = Callable[[list[bytes], int], list[bytes]]


@dataclass(frozen=True)
class Tampering:
    """`kind` of change at `index`; `depth`: which files follow it; whether the checkpoint was signed anew or put back."""

    kind: str
    index: int
    depth: str  # entries | tile | tree | signed


def edit(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], entries[at].replace(b'"v":1', b'"v":2'), *entries[at + 1 :]]


def delete(entries: list[bytes], at: int) -> list[bytes]:
    return entries[:at] + entries[at + 1 :]


def insert(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], edit(entries, at)[at], *entries[at:]]


def swap(entries: list[bytes], at: int) -> list[bytes]:
    other = at + 1 if at + 1 < len(entries) else at - 1
    changed = list(entries)
    changed[at], changed[other] = changed[other], changed[at]
    return changed


def truncate(entries: list[bytes], at: int) -> list[bytes]:
    return entries[:at]


def backdate(entries: list[bytes], at: int) -> list[bytes]:
    """The day before, in the same place."""
    changed = entries[at].replace(b'{"at":"2026-11-2', b'{"at":"2026-11-1', 1)
    return [*entries[:at], changed, *entries[at + 1 :]]


CHANGES: dict[str, Change] = {
    "edit": edit, "delete": delete, "insert": insert, "swap": swap, "truncate": truncate, "fork": edit, "backdate": backdate,
}  # fmt: skip
DEPTHS = {
    "edit": ("entries", "tile", "tree", "signed"), "delete": ("entries", "tree", "signed"), "insert": ("entries", "tree", "signed"),
    "swap": ("entries", "tile", "tree", "signed"), "truncate": ("tree", "signed"), "fork": ("signed",), "backdate": ("tile", "tree", "signed"),
}  # fmt: skip


def all_of(size: int, since: int, places: Sequence[int]) -> Iterator[Tampering]:
    """Each kind, at each depth, at each place. A keeper who signs anew is caught by a checkpoint given before (`since`)."""
    for kind, depths in DEPTHS.items():
        for depth in depths:
            for index in places:
                if index < (since if depth == "signed" else size):
                    yield Tampering(kind, index, depth)


def apply(folder: Path, target: Path, entries: list[bytes], how: Tampering, keys: Sequence[Signer]) -> None:
    """Make a changed copy of a log."""
    shutil.rmtree(target, ignore_errors=True)
    changed = CHANGES[how.kind](entries, how.index)
    if how.depth in ("tree", "signed"):
        _rewrite(folder, target, changed, how, keys)
        return
    shutil.copytree(folder, target)
    number = how.index // WIDTH
    width = min(WIDTH, len(entries) - number * WIDTH)
    part = changed[number * WIDTH : number * WIDTH + width]
    directory = Directory(target, durable=False)
    directory.write(tile_path("entries", number, width), pack(part), replace=True)
    if how.depth == "tile":
        directory.write(tile_path(0, number, width), b"".join(map(leaf_hash, part)), replace=True)


def _rewrite(folder: Path, target: Path, changed: list[bytes], how: Tampering, keys: Sequence[Signer]) -> None:
    target.mkdir(parents=True)
    directory = Directory(target, durable=False)
    directory.append(0, changed)
    checkpoint = (folder / "checkpoint").read_text()
    if how.depth == "signed":
        again = Checkpoint(keys[0].name, len(changed), directory.root(len(changed)))
        checkpoint = str(sign_checkpoint(again, keys, 1_780_000_000))
    (target / "checkpoint").write_text(checkpoint)


def note_at(folder: Path, size: int, keys: Sequence[Signer]) -> Note:
    """What an auditor kept from before: the checkpoint of an earlier size."""
    return sign_checkpoint(Checkpoint(keys[0].name, size, Directory(folder).root(size)), keys, 1_780_000_000)
