"""Files in: what ChatGPT fills `openaiFileIdRefs` with, and which of its links are fetched.

Pure functions. The published document says `array` of `string`, because the importer wants it so;
at run time up to ten objects come: `{name, id, mime_type, download_link}`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from gateway.actions.adapter import FILE_REFERENCES
from gateway.actions.media import media_type_of, name_for, safe_name
from gateway.errors import Finding, RelayError

MAX_FILES = 10
MAX_LINK = 8_192  # characters
MAX_REDIRECTS = 3
DEFAULT_HOSTS = ("files.oaiusercontent.com",)
HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})+")
CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class FileReference:
    """One file of a call, as it comes. `name` can stand in a form; `media_type` is lower-case."""

    name: str
    media_type: str
    link: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may be asked for: an https URL of an allowed host, port 443."""

    host: str
    target: str


def read_references(value: Any) -> list[FileReference]:
    """Read the run-time shape of `openaiFileIdRefs`; None is no file.

    Raises RelayError `invalid_body` with everything that is wrong.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise _invalid([Finding(f"/{FILE_REFERENCES}", "must be an array")])
    if len(value) > MAX_FILES:
        raise _invalid([Finding(f"/{FILE_REFERENCES}", f"must have at most {MAX_FILES} files")])
    findings = [found for index, item in enumerate(value) for found in _wrong(index, item)]
    if findings:
        raise _invalid(findings)
    return [_reference(index, item) for index, item in enumerate(value)]


def check_link(link: str, hosts: Collection[str]) -> Link:
    """Return a link that may be asked for.

    `hosts` are lower-case. Raises RelayError `invalid_body`; the message names the rule, never the
    link, whose query is a credential.
    """
    parts = None if CONTROL.search(link) or len(link) > MAX_LINK else _split(link)
    if parts is None:
        raise _refused("is no URL")
    scheme, host, port, target, has_user = parts
    if scheme != "https":
        raise _refused("must be an https URL")
    if has_user:
        raise _refused("must have no user name in it")
    if port not in (None, 443):
        raise _refused("must have no port but 443")
    if not HOST_NAME.fullmatch(host) or host.rpartition(".")[2].isdigit():
        raise _refused("must name a host, not an address")
    if host not in hosts:
        raise _refused(
            "is on a host that is not allowed; add the host to SPECRELAY_FILE_HOSTS if it is yours"
        )
    return Link(host, target)


def redirected(link: Link, location: str, hosts: Collection[str]) -> Link:
    """Return where a redirect leads, under the same rules."""
    return check_link(urljoin(f"https://{link.host}{link.target}", location), hosts)


def _split(link: str) -> tuple[str, str, int | None, str, bool] | None:
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not link.isascii():
        return None
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    return parts.scheme, host, port, target, "@" in parts.netloc


def _wrong(index: int, item: Any) -> list[Finding]:
    place = f"/{FILE_REFERENCES}/{index}"
    if isinstance(item, str):
        rule = (
            "is a bare string, which cannot be fetched; attach the file in the chat, so that it "
            "comes as an object with name, id, mime_type and download_link"
        )
        return [Finding(place, rule)]
    if not isinstance(item, Mapping):
        return [Finding(place, "must be an object with name, id, mime_type and download_link")]
    found = []
    if not isinstance(item.get("download_link"), str) or not item["download_link"]:
        found.append(Finding(f"{place}/download_link", "must be the URL of the file"))
    texts = [name for name in ("name", "id", "mime_type") if name in item]
    wrong = [name for name in texts if not isinstance(item[name], str | None)]
    return [*found, *(Finding(f"{place}/{name}", "must be a string") for name in wrong)]


def _reference(index: int, item: Mapping[str, Any]) -> FileReference:
    media_type = media_type_of(item.get("mime_type") or "")
    name = safe_name(item.get("name") or "") or name_for(f"file-{index + 1}", media_type)
    return FileReference(name, media_type, item["download_link"])


def _invalid(findings: list[Finding]) -> RelayError:
    first = findings[0]
    message = f"The files cannot be taken: {first.param} {first.message}."
    return RelayError("invalid_body", message, errors=findings[:20])


def _refused(rule: str) -> RelayError:
    param = f"/{FILE_REFERENCES}"
    message = f"A file is not fetched: its download_link {rule}."
    return RelayError("invalid_body", message, errors=[Finding(param, f"download_link {rule}")])
