"""Signed notes (C2SP signed-note), cosignatures (C2SP tlog-cosignature) and the keys of both.

Kinds of key: 1 Ed25519 over the text; 4 Ed25519 cosignature/v1; 6 ML-DSA-44 (FIPS 204), which a log uses as well as a witness.
"""

import base64
import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from openmara.ledger.findings import Inconsistent

ED25519, COSIGNATURE, MLDSA44 = 1, 4, 6
KEY_LENGTH = {ED25519: 32, COSIGNATURE: 32, MLDSA44: 1312}
LARGEST_NOTE = 128 * 1024
MOST_SIGNATURES = 32
NAME = re.compile(r"[^\s+]+")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """What a log states: that its tree of `size` leaves has this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def mark(self) -> bytes:
        """What entries written after it carry: the hash of its text."""
        return sha256(self.text().encode()).digest()


@dataclass(frozen=True)
class Signature:
    name: str
    key_id: bytes
    body: bytes

    def line(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.body).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text and its signatures; nothing of it is to be believed before they are checked."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(one.line() for one in self.signatures)

    def signed_also(self, signatures: Sequence[Signature]) -> "Note":
        new = tuple(one for one in signatures if one not in self.signatures)
        return Note(self.text, self.signatures + new)

    def checkpoint(self) -> Checkpoint:
        return read_checkpoint(self.text)


def unpack64(text: str, length: int | None = None) -> bytes:
    """Strict base64: one spelling for each value."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Inconsistent("a line is not base64") from None
    if base64.b64encode(found).decode() != text or (length is not None and len(found) != length):
        raise Inconsistent("a line is not a hash")
    return found


def decimal(text: str) -> int:
    if not DECIMAL.fullmatch(text):
        raise Inconsistent("a number is not written plainly")
    return int(text)


def read_checkpoint(text: str) -> Checkpoint:
    """The body of a checkpoint (C2SP tlog-checkpoint). Extension lines are refused: nobody could audit them."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise Inconsistent("this is not a checkpoint: it has not its three lines")
    return Checkpoint(lines[0], decimal(lines[1]), unpack64(lines[2], 32))


def read_signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not NAME.fullmatch(parts[1]):
        raise Inconsistent("a signature line is not one")
    packed = unpack64(parts[2])
    if len(packed) < 5:
        raise Inconsistent("a signature is too short")
    return Signature(parts[1], packed[:4], packed[4:])


def read_note(content: str | bytes) -> Note:
    if len(content) > LARGEST_NOTE:
        raise Inconsistent("a note is too large")
    try:
        text = content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError:
        raise Inconsistent("a note is not UTF-8") from None
    if any(ord(sign) < 32 and sign != "\n" for sign in text):
        raise Inconsistent("a note has control characters")
    body, gap, rest = text.rpartition("\n\n")
    if not gap or not rest.endswith("\n"):
        raise Inconsistent("a note has no signatures")
    lines = rest[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Inconsistent("a note has too many signatures")
    return Note(body + "\n", tuple(read_signature(line) for line in lines))


@dataclass(frozen=True)
class Verifier:
    """A public key with its name: who may have signed."""

    name: str
    kind: int
    key: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.key).decode()}"

    def signed(self, signature: Signature) -> bool:
        return signature.name == self.name and signature.key_id == self.key_id

    def valid(self, text: str, signature: Signature) -> bool:
        """Whether this key made this signature over this text."""
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature.body, text.encode())
                return True
            (moment,) = struct.unpack(">Q", signature.body[:8])
            if self.kind == COSIGNATURE:
                message = cosigned_text(moment, text)
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature.body[8:], message)
            else:
                message = cosigned_structure(self.name, moment, read_checkpoint(text))
                MLDSA44PublicKey.from_public_bytes(self.key).verify(signature.body[8:], message)
            return bool(moment < 1 << 63)
        except (InvalidSignature, struct.error, ValueError):
            return False


def moment_of(signature: Signature) -> int:
    """When a cosignature says it was made, in seconds since 1970."""
    return int(struct.unpack(">Q", signature.body[:8])[0])


def read_vkey(text: str) -> Verifier:
    name, _plus, rest = text.partition("+")
    stated, _plus, packed = rest.partition("+")
    content = unpack64(packed)
    if not NAME.fullmatch(name) or not content or KEY_LENGTH.get(content[0]) != len(content) - 1:
        raise Inconsistent("a key is not of a kind known here")
    found = Verifier(name, content[0], content[1:])
    if found.key_id.hex() != stated:
        raise Inconsistent(f"the key of {name} does not have the number it states")
    return found


def cosigned_text(moment: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def cosigned_structure(name: str, moment: int, checkpoint: Checkpoint) -> bytes:
    """`cosigned_message` of C2SP tlog-cosignature: a checkpoint is the subtree that starts at 0."""
    who, origin = name.encode(), checkpoint.origin.encode()
    return (
        b"subtree/v1\n\x00" + bytes([len(who)]) + who + struct.pack(">Q", moment) + bytes([len(origin)]) + origin
        + struct.pack(">QQ", 0, checkpoint.size) + checkpoint.root
    )  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """A private key, kept as its 32-byte seed."""

    name: str
    kind: int
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        if self.kind == MLDSA44:
            return Verifier(self.name, self.kind, MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key().public_bytes_raw())
        return Verifier(self.name, self.kind, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: str, moment: int) -> Signature:
        """Sign a text (kind 1) or a checkpoint at a moment (kinds 4 and 6)."""
        stamp = struct.pack(">Q", moment)
        if self.kind == ED25519:
            body = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        elif self.kind == COSIGNATURE:
            body = stamp + Ed25519PrivateKey.from_private_bytes(self.seed).sign(cosigned_text(moment, text))
        else:
            message = cosigned_structure(self.name, moment, read_checkpoint(text))
            body = stamp + MLDSA44PrivateKey.from_seed_bytes(self.seed).sign(message)
        return Signature(self.name, self.verifier.key_id, body)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer], moment: int) -> Note:
    text = checkpoint.text()
    return Note(text, tuple(signer.sign(text, moment) for signer in signers))
