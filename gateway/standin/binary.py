"""Binary bodies: deterministic bytes of any length, with the header that the media type has."""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

SIZE = 1024  # bytes, where none is asked for
PIECE = 64 * 1024
_PATTERN = b"".join(hashlib.sha256(b"stand-in %d" % i).digest() for i in range(PIECE // 32))


def sample(media_type: str, size: int = SIZE) -> Iterator[bytes]:
    """Yield `size` bytes in pieces of at most 64 KiB; the same ones each time."""
    make = _HEADERS.get(media_type)
    header = make(size)[:size] if make is not None else b""
    if header:
        yield header
    left = size - len(header)
    while left > 0:
        piece = _PATTERN if left >= PIECE else _PATTERN[:left]
        yield piece
        left -= len(piece)


def _wav(size: int) -> bytes:
    """Mono, 16 bits, 24 kHz; the rest of the body is the sound."""
    form = struct.pack("<HHIIHH", 1, 1, 24_000, 48_000, 2, 16)
    sound = min(max(size - 44, 0), 0xFFFFFFFF - 36)
    return b"RIFF%sWAVEfmt %s%sdata%s" % tuple(
        part if isinstance(part, bytes) else struct.pack("<I", part)
        for part in (sound + 36, 16, form, sound)
    )


def _png(size: int) -> bytes:
    """One grey pixel; readers ignore what follows the end."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(b"\0\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def _mp4(size: int) -> bytes:
    """A file type box; the rest of the body is one box of media data (to the end: length 0)."""
    brands = b"isom\0\0\x02\0isommp42"
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + struct.pack(">I", 0) + b"mdat"


def _mp3(size: int) -> bytes:
    """An ID3v2.4 tag that spans the body."""
    length = min(max(size - 10, 0), (1 << 28) - 1)
    return b"ID3\x04\0\0" + bytes((length >> shift) & 0x7F for shift in (21, 14, 7, 0))


_HEADERS: Mapping[str, Callable[[int], bytes]] = {
    "audio/wav": _wav,
    "audio/x-wav": _wav,
    "audio/mpeg": _mp3,
    "image/png": _png,
    "video/mp4": _mp4,
}
