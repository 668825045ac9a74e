"""Authenticated encryption of small values at rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.

A key is made for one purpose from a kept secret by HKDF-SHA-256 (RFC 5869). What a value belongs to is bound to it, so that
it cannot be moved to somebody else's row.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE = 12


class Unreadable(Exception):
    """Another key, another owner, or changed on the way. Which of them is not told."""


def key_for(purpose: str, secret: bytes) -> bytes:
    """A key for one purpose alone."""
    return HKDF(SHA256(), 32, None, purpose.encode()).derive(secret)


def seal(plain: bytes, *, key: bytes, belongs_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, belongs_to.encode())


def unseal(sealed: bytes, *, key: bytes, belongs_to: str) -> bytes:
    if sealed[:1] != VERSION or len(sealed) < 1 + NONCE + 16:
        raise Unreadable
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], belongs_to.encode())
    except InvalidTag:
        raise Unreadable from None
