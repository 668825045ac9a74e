"""The Merkle tree of RFC 6962, section 2.1, and the checks of proofs of RFC 9162, sections 2.1.3.2 and 2.1.4.2."""

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
Hash = bytes
Subtree = Callable[[int, int], Hash]  # the tree hash of the leaves [first, end)


def leaf_hash(entry: bytes) -> Hash:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[Hash]) -> Hash:
    """The tree hash over these hashes as leaves."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        level = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)] + odd
    return level[0]


class Growing:
    """A tree that only grows: keeps the few hashes at its right edge, so each leaf costs two hashes."""

    def __init__(self, size: int = 0, peaks: Sequence[Hash] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)}")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: Hash, height: int = 0) -> None:
        """One more leaf, or one complete subtree of 2**height leaves where the size allows it."""
        ahead = self.size >> height
        if ahead << height != self.size:
            raise ValueError("a subtree joins at a multiple of its own size")
        while ahead & 1:
            leaf = sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            ahead >>= 1
        self.peaks.append(leaf)
        self.size += 1 << height

    def root(self) -> Hash:
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found


def split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def over(leaves: Sequence[Hash]) -> Subtree:
    """Subtrees of leaves held in memory."""
    return lambda first, end: fold(leaves[first:end])


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[Hash]:
    """The path from leaf to root, the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[Hash] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + split(end - first)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(first, middle))
            first = middle
    return path[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[Hash]:
    """That the tree of `size` begins with the tree of `old` leaves. Empty for nothing and for itself."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} cannot begin with {old} leaves")
    if old in (0, size):
        return []
    path: list[Hash] = []
    first, end, whole = 0, size, True
    while old != end:
        middle = first + split(end - first)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(first, middle))
            first, whole = middle, False
    if not whole:
        path.append(subtree(first, end))
    return path[::-1]


def includes(leaf: Hash, index: int, size: int, path: Sequence[Hash], root: Hash) -> bool:
    """Whether the path proves that this leaf has this index in the tree of this root."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def continues(old: int, old_root: Hash, size: int, root: Hash, path: Sequence[Hash]) -> bool:
    """Whether the path proves that the larger tree begins with the smaller one, unchanged."""
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        return not path and old_root == (root if old else EMPTY)
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == root
