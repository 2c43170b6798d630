"""Signed URLs: whoever has one may fetch what it names until it expires, from any worker."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

from gateway.errors import Problem, StartError

LEAST = 16  # characters of a key that is no guess


def signing_key(value: str | None) -> bytes:
    """Return the key that URLs are signed with: the setting's, or a random one of this start.

    All workers of a start share it, since they are forked when it is made. Raises StartError where
    the key is so short that it can be guessed.
    """
    if value:
        if len(value) < LEAST:
            message = f"The key has fewer than {LEAST} characters."
            raise StartError([Problem("SIGNING_KEY", message, "Set a long random text.")])
        return hashlib.sha256(b"specrelay signing key:" + value.encode()).digest()
    return os.urandom(32)


def sign(key: bytes, parts: Sequence[str]) -> str:
    """Return the signature of some parts: HMAC-SHA256 (RFC 2104), URL-safe.

    Each part is signed with its length, so that none can be moved into another.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def is_signed(key: bytes, parts: Sequence[str], signature: str) -> bool:
    """Tell whether `signature` is that of the parts; compared in constant time."""
    return hmac.compare_digest(sign(key, parts).encode(), signature.encode())
