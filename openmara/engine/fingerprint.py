"""One number for 'the same input': a result keeps the fingerprint of what it was made from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from openmara.engine.steps import Step, show


class Digest(Protocol):
    """The part of a hash object that is used here."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""


def fingerprint(
    steps: Sequence[Step],
    frames: Mapping[str, pa.Table | Path],
    parameters: Mapping[str, object] | None = None,
    vocabulary_version: str = "",
) -> str:
    """SHA-256 over the frames' content, the parameters, the vocabulary version and the SQL text."""
    parts: dict[str, Any] = {
        "frames": {name: content_hash(frame) for name, frame in frames.items()},
        "parameters": {name: repr(value) for name, value in (parameters or {}).items()},
        "vocabulary": vocabulary_version,
        "steps": [show(step) for step in steps],
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_hash(frame: pa.Table | Path) -> str:
    """Hash of what a frame holds; how a table is cut into chunks makes no difference."""
    digest = hashlib.sha256()
    if isinstance(frame, Path):
        _hash_files(digest, frame)
    else:
        for name in frame.column_names:
            digest.update(f"{name}\0{frame.schema.field(name).type}\0".encode())
            column = frame.column(name)
            _hash_array(
                digest, pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
            )
    return digest.hexdigest()


def parquet_files(path: Path) -> list[Path]:
    """The files of a frame that is one Parquet file or a folder of them, in a fixed order."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path] if path.exists() else []


def _hash_files(digest: Digest, path: Path) -> None:
    for file in parquet_files(path):
        digest.update(f"{file.relative_to(path) if path.is_dir() else ''}\0".encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())


def _hash_array(digest: Digest, array: pa.Array) -> None:
    """Feed length, which values are missing, and the values that are there."""
    digest.update(len(array).to_bytes(8, "little"))
    digest.update(np.packbits(array.is_valid().to_numpy(zero_copy_only=False)).tobytes())
    present = array.drop_null()
    kind = present.type
    if pa.types.is_dictionary(kind):
        _hash_array(digest, present.dictionary_decode())
    elif pa.types.is_struct(kind):
        for child in present.flatten():
            _hash_array(digest, child)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        _hash_array(digest, pc.list_value_length(present))
        _hash_array(digest, present.flatten())
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        digest.update(present.to_numpy(zero_copy_only=False).tobytes())
    elif pa.types.is_temporal(kind):
        width = pa.int32() if kind.bit_width == 32 else pa.int64()
        digest.update(present.view(width).to_numpy().tobytes())
    else:
        _hash_bytes(digest, present)


def _hash_bytes(digest: Digest, present: pa.Array) -> None:
    """Text, bytes and everything that has an exact text form (decimals, uuids)."""
    binary = pa.types.is_binary(present.type) or pa.types.is_large_binary(present.type)
    values = present if binary else present.cast(pa.string())
    digest.update(pc.binary_length(values).to_numpy(zero_copy_only=False).tobytes())
    digest.update(b"".join(v if isinstance(v, bytes) else v.encode() for v in values.to_pylist()))
