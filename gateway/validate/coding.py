"""Content-Encoding of bodies that are read whole (RFC 9110, section 8.4; RFC 1952)."""

import zlib

from gateway.errors import RelayError

CHUNK = 64 * 1024
MAX_MEMBERS = 1_000  # each costs, and an empty one takes 20 bytes; block-wise writers need few
_GZIP = 31  # zlib's wbits for a gzip member with header and trailer
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip"}  # RFC 9110, section 8.4.1.3


def coding_of(content_encoding: bytes | None) -> str:
    """Return "gzip", or "" for none; raise `unsupported_media_type` for any other coding."""
    if content_encoding is None:
        return ""
    names = [name.strip().lower() for name in content_encoding.decode("latin-1").split(",")]
    names = [name for name in names if name and name != "identity"]
    if not names:
        return ""
    if len(names) > 1 or names[0] not in _CODINGS:
        message = "The body's Content-Encoding is not taken. Accepted: gzip, identity."
        raise RelayError("unsupported_media_type", message)
    return _CODINGS[names[0]]


def refuse_coding(content_encoding: bytes | None) -> None:
    """Raise `unsupported_media_type` for any coding: multipart bodies stream undecoded."""
    if coding_of(content_encoding):
        message = "A multipart body is not taken with a Content-Encoding; send it as it is."
        raise RelayError("unsupported_media_type", message)


def decoded_body(data: bytes, content_encoding: bytes | None, limit: int) -> bytes:
    """Return a body without its coding.

    `limit` (bytes) holds before and after decoding, and is never passed by more than a chunk while
    decoding. Raises `body_too_large`, `invalid_encoding` and `unsupported_media_type`.
    """
    coding = coding_of(content_encoding)
    if len(data) > limit:
        raise _too_large(limit)
    return gunzip(data, limit) if coding else data


def gunzip(data: bytes, limit: int) -> bytes:
    """Decode gzip, of several members too; raise `body_too_large` or `invalid_encoding`."""
    view = memoryview(data)
    pieces: list[bytes] = []
    room = limit
    at = members = 0
    while at < len(data):
        members += 1
        if members > MAX_MEMBERS:
            raise _invalid(f"it has more than {MAX_MEMBERS} members")
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            if at >= len(data):
                raise _invalid("it is cut short")
            at, piece = _decompress(member, view, at, room)
            room -= len(piece)
            if room < 0:
                raise _too_large(limit)
            pieces.append(piece)
    if not members:
        raise _invalid("it is cut short")
    return b"".join(pieces)


def _decompress(
    member: "zlib._Decompress", view: memoryview, at: int, room: int
) -> tuple[int, bytes]:
    """Decode a chunk from `at`; return where to go on, and at most `room` + 1 bytes."""
    chunk = view[at : at + CHUNK]
    try:
        piece = member.decompress(chunk, room + 1)
    except zlib.error:
        raise _invalid("its bytes are not gzip, or follow its end") from None
    rest = len(member.unused_data) if member.eof else len(member.unconsumed_tail)
    return at + len(chunk) - rest, piece


def _invalid(reason: str) -> RelayError:
    message = f"The body is not what its Content-Encoding says: {reason}."
    return RelayError("invalid_encoding", message)


def _too_large(limit: int) -> RelayError:
    return RelayError("body_too_large", f"The body is larger than {limit} bytes, decoded or not.")
