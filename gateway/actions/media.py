"""What kind of file some bytes are, and what a file of a kind is called."""

import re
from email.message import Message
from mimetypes import guess_extension

OCTETS = "application/octet-stream"
OPENING = 64  # bytes that tell a kind
# The first bytes of each kind (WHATWG MIME Sniffing, section 6; the formats' own documents).
OPENINGS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"(?s)RIFF....WEBP"), "image/webp"),
    (re.compile(rb"(?s)....ftypavi[fs]"), "image/avif"),
    (re.compile(rb"(?s)RIFF....WAVE"), "audio/wav"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf1\xf9]"), "audio/aac"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"(?s)....ftyp"), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3"), "video/webm"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"PK\x03\x04"), "application/zip"),
)
EXTENSIONS = {
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "application/jsonl": ".jsonl",
    "text/plain": ".txt",
    OCTETS: ".bin",
}
NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110, section 5.6.2
MEDIA_TYPE = re.compile(rf"{NAME}/{NAME}")
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
MAX_NAME = 120  # characters


def sniffed(opening: bytes) -> str | None:
    """Return the media type that a file's first bytes tell, if they are of a known kind."""
    return next((kind for pattern, kind in OPENINGS if pattern.match(opening)), None)


def media_type_of(content_type: str) -> str:
    """Return the lower-case media type of a Content-Type, octets where it has none."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind if MEDIA_TYPE.fullmatch(kind) else OCTETS


def is_json(media_type: str) -> bool:
    """Tell whether a media type is JSON's (RFC 6839, section 3.1)."""
    return media_type == "application/json" or media_type.endswith("+json")


def is_seen(media_type: str) -> bool:
    """Tell whether it is an image or a video, which ChatGPT takes as a link alone."""
    return media_type.startswith(("image/", "video/"))


def safe_name(name: str) -> str:
    """Return a file name that leads nowhere and can stand in a header; "" where nothing is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = UNSAFE.sub("_", last).strip(". ").rpartition(".")
    return f"{stem[:MAX_NAME]}{dot}{extension[:20]}" if dot else extension[:MAX_NAME]


def name_for(stem: str, media_type: str) -> str:
    """Return a file name of a kind."""
    extension = EXTENSIONS.get(media_type) or guess_extension(media_type) or ".bin"
    return f"{safe_name(stem) or 'answer'}{extension}"


def name_in(disposition: str) -> str:
    """Return the file name of a Content-Disposition (RFC 6266), "" where it has none."""
    message = Message()
    message["content-disposition"] = UNSAFE_LINES.sub(" ", disposition)
    return safe_name(message.get_filename() or "")


UNSAFE_LINES = re.compile(r"[\r\n]+")
