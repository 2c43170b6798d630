"""Relay keys: the keys that clients present. Never the upstream's, and never forwarded."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who presented a key: its public id (logs show it), and the settings that hold the key."""

    id: str
    settings: frozenset[str]


KEYLESS = KeyHolder("keyless", frozenset())


class Keyring:
    """All relay keys of the gateway. Presented keys are compared in constant time."""

    def __init__(self, keys: Mapping[str, Iterable[str]]) -> None:
        """`keys` are the keys by the setting that holds them."""
        settings: dict[bytes, set[str]] = {}
        for setting, values in keys.items():
            for value in values:
                settings.setdefault(value.encode(), set()).add(setting)
        self._holders = [
            (key, KeyHolder(public_id(hashlib.sha256(key).digest()), frozenset(names)))
            for key, names in settings.items()
        ]

    def __bool__(self) -> bool:
        return bool(self._holders)

    def find(self, key: bytes) -> KeyHolder | None:
        """Return who holds `key`. Every key is compared, so the time tells no more than lengths."""
        found = None
        for own, holder in self._holders:
            if hmac.compare_digest(own, key):
                found = holder
        return found


def public_id(digest: bytes) -> str:
    """Return the public id of a key: eight hexadecimal digits of a hash of its hash."""
    return hashlib.sha256(b"specrelay key id:" + digest).hexdigest()[:8]
