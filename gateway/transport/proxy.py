"""Which proxy leads to an upstream, by the environment. Chosen once per upstream, at start.

HTTPS_PROXY and HTTP_PROXY by the upstream's scheme, ALL_PROXY for either, NO_PROXY for the
exceptions; the lower-case name wins over the upper-case one, as in curl. Loopback addresses are
never proxied.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from gateway.errors import Problem, StartError

_SCHEMES = ("http", "https")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ProxyChoice:
    """A proxy. `url` may hold credentials and is never shown; `address` is for people and logs."""

    url: str = field(repr=False)
    host: str
    port: int

    @property
    def address(self) -> str:
        """The proxy without its credentials."""
        return f"{self.host}:{self.port}"


def choose_proxy(url: str, environ: Mapping[str, str]) -> ProxyChoice | None:
    """Choose the proxy for an upstream's base URL, or None for a direct connection.

    A variable that does not hold the URL of an HTTP proxy is a StartError.
    """
    upstream = urlsplit(url)
    host = (upstream.hostname or "").rstrip(".")
    if _is_loopback(host):
        return None
    for name in (f"{upstream.scheme}_proxy", "all_proxy"):
        found, value = _variable(name, environ)
        if value:
            port = upstream.port or _PORTS.get(upstream.scheme, 0)
            return None if _is_excepted(host, port, environ) else _parse(found, value)
    return None


def _variable(name: str, environ: Mapping[str, str]) -> tuple[str, str]:
    names = (name, name.upper())
    present = [each for each in names if environ.get(each, "").strip()]
    return (present[0], environ[present[0]].strip()) if present else (name, "")


def _parse(name: str, value: str) -> ProxyChoice:
    mend = "Set it to http://host:port, or unset it."
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise StartError([Problem(name, "is not a proxy's URL.", mend)]) from None
    if parts.scheme not in _SCHEMES:
        raise StartError([Problem(name, "names a kind of proxy that is not supported.", mend)])
    if not parts.hostname:
        raise StartError([Problem(name, "is not a proxy's URL.", mend)])
    return ProxyChoice(_plain(parts), parts.hostname, port)


def _plain(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_excepted(host: str, port: int, environ: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names the host: `*`, a name or its parent, an address, a network, a port."""
    _, rules = _variable("no_proxy", environ)
    return any(_rule_matches(rule.strip().lower(), host, port) for rule in rules.split(","))


def _rule_matches(rule: str, host: str, port: int) -> bool:
    if rule in ("", "*"):
        return rule == "*"
    address = _address(host)
    if "/" in rule:
        try:
            return address is not None and address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    name, _, wanted = rule.rpartition(":")
    if name and wanted.isdigit() and ("]" in name or ":" not in name):
        if int(wanted) != port:
            return False
        rule = name
    if address is not None:
        return _address(rule) == address
    rule = rule.removeprefix("*").strip(".")
    return bool(rule) and (host == rule or host.endswith(f".{rule}"))
