"""The log as files, in the layout of C2SP tlog-tiles: hashes in tile/<level>/<n>, entries in tile/entries/<n>, 256 in each.

A file is written beside its place, forced to the disk, then renamed: a reader never sees half of one. What lies there already
with other content is never written over: that would be a second history.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from openmara.ledger.findings import Incomplete, Inconsistent
from openmara.ledger.tree import EMPTY, Growing, Hash, fold, leaf_hash

WIDTH = 256
PUBLISHED_STEP = 64  # sizes that leave the house are multiples of it
WIDTHS = re.compile(r"[1-9][0-9]{0,2}")


def number_path(number: int) -> str:
    """`1234067` → `x001/x234/067`."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.append(f"x{number % 1000:03d}")
    return "/".join(reversed(parts))


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Level is a number, or `entries`."""
    return f"tile/{level}/{number_path(number)}" + ("" if width == WIDTH else f".p/{width}")


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes."""
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def unpack(bundle: bytes, count: int, first: int = 0, whole: bool = True) -> list[bytes]:
    """The first `count` entries of a bundle; `first` is the index of its first leaf, for the finding. Not `whole`: as many as there are."""
    out: list[bytes] = []
    at = 0
    while len(out) < count:
        length = int.from_bytes(bundle[at : at + 2], "big")
        one = bundle[at + 2 : at + 2 + length]
        if len(one) < length or at + 2 > len(bundle):
            if not whole:
                return out
            raise Inconsistent("the bundle of entries ends too early", first + len(out))
        out.append(one)
        at += 2 + length
    return out


class Directory:
    """One log's folder. `durable=False` is for measurements only."""

    def __init__(self, folder: Path, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable

    # Reading

    def read(self, level: int | str, number: int, width: int) -> bytes | None:
        """The file of at least this width: exact, complete, or any wider one; None if there is none."""
        for wanted in (width, WIDTH):
            path = self.folder / tile_path(level, number, wanted)
            if path.is_file():
                return path.read_bytes()
        wider = [one for one in self._widths(level, number) if one > width]
        return (self.folder / tile_path(level, number, min(wider))).read_bytes() if wider else None

    def _widths(self, level: int | str, number: int) -> list[int]:
        folder = (self.folder / tile_path(level, number, 1)).parent
        return [int(one.name) for one in folder.iterdir() if WIDTHS.fullmatch(one.name)] if folder.is_dir() else []

    def hashes(self, level: int, number: int, width: int) -> list[Hash]:
        content = self.read(level, number, width)
        first = number * WIDTH ** (level + 1)
        if content is None:
            raise Incomplete(f"tile {level}/{number} is missing", first)
        if len(content) < width * 32:
            raise Inconsistent(f"tile {level}/{number} is too short", first)
        return [content[at : at + 32] for at in range(0, width * 32, 32)]

    def entries(self, number: int, width: int, whole: bool = True) -> list[bytes]:
        content = self.read("entries", number, width)
        if content is None:
            raise Incomplete("the entries are missing", number * WIDTH)
        return unpack(content, width, number * WIDTH, whole)

    def entry(self, index: int) -> bytes:
        number, at = divmod(index, WIDTH)
        return self.entries(number, at + 1)[at]

    def subtree(self, first: int, end: int) -> Hash:
        """The tree hash of the leaves [first, end): complete tiles stand for their leaves. `first` is aligned as proofs ask for."""
        count = end - first
        level = 0
        while count >= WIDTH ** (level + 1) and first % WIDTH ** (level + 1) == 0:
            level += 1
        unit = WIDTH**level
        growing = Growing()
        position, last = first // unit, end // unit
        while position < last:
            number, offset = divmod(position, WIDTH)
            upto = min(WIDTH, offset + last - position)
            for one in self.hashes(level, number, upto)[offset:]:
                growing.append(one, height=8 * level)
            position += upto - offset
        rest = end - last * unit
        if not rest:
            return growing.root()
        for height, one in self._edge(last * unit, end):
            growing.append(one, height)
        return growing.root()

    def _edge(self, first: int, end: int) -> Iterable[tuple[int, Hash]]:
        """Complete subtrees that cover [first, end), largest first."""
        while first < end:
            height = (end - first).bit_length() - 1
            yield height, self.subtree(first, first + (1 << height))
            first += 1 << height

    def root(self, size: int) -> Hash:
        return self.subtree(0, size) if size else EMPTY

    def growing(self, size: int) -> Growing:
        """The right edge of the tree of this size, to append to."""
        return Growing(size, [one for _height, one in self._edge(0, size)])

    # Writing

    def write(self, name: str, content: bytes, replace: bool = False) -> None:
        """Put a file in its place, whole. Without `replace`, other content there is a second history and is refused."""
        target = self.folder / name
        if not replace and target.is_file():
            if target.read_bytes() != content:
                raise Inconsistent(f"{name} lies there already with other content")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.new")
        with open(temporary, "wb") as file:
            file.write(content)
            if self.durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(target)
        if self.durable:
            self._settle(target.parent)

    def _settle(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def append(self, size: int, entries: Sequence[bytes]) -> None:
        """Add entries to a log of `size` leaves. Safe to repeat: the same entries give the same files."""
        number, offset = divmod(size, WIDTH)
        before = self.entries(number, offset) if offset else []
        self._spread("entries", number, [*before, *entries], pack)
        added = [leaf_hash(one) for one in entries]
        level, start = 0, size
        while added:
            number, offset = divmod(start, WIDTH)
            kept = self.hashes(level, number, offset) if offset else []
            complete = self._spread(level, number, [*kept, *added], b"".join)
            added = [fold(one) for one in complete]
            level, start = level + 1, number

    def _spread(self, level: int | str, number: int, items: list[bytes], packed) -> list[list[bytes]]:  # type: ignore[no-untyped-def]  # two packers
        """Write items into tiles from `number` on; returns the complete ones."""
        complete = []
        for at in range(0, len(items), WIDTH):
            part = items[at : at + WIDTH]
            self.write(tile_path(level, number, len(part)), packed(part))
            self._tidy(level, number, len(part))
            if len(part) == WIDTH:
                complete.append(part)
            number += 1
        return complete

    def _tidy(self, level: int | str, number: int, width: int) -> None:
        """Remove narrower files that the new one contains; those of published sizes stay until the tile is complete."""
        for one in self._widths(level, number):
            published = level not in (0, "entries") or one % PUBLISHED_STEP == 0
            if one < width and (width == WIDTH or not published):
                (self.folder / tile_path(level, number, one)).unlink(missing_ok=True)
        if width == WIDTH:
            folder = (self.folder / tile_path(level, number, 1)).parent
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
