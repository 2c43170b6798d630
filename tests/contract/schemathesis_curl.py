"""A case as a command: what curl has to be told to send the same bytes."""

import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from requests import PreparedRequest

FROM_CURL = ("user-agent", "accept-encoding", "connection", "content-length")
OURS = ("x-contract-case", "x-schemathesis-testcaseid")  # tell cases apart, and nothing else
LONGEST = 60_000  # bytes of a body in a command; a longer one is written to a file


def curl_command(request: PreparedRequest, base: str) -> str:
    """Return a line for a POSIX shell that sends `request` to the server at `base`.

    A body too long for a command is written to a temporary file, which stays.
    """
    url = urlsplit(request.url or "")
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    words = ["curl", "--include", "--globoff", "--path-as-is"]
    body = request.body.encode() if isinstance(request.body, str) else (request.body or b"")
    method = str(request.method)
    words += ["--head"] if method == "HEAD" and not body else ["--request", shlex.quote(method)]
    for field in _fields(request, bool(body)):
        words += ["--header", _quoted(field)]
    before = ""
    if len(body) > LONGEST:
        path = _kept(body)
        words += ["--data-binary", shlex.quote(f"@{path}")]
    elif body and (not _plain(body) or body.startswith(b"@")):
        before = f"printf {_escaped(body)} | "
        words += ["--data-binary", "@-"]
    elif body:
        words += ["--data-binary", shlex.quote(body.decode())]
    return before + " ".join([*words, _quoted((base + target).encode())])


def _fields(request: PreparedRequest, has_body: bool) -> Iterator[bytes]:
    names = set()
    for name, value in request.headers.items():
        field = _bytes(name), _bytes(value)
        lower = field[0].decode("latin-1").lower()
        names.add(lower)
        if lower in OURS:
            continue
        if lower not in FROM_CURL or (lower == "content-length" and not has_body):
            # A name and a semicolon is how curl is told to send an empty field.
            yield b": ".join(field) if field[1].strip() else field[0] + b";"
    for name in ("accept", "content-type"):
        if name not in names and (has_body or name == "accept"):
            yield name.encode() + b":"  # what curl would add by itself is left out


def _bytes(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _kept(body: bytes) -> Path:
    path = Path(tempfile.mkdtemp(prefix="specrelay-case-")) / "body"
    path.write_bytes(body)
    return path


def _plain(data: bytes) -> bool:
    return all(32 <= byte < 127 for byte in data)


def _quoted(data: bytes) -> str:
    return shlex.quote(data.decode()) if _plain(data) else f'"$(printf {_escaped(data)})"'


def _escaped(data: bytes) -> str:
    """Return data as a format of printf: octal for what is not plain."""
    own = {ord("%"): "%%", ord("\\"): "\\\\", ord("'"): "\\047"}
    pieces = [own.get(byte, chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in data]
    return "'" + "".join(pieces) + "'"
