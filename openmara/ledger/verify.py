"""Checks an auditor can run with nothing but files: of a log's folder, and of a receipt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from openmara.ledger import receipt as receipts
from openmara.ledger.entry import is_heartbeat, read_stamp, time_of
from openmara.ledger.findings import Incomplete, Inconsistent
from openmara.ledger.note import Checkpoint, Note, read_note
from openmara.ledger.policy import Policy, check_log_signed, check_quorum
from openmara.ledger.tiles import WIDTH, Directory
from openmara.ledger.tree import Growing, Hash, fold

TOLERANCE = timedelta(seconds=5)
BEAT_EVERY = timedelta(minutes=10)
BEAT_SLACK = timedelta(minutes=1)
Pause = tuple[datetime, datetime]
TILE = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def _moment(text: str, index: int) -> datetime:
    try:
        return read_stamp(text)
    except ValueError:
        raise Inconsistent("the entry has no time", index) from None


@dataclass
class Times:
    """Time never goes back more than five seconds, and a heartbeat comes at least every ten minutes."""

    pauses: Sequence[Pause] = ()
    latest: str = ""
    latest_index: int = 0
    last_beat: str = ""
    beats: int = 0
    gaps: list[int] = field(default_factory=list)

    def see(self, index: int, entry: bytes) -> None:
        at = time_of(entry)
        if at < self.latest or not at:
            self._went_back(index, at)
        elif at > self.latest:
            self.latest, self.latest_index = at, index
        if is_heartbeat(entry):
            self.beats += 1
            if at > self.last_beat:
                if self.last_beat and self._gap(_moment(self.last_beat, index), _moment(at, index)):
                    self.gaps.append(index)
                self.last_beat = at

    def _went_back(self, index: int, at: str) -> None:
        if _moment(self.latest, self.latest_index) - _moment(at, index) > TOLERANCE:
            raise Inconsistent(f"time goes back: {at} after {self.latest}", index)

    def _gap(self, before: datetime, after: datetime) -> bool:
        if after - before <= BEAT_EVERY + BEAT_SLACK:
            return False
        return not any(first <= before + BEAT_SLACK and after - BEAT_SLACK <= last for first, last in self.pauses)

    def finish(self, now: datetime, alive: bool = False) -> None:
        """Nothing lies in the future; no heartbeat is missing (`alive`: up to now)."""
        if self.latest and _moment(self.latest, self.latest_index) > now + TOLERANCE:
            raise Inconsistent(f"time {self.latest} lies in the future", self.latest_index)
        if self.gaps:
            raise Incomplete(f"no heartbeat for more than ten minutes before this one; {len(self.gaps)} such gaps", self.gaps[0])
        if alive and (not self.last_beat or self._gap(read_stamp(self.last_beat), now)):
            raise Incomplete(f"no heartbeat since {self.last_beat or 'the beginning'}")


@dataclass(frozen=True)
class Checked:
    """What was found in order."""

    checkpoint: Checkpoint
    cosigned: frozenset[str]
    heartbeats: int
    until: str


def _in_bundle(number: int, tile: bytes, entries: Sequence[bytes], width: int, times: Times) -> list[Hash]:
    """Each entry hashes to what the tile says, none is missing, and its time is in order."""
    found = [sha256(b"\x00" + one).digest() for one in entries]
    first = number * WIDTH
    joined = b"".join(found)
    if joined != tile[: len(joined)] or len(tile) < len(joined):
        wrong = next(at for at in range(len(found)) if tile[at * 32 : at * 32 + 32] != found[at])
        raise Inconsistent("the entry is not the one that was logged", first + wrong)
    if len(found) < width:
        raise Inconsistent("the bundle of entries ends too early", first + len(found))
    for at, entry in enumerate(entries, start=first):
        times.see(at, entry)
    return found


def _check_upper(directory: Directory, hashes: list[Hash]) -> None:
    """Tiles above the leaves say what the leaves say."""
    level = 1
    while hashes:
        above = []
        for number in range(-(-len(hashes) // WIDTH)):
            part = hashes[number * WIDTH : (number + 1) * WIDTH]
            stored = directory.hashes(level, number, len(part))
            for at, (mine, theirs) in enumerate(zip(part, stored, strict=True)):
                if mine != theirs:
                    raise Inconsistent(f"tile {level}/{number} does not fit its leaves", (number * WIDTH + at) * WIDTH**level)
            if len(part) == WIDTH:
                above.append(fold(part))
        hashes, level = above, level + 1


class _Earlier:
    """An older checkpoint the log must continue."""

    def __init__(self, policy: Policy, note: Note | None, newest: Checkpoint) -> None:
        self.checkpoint = check_log_signed(policy, note) if note else None
        self.continued = self.checkpoint is None or self.checkpoint.size == 0
        if self.checkpoint and self.checkpoint.origin != newest.origin:
            raise Inconsistent("the earlier checkpoint is of another log")
        if self.checkpoint and self.checkpoint.size > newest.size:
            raise Inconsistent("the log is smaller than it was", newest.size)

    def see(self, before: Growing, leaves: Sequence[Hash]) -> None:
        """Compare roots when the earlier size lies within these leaves."""
        if self.checkpoint is None or not before.size < self.checkpoint.size <= before.size + len(leaves):
            return
        for leaf in leaves[: self.checkpoint.size - before.size]:
            before.append(leaf)
        self.continued = before.root() == self.checkpoint.root

    def finish(self) -> None:
        if self.checkpoint and not self.continued:
            raise Inconsistent(f"history before the earlier checkpoint of {self.checkpoint.size} leaves was changed", 0)


def _reach(top: Path) -> int:
    """How many leaves the files of level 0, or the entries, go to, whatever a checkpoint says."""
    found = (TILE.fullmatch(path.relative_to(top).as_posix()) for path in top.rglob("*") if path.is_file())
    return max((int(one[1].replace("/", "").replace("x", "")) * WIDTH + int(one[2] or WIDTH) for one in found if one), default=0)


def _check_beyond(directory: Directory, size: int, now: datetime) -> None:
    """What lies there after the checkpoint is what came since it: not a publication of before, nor more than comes between two."""
    tiles, end = _reach(directory.folder / "tile/0"), _reach(directory.folder / "tile/entries")  # in this order: entries are written first
    if tiles > end:
        raise Incomplete(f"tiles reach to {tiles} leaves, their entries are missing", end)
    first: datetime | None = None
    for number in range(size // WIDTH, -(-end // WIDTH)) if end > size else ():
        width = min(WIDTH, end - number * WIDTH)
        found = directory.entries(number, width, whole=False)
        if len(found) < width:
            raise Incomplete("the bundle of entries ends too early", number * WIDTH + len(found))
        for index, entry in enumerate(found, start=number * WIDTH):
            if index < size:
                continue
            at = _moment(time_of(entry), index)
            first = first or at
            if (is_heartbeat(entry) and now - at > BEAT_EVERY + BEAT_SLACK) or at - first > BEAT_EVERY + BEAT_SLACK:
                raise Incomplete(f"the checkpoint is an old one: it ends at {size} leaves, the files go on to {end}", size)


def log(
    folder: Path, policy: Policy, since: Note | None = None, pauses: Sequence[Pause] = (), now: datetime | None = None
) -> Checked:
    """Check a whole log: signatures, every leaf, every tile, time, heartbeats, an earlier checkpoint, the quorum."""
    moment = now or datetime.now(UTC)
    directory = Directory(folder)
    path = folder / "checkpoint"
    if not path.is_file():
        raise Incomplete("there is no checkpoint")
    note = read_note(path.read_bytes())
    checkpoint = check_log_signed(policy, note)
    earlier = _Earlier(policy, since, checkpoint)
    growing, times = Growing(), Times(pauses)
    upper: list[Hash] = []
    for number in range(-(-checkpoint.size // WIDTH)):
        width = min(WIDTH, checkpoint.size - number * WIDTH)
        tile = directory.read(0, number, width)
        if tile is None:
            raise Incomplete(f"tile 0/{number} is missing", number * WIDTH)
        leaves = _in_bundle(number, tile, directory.entries(number, width, whole=False), width, times)
        earlier.see(Growing(growing.size, growing.peaks), leaves)
        if width == WIDTH:
            upper.append(fold(leaves))
            growing.append(upper[-1], height=8)
        else:
            for leaf in leaves:
                growing.append(leaf)
    _check_upper(directory, upper)
    earlier.finish()
    if growing.root() != checkpoint.root:
        start = earlier.checkpoint.size if earlier.checkpoint else 0
        raise Inconsistent(f"the tree is not the one that was signed; the change lies from here on, before {checkpoint.size}", start)
    cosigned = check_quorum(policy, note, int(moment.timestamp()))
    times.finish(moment)
    _check_beyond(directory, checkpoint.size, moment)
    return Checked(checkpoint, frozenset(cosigned), times.beats, times.latest)


def receipt(text: str, policy: Policy, folder: Path | None = None, now: datetime | None = None) -> receipts.Receipt:
    """Check a receipt, and with `folder` that the log of today still contains what it proves."""
    found = receipts.read(text)
    checkpoint = check_log_signed(policy, found.note)
    found.check()
    check_quorum(policy, found.note, int((now or datetime.now(UTC)).timestamp()))
    if folder is not None:
        _check_continued(folder, policy, found, checkpoint)
    return found


def _check_continued(folder: Path, policy: Policy, found: receipts.Receipt, checkpoint: Checkpoint) -> None:
    """The log has not lost what the receipt proves: a report that «never existed» did."""
    today = check_log_signed(policy, read_note((folder / "checkpoint").read_bytes()))
    directory = Directory(folder)
    if today.size <= found.index:
        raise Inconsistent("the log ends before the entry of this receipt", today.size)
    if directory.root(today.size) != today.root:
        raise Inconsistent("the tiles are not those of the checkpoint", 0)
    if directory.entry(found.index) != found.entry:
        raise Inconsistent("the log holds another entry in the place of this receipt's", found.index)
    if today.size >= checkpoint.size and directory.root(checkpoint.size) != checkpoint.root:
        raise Inconsistent("the log was changed since this receipt was given", found.index)


def read_pause(text: str) -> Pause:
    """`2026-11-21T10:00/2026-11-21T18:00`, in UTC: a time the log was announced to stand still."""
    first, _slash, last = text.partition("/")
    return datetime.fromisoformat(first).replace(tzinfo=UTC), datetime.fromisoformat(last).replace(tzinfo=UTC)

