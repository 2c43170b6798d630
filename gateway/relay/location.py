"""Where a request goes at the upstream, and where an upstream's `Location` leads at ours."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from gateway.contract.model import Operation


def split_base(url: str) -> tuple[str, str]:
    """Split a base URL into origin and path; the path has no slash at its end."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")


def without_doubled_segment(base_path: str, paths: Iterable[str]) -> str:
    """Drop a base path's last segment if every relayed path begins with that very segment.

    So `https://api.example.com/v1` and paths such as `/v1/pets` lead to `/v1/pets`.
    """
    head, _, last = base_path.rpartition("/")
    relayed = list(paths)
    if last and relayed and all(path.split("/", 2)[1:2] == [last] for path in relayed):
        return head
    return base_path


class Target:
    """Maps the raw paths of one operation to raw targets of its upstream, and back."""

    def __init__(self, operation: Operation, base_path: str, *, keep: bool) -> None:
        """`keep`: the served path goes behind the base path whole, its server path included."""
        self._skip = 0 if keep else operation.server_path.count("/")
        self._prefix = base_path.encode()
        self._served = b"" if keep else operation.server_path.encode()
        self._same = not self._skip and not self._prefix

    def of(self, raw_path: bytes, query_string: bytes) -> bytes:
        """Return the target of a request (RFC 9112, section 3.2.1), byte for byte."""
        path = raw_path
        if not self._same:
            rest = raw_path.split(b"/", self._skip + 1)[self._skip + 1 :]
            path = self._prefix + (b"/" + rest[0] if rest else b"")
            path = path or b"/"
        return path + b"?" + query_string if query_string else path

    def served(self, location: bytes, origin: str, public_url: str) -> bytes:
        """Return a `Location` as our clients can follow it (RFC 9110, section 10.2.2).

        One on the upstream's origin (or without an origin) is mapped to ours; others stay.
        """
        text = location.decode("latin-1")
        if text.startswith("//"):
            text = origin.partition("//")[0] + text
        if text.lower().startswith(("http://", "https://")):
            parts = _split(text)
            if parts is None or not _same_origin(f"{parts.scheme}://{parts.netloc}", origin):
                return location
            text = text[text.index("//") + 2 + len(parts.netloc) :] or "/"
        elif not text.startswith("/"):
            return location
        prefix = self._prefix.decode()
        if prefix and (text == prefix or text.startswith((prefix + "/", prefix + "?"))):
            text = text[len(prefix) :]
        text = self._served.decode() + text
        if text.startswith("//") and not public_url:
            text = "/." + text  # a path, and no other host (RFC 3986, section 4.2)
        return (public_url + text).encode("latin-1")


def _split(url: str) -> SplitResult | None:
    """Split a URL; None where it is none, or where its parts are not as they are written."""
    try:
        return None if "\t" in url else urlsplit(url)
    except ValueError:
        return None


def _same_origin(one: str, other: str) -> bool:
    """Compare origins (RFC 6454, section 5): scheme, host and port, the default port filled in."""
    ports = {"http": 80, "https": 443}
    first, second = urlsplit(one), urlsplit(other)
    try:
        first_port, second_port = first.port, second.port
    except ValueError:
        return False
    return (
        first.scheme.lower(),
        first.hostname,
        first_port or ports.get(first.scheme.lower()),
    ) == (
        second.scheme.lower(),
        second.hostname,
        second_port or ports.get(second.scheme.lower()),
    )
