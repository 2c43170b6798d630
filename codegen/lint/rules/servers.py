"""Rules about `servers`: one, absolute, https, lower-case host, no port."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from codegen.lint.rule import Hit, advice, rule
from codegen.lint.tree import Tree, below, mapping, sequence, text
from codegen.lint.view import View


def _split(url: str) -> SplitResult | None:
    """Split an absolute http URL; None for any other."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    placeholder = "{" in parts.netloc or any(each.isspace() for each in url)
    return parts if parts.scheme in ("http", "https") and host and not placeholder else None


def _urls(document: Tree) -> list[tuple[str, SplitResult, str]]:
    """Return the absolute URLs among the servers: as written, split, place."""
    return [
        (url, parts, below("/servers", number, "url"))
        for number, server in enumerate(sequence(document.get("servers")))
        if (parts := _split(url := text(mapping(server).get("url"))))
    ]


def _root_origin(parts: SplitResult) -> str:
    """Return what the importer compares a server with: https, lower-case host, no port."""
    return f"https://{parts.hostname}"


def domain_of(document: Tree) -> str:
    """Return the host of the server that the importer takes; "" if there is none."""
    urls = _urls(document)
    return (urls[0][1].hostname or "") if urls else ""


@rule(
    "blocks",
    "B",
    says="Could not find a valid URL in `servers`",
    mend="Write one absolute URL: `servers: [{{url: https://api.example.com}}]`.",
)
def server_url(view: View) -> Iterator[Hit]:
    """One server has an absolute URL."""
    if not _urls(view.document):
        yield Hit("/servers" if "servers" in view.document else "")


@rule(
    "blocks",
    "B",
    says="Server URL {url} is not under the root origin {origin}; ignoring it",
    mend="Write the server with https, its host in lower case and without a port: {origin}.",
)
def server_origin(view: View) -> Iterator[Hit]:
    """The server is https, with its host in lower case and no port."""
    for url, parts, place in _urls(view.document)[:1]:
        origin = _root_origin(parts)
        if parts.scheme != "https" or parts.netloc != parts.hostname:
            yield Hit(place, {"url": url, "origin": origin})


@rule(
    "ignored",
    "B",
    says="Found multiple hostnames, dropping {url}",
    mend="Leave one server. The importer takes the first.",
)
def server_hosts(view: View) -> Iterator[Hit]:
    """All servers have one host."""
    first = domain_of(view.document)
    for url, parts, place in _urls(view.document)[1:]:
        if parts.hostname != first:
            yield Hit(place, {"url": url})


@rule(
    "ignored",
    "C",
    says="Multiple servers found, using {url}",
    mend="Leave one server. The importer takes the first.",
)
def server_count(view: View) -> Iterator[Hit]:
    """There is one server."""
    urls = _urls(view.document)
    if len(sequence(view.document.get("servers"))) > 1 and urls:
        yield Hit("/servers", {"url": urls[0][0]})


@advice(
    "C",
    "The operation has servers of its own.",
    "Take them away: an action has one host, that of the document's server.",
)
def operation_servers(view: View) -> Iterator[Hit]:
    """No operation has servers of its own."""
    for operation in view.operations:
        if "servers" in operation.node:
            yield Hit(below(operation.place, "servers"))


RULES = (server_url, server_origin, server_hosts, server_count, operation_servers)
