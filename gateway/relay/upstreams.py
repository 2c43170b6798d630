"""The upstreams of a running gateway: where each operation goes, worked out at start."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.contract.model import Contract, Operation, Timeouts, UpstreamPolicy
from gateway.errors import Problem, StartError
from gateway.relay.location import Target, split_base, without_doubled_segment

Variable = Callable[[str], str | None]
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Upstream:
    """An API that requests are relayed to. `url` is its base URL as it was given."""

    name: str
    url: str
    origin: str
    connections: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """Where one operation goes and what is added to its requests."""

    operation: Operation
    upstream: Upstream
    target: Target
    headers: Headers
    timeouts: Timeouts = field(default_factory=Timeouts)


@dataclass(slots=True)
class _Place:
    """A base URL, and whether the served path goes behind it whole."""

    name: str
    url: str
    keep: bool
    headers: Headers = ()
    connections: int = 0


def plan_routes(
    contract: Contract,
    variable: Variable,
    overrides: Sequence[str] = (),
    own_address: tuple[str, int] | None = None,
) -> dict[str, Route]:
    """Work out every relayed operation's route.

    `overrides` are `URL` or `HOST=URL` as `--upstream` takes them. Raises StartError with all
    problems: no upstream, a URL that is none, an upstream that is the gateway itself.
    """
    problems: list[Problem] = []
    everywhere, by_host = _read_overrides(overrides, problems)
    places: dict[str, tuple[_Place, list[Operation]]] = {}
    for operation in contract.operations.values():
        if not operation.local:
            place = _place(contract, operation, variable, everywhere, by_host)
            key = f"{place.name} {place.url} {place.keep}"
            places.setdefault(key, (place, []))[1].append(operation)
    routes: dict[str, Route] = {}
    for place, operations in places.values():
        fault = _fault(place.url, own_address)
        if fault:
            problems.append(Problem(place.name, *fault))
            continue
        routes.update(_routes(place, operations, variable))
    if problems:
        raise StartError(problems)
    return routes


def _routes(place: _Place, operations: Sequence[Operation], variable: Variable) -> dict[str, Route]:
    origin, base_path = split_base(place.url)
    relative = [o.path if place.keep else o.path[len(o.server_path) :] for o in operations]
    base_path = without_doubled_segment(base_path, relative)
    upstream = Upstream(place.name, place.url, origin, place.connections)
    return {
        operation.id: Route(
            operation=operation,
            upstream=upstream,
            target=Target(operation, base_path, keep=place.keep),
            headers=merged(_filled(operation.policy.headers, variable), place.headers),
            timeouts=operation.policy.timeouts,
        )
        for operation in operations
    }


def merged(first: Headers, second: Headers) -> Headers:
    """Join header pairs; a name of the first hides it in the second."""
    names = {name for name, _ in first}
    return (*first, *(pair for pair in second if pair[0] not in names))


def _filled(headers: Sequence[tuple[bytes, str, str | None]], variable: Variable) -> Headers:
    """Resolve `x-gateway.headers`: the variable's value, else the default, else nothing."""
    found = []
    for name, env, default in headers:
        value = (variable(env) if env else None) or default
        if value:
            found.append((name, value.encode()))
    return tuple(found)


def _place(
    contract: Contract,
    operation: Operation,
    variable: Variable,
    everywhere: str | None,
    by_host: Mapping[str, str],
) -> _Place:
    said: UpstreamPolicy | None = contract.upstreams.get(operation.policy.upstream)
    if said is not None:
        url = (variable(said.url_env) if said.url_env else None) or said.url
        host = urlsplit(url).hostname or ""
        url = by_host.get(host, everywhere or url)
        return _Place(said.name, url, False, _filled(said.headers, variable), said.connections)
    host = urlsplit(operation.server).hostname or ""
    override = by_host.get(host, everywhere)
    if override is not None:
        return _Place(override, override, keep=False)
    name = operation.server or operation.id
    return _Place(name, operation.server, keep=True)


def _read_overrides(
    overrides: Sequence[str], problems: list[Problem]
) -> tuple[str | None, dict[str, str]]:
    everywhere: str | None = None
    by_host: dict[str, str] = {}
    for text in overrides:
        host, found, url = text.partition("=")
        if found and "/" not in host:
            by_host[host.lower()] = url
        elif everywhere is None:
            everywhere = text
        else:
            problems.append(
                Problem("--upstream", "Two URLs are given for all servers.", "Write HOST=URL.")
            )
    return everywhere, by_host


def _fault(url: str, own_address: tuple[str, int] | None) -> tuple[str, str] | None:
    """Tell what is wrong with an upstream's base URL, and the mend."""
    if not url:
        return "The document names no server for this operation.", "Pass --upstream URL."
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return "The upstream's port is not a number.", "Write it like http://127.0.0.1:9000."
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "The upstream is no http or https URL.", "Write it like https://api.example.com/v1."
    if parts.query or parts.fragment or parts.username is not None:
        return "The upstream's URL has more than a host and a path.", "Leave out the rest."
    port = port or (443 if parts.scheme == "https" else 80)
    if own_address and port == own_address[1] and _same_host(parts.hostname, own_address[0]):
        return "The upstream is the gateway's own address.", "Give the API's address."
    return None


def _same_host(host: str, own: str) -> bool:
    """Tell whether a host name can only be the address that the gateway listens on."""
    if host == own:
        return True
    return _is_local(host) and (_is_local(own) or own in ("0.0.0.0", "::", ""))  # noqa: S104


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
