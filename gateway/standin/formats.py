"""Strings in the formats of JSON Schema (2020-12 validation, section 7.3) and of OpenAPI."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

START = datetime(2025, 1, 1, tzinfo=UTC)  # of all dates, so that they stay the same
UNIX_START = int(START.timestamp())


def _when(random: Random) -> datetime:
    return START + timedelta(minutes=random.randrange(60 * 24 * 28))


def _hex(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}"


def _url(random: Random) -> str:
    return f"https://example.com/{_hex(random, 8)}"


def _email(random: Random) -> str:
    return f"user.{_hex(random, 4)}@example.com"


def _host(random: Random) -> str:
    return f"host-{_hex(random, 4)}.example.com"


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _base64(random: Random) -> str:
    return base64.b64encode(random.randbytes(24)).decode()


FORMATS: Mapping[str, Callable[[Random], str]] = {
    "date-time": lambda random: _when(random).isoformat().replace("+00:00", "Z"),
    "date": lambda random: _when(random).date().isoformat(),
    "time": lambda random: f"{_when(random):%H:%M:%S}Z",
    "duration": lambda random: f"PT{random.randrange(1, 60)}M",
    "uuid": _uuid,
    "uri": _url,
    "url": _url,
    "iri": _url,
    "uri-reference": lambda random: f"/{_hex(random, 8)}",
    "iri-reference": lambda random: f"/{_hex(random, 8)}",
    "uri-template": lambda random: f"https://example.com/{_hex(random, 4)}/{{id}}",
    "email": _email,
    "idn-email": _email,
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda random: f"192.0.2.{random.randrange(1, 255)}",  # RFC 5737, section 3
    "ipv6": lambda random: f"2001:db8::{random.randrange(1, 65535):x}",  # RFC 3849
    "json-pointer": lambda random: f"/items/{random.randrange(10)}",
    "relative-json-pointer": lambda random: f"{random.randrange(1, 5)}/items",
    "regex": lambda random: f"^[a-z]{{{random.randrange(1, 9)}}}$",
    "byte": _base64,
    "base64": _base64,
    "base64url": lambda random: base64.urlsafe_b64encode(random.randbytes(24)).decode(),
    "binary": lambda random: _hex(random, 16),
    "password": lambda random: f"sample-{_hex(random, 8)}",
    "unixtime": lambda random: str(int(_when(random).timestamp())),
}
