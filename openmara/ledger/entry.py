"""One entry of the audit log as bytes: canonical JSON (RFC 8785) of codes and ids, padded with spaces to a multiple of 512.

The length of a leaf so says next to nothing. Keys are ASCII and sorted, numbers are whole, nothing absent is written: for such
content `json.dumps` with sorted keys is the canonical form.
"""

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

BLOCK = 512
MOST_OBJECTS = 4  # more are hashed, so that an entry stays within one block
HEARTBEAT = "security:log:heartbeat"
_BEAT_MARK = b'"event":"security:log:heartbeat"'
# What the database's functions return of an entry, in this order.
COLUMNS = (
    "id", "version", "at", "stated_at", "mission_id", "event", "principal", "role", "object_ids", "result_hash", "count_bucket", "class",
    "purpose", "outcome", "request_id", "previous_checkpoint", "detail_enc",
)  # fmt: skip


def stamp(moment: datetime) -> str:
    """UTC to the microsecond, always 27 characters, so that times compare as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_stamp(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _packed(value: bytes | memoryview) -> str:
    return base64.b64encode(bytes(value)).decode()


def pad(fields: Mapping[str, object]) -> bytes:
    content = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return content.ljust(-(-len(content) // BLOCK) * BLOCK)


def encode(row: Sequence[object]) -> bytes:
    """The leaf of one row of `audit.entry` (see COLUMNS)."""
    told = dict(zip(COLUMNS, row, strict=True))
    fields: dict[str, object] = {"v": told["version"]}
    for name, value in (("at", told["at"]), ("stated", told["stated_at"])):
        if isinstance(value, datetime):
            fields[name] = stamp(value)
    for name, column in (
        ("id", "id"), ("event", "event"), ("principal", "principal"), ("role", "role"), ("bucket", "count_bucket"), ("class", "class"),
        ("purpose", "purpose"), ("outcome", "outcome"),
    ):  # fmt: skip
        if told[column] not in (None, ""):
            fields[name] = told[column]
    for name, column in (("mission", "mission_id"), ("request", "request_id")):
        if told[column] is not None:
            fields[name] = str(told[column])
    for name, column in (("result", "result_hash"), ("previous", "previous_checkpoint")):
        value = told[column]
        if isinstance(value, bytes | memoryview):
            fields[name] = _packed(value)
    if isinstance(told["detail_enc"], bytes | memoryview):
        fields["detail"] = _packed(sha256(bytes(told["detail_enc"])).digest())
    fields |= _objects(told["object_ids"])
    return pad(fields)


def _objects(found: object) -> dict[str, object]:
    ids = [one if isinstance(one, uuid.UUID) else uuid.UUID(str(one)) for one in found] if isinstance(found, list | tuple) else []
    if not ids:
        return {}
    if len(ids) > MOST_OBJECTS:
        return {"objects_hash": _packed(sha256(b"".join(one.bytes for one in ids)).digest())}
    return {"objects": [str(one) for one in ids]}


def heartbeat(index: int, moment: datetime) -> bytes:
    """A leaf that says: the log was alive, and everything before this moment is in it."""
    return pad({"at": stamp(moment), "beat": index, "event": HEARTBEAT, "v": 1})


def is_heartbeat(entry: bytes) -> bool:
    return _BEAT_MARK in entry


def time_of(entry: bytes) -> str:
    """The time of a leaf, which canonical order puts first; '' if it is not where it must be."""
    if entry[:7] != b'{"at":"' or entry[34:35] != b'"':
        return ""
    return entry[7:34].decode("ascii", "replace")


def fields(entry: bytes) -> dict[str, object]:
    """What an entry says, for reading; raises ValueError if it is not in canonical form."""
    found = json.loads(entry)
    if not isinstance(found, dict) or pad(found) != entry:
        raise ValueError("the entry is not in canonical form")
    return found
