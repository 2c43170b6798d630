"""Listening addresses: binding them, and what may be said of them."""

import ipaddress
import socket
import sys
from collections.abc import Sequence
from typing import Any

from gateway.errors import Problem, StartError
from gateway.settings import Settings


def is_loopback(host: str) -> bool:
    """Tell whether a host is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_exposure(settings: Settings, *, keyless: bool) -> None:
    """Refuse an address that others reach while no relay key is set (StartError)."""
    if not keyless or is_loopback(settings.host):
        return
    message = "Other machines reach this address, and no RELAY_KEY protects the gateway."
    mend = "Set RELAY_KEY, or listen on 127.0.0.1."
    raise StartError([Problem("HOST", message, mend)])


def reserve(settings: Settings) -> list[socket.socket]:
    """Bind the settings' address; for several workers so that they can share its port.

    A shared port could be another gateway's, so it is bound alone first.
    """
    alone = bind(settings.host, settings.port)
    if settings.workers == 1:
        return alone
    port = port_of(alone)
    for each in alone:
        each.close()
    return bind(settings.host, port, shared=True)


def bind(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Bind every address of a host to one port, without listening yet; 0 is any free port.

    `shared` lets several processes bind the same port (SO_REUSEPORT). Raises StartError.
    """
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
    except OSError as error:
        message = f"The host {host!r} cannot be resolved: {error.strerror}."
        raise StartError([Problem("HOST", message, "Give an address of this machine.")]) from None
    bound: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            chosen = bound[0].getsockname()[1] if bound else port
            bound.append(_bind(family, (address[0], chosen, *address[2:]), shared))
    except OSError as error:
        for each in bound:
            each.close()
        message = f"{url_host(host)}:{port} cannot be listened on: {error.strerror}."
        mend = "Stop what uses it, or choose another with --host and --port."
        raise StartError([Problem("PORT", message, mend)]) from None
    return bound


def _bind(family: int, address: tuple[object, ...], shared: bool) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let another program take the port over
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def port_of(sockets: Sequence[socket.socket]) -> int:
    """Return the port that sockets are bound to."""
    port: int = sockets[0].getsockname()[1]
    return port


def url_host(host: str) -> str:
    """Write a host as it stands in a URL (RFC 3986, section 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def client_url(host: str, port: int, scheme: str = "http") -> str:
    """Return the URL by which this machine reaches a listening address."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"{scheme}://{url_host(reachable)}:{port}"


def host_and_port(address: Any) -> Any:
    """Return the two of an address as the system tells it; the path of a Unix socket, or None."""
    if isinstance(address, tuple):
        return address[0], address[1]  # of IPv6 there are four
    return (address, None) if address else None
