"""Server URLs of a document (OpenAPI 3.1.0, section 4.8.5): which counts, and its path."""

import re
from collections.abc import Mapping
from posixpath import normpath
from typing import Any
from urllib.parse import SplitResult, urlsplit

VARIABLE = re.compile(r"\{([^{}]+)\}")


def first_server(*levels: Any) -> str:
    """Return the first server's URL of the innermost level that has any ("" where none has).

    `levels` are the `servers` values of the operation, the path item and the root. Variables take
    their defaults.
    """
    for servers in levels:
        if isinstance(servers, list) and servers and isinstance(servers[0], Mapping):
            return _filled(servers[0])
    return ""


def _filled(server: Mapping[str, Any]) -> str:
    variables = server.get("variables")
    known = variables if isinstance(variables, Mapping) else {}

    def default(match: re.Match[str]) -> str:
        said = known.get(match.group(1))
        return str(said.get("default", "")) if isinstance(said, Mapping) else ""

    return VARIABLE.sub(default, str(server.get("url") or "")).strip()


def server_path(url: str) -> str:
    """Return the path that a server's operations are served under; a bare `/` is no path.

    A relative one (`v2`, `./v2`, `../v2`) is read from the root, where the gateway stands.
    """
    path = _split(url).path
    if not path.startswith("/"):
        path = normpath(f"/{path}")
    return path.rstrip("/")


def server_origin(url: str) -> str:
    """Return scheme and authority of a server URL, "" for a relative one."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # a malformed IPv6 host; the upstream that is missing then is told
        return SplitResult("", "", "", "", "")
