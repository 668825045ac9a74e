"""Receipts: proof for a submitter that what they sent was stored, in the form of C2SP tlog-proof.

The entry of the log holds the tree hash over all records of one batch, each leaf the record's id and the SHA-256 of its content.
A receipt carries the entry, the record's path within the batch, the entry's path within the log, and a checkpoint.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from openmara.ledger import entry as entries
from openmara.ledger.findings import Inconsistent
from openmara.ledger.note import LARGEST_NOTE, Note, decimal, read_note, unpack64
from openmara.ledger.tree import Hash, fold, includes, inclusion_proof, leaf_hash, over

FIRST_LINE = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 64


def record_leaf(record: uuid.UUID, content: bytes) -> Hash:
    return leaf_hash(record.bytes + content)


def batch_root(records: Sequence[tuple[uuid.UUID, bytes]]) -> Hash:
    """What the entry of a batch holds of its records, in their order."""
    return fold([record_leaf(record, content) for record, content in records])


@dataclass(frozen=True)
class Receipt:
    record: uuid.UUID
    content_sha256: bytes
    place: int  # in the batch
    count: int  # of the batch
    batch_path: tuple[Hash, ...]
    entry: bytes
    index: int
    path: tuple[Hash, ...]
    note: Note

    def check(self) -> None:
        """Everything but signatures: the record is in the entry, and the entry in the tree of the checkpoint."""
        try:
            told = entries.fields(self.entry)
            root = unpack64(str(told.get("result", "")), 32)
        except ValueError:
            raise Inconsistent("the entry is not in canonical form", self.index) from None
        if not includes(record_leaf(self.record, self.content_sha256), self.place, self.count, self.batch_path, root):
            raise Inconsistent("the entry does not speak of this record and content", self.index)
        checkpoint = self.note.checkpoint()
        if not includes(leaf_hash(self.entry), self.index, checkpoint.size, self.path, checkpoint.root):
            raise Inconsistent("the entry is not in the tree of the checkpoint", self.index)


def make(
    records: Sequence[tuple[uuid.UUID, bytes]], place: int, entry: bytes, index: int, path: Sequence[Hash], note: Note
) -> Receipt:
    """The receipt of one record of a batch, checked before it is given."""
    leaves = [record_leaf(*one) for one in records]
    record, content = records[place]
    batch_path = inclusion_proof(place, len(leaves), over(leaves))
    found = Receipt(record, content, place, len(leaves), tuple(batch_path), entry, index, tuple(path), note)
    found.check()
    return found


def _64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def write(receipt: Receipt) -> str:
    extra = {
        "count": receipt.count, "entry": receipt.entry.decode().rstrip(" "), "path": [_64(one) for one in receipt.batch_path],
        "place": receipt.place, "record": str(receipt.record), "sha256": receipt.content_sha256.hex(),
    }  # fmt: skip
    packed = json.dumps(extra, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    lines = [FIRST_LINE, f"extra {_64(packed)}", f"index {receipt.index}", *(_64(one) for one in receipt.path)]
    return "\n".join(lines) + "\n\n" + str(receipt.note)


def read(text: str) -> Receipt:
    """Read a receipt; nothing of it is believed before `check` and the signatures."""
    if len(text) > LARGEST_NOTE:
        raise Inconsistent("a receipt is not that long")
    head, _gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or len(lines) > LONGEST_PATH + 3 or lines[0] != FIRST_LINE or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Inconsistent("this is not a receipt")
    try:
        extra = json.loads(unpack64(lines[1][6:]))
        return Receipt(
            record=uuid.UUID(extra["record"]), content_sha256=bytes.fromhex(extra["sha256"]), place=int(extra["place"]),
            count=int(extra["count"]), batch_path=tuple(unpack64(one, 32) for one in extra["path"]), entry=_padded(str(extra["entry"])),
            index=decimal(lines[2][6:]), path=tuple(unpack64(one, 32) for one in lines[3:]), note=read_note(note),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise Inconsistent("this is not a receipt") from None


def _padded(entry: str) -> bytes:
    content = entry.encode()
    return content.ljust(-(-len(content) // entries.BLOCK) * entries.BLOCK)
