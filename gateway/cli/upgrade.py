"""Requests that ask for another protocol on their connection (RFC 9110, section 7.8).

Only WebSocket is one of ours; a request for any other is served as one that does not ask. The
parser takes a request that asks for one without a body and stops behind its head, so that the body
would be read as the next request: another parser reads the head without the field that asks.
"""

from collections.abc import Sequence
from typing import Any

import httptools

Fields = Sequence[tuple[bytes, bytes]]  # names in lower case


def asks_for_websocket(parser: httptools.HttpRequestParser, fields: Fields) -> bool:
    """Tell whether a head that asks for an upgrade opens a WebSocket (RFC 6455, section 4.2.1)."""
    return (
        parser.get_method() == b"GET"
        and parser.get_http_version() == "1.1"
        and [value.lower() for name, value in fields if name == b"upgrade"] == [b"websocket"]
        and not any(name in (b"content-length", b"transfer-encoding") for name, _ in fields)
    )


def without_upgrade(parser: httptools.HttpRequestParser, target: bytes, fields: Fields) -> bytes:
    """Return the head that was parsed, with no Upgrade field."""
    version = parser.get_http_version().encode()
    lines = [b"%s %s HTTP/%s" % (parser.get_method(), target, version)]
    lines += [b"%s: %s" % field for field in fields if field[0] != b"upgrade"]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def new_parser(protocol: Any) -> httptools.HttpRequestParser:
    """Make a parser as uvicorn makes the first one of a connection."""
    parser = httptools.HttpRequestParser(protocol)
    parser.set_dangerous_leniencies(lenient_data_after_close=True)
    return parser
