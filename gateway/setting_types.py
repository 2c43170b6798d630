"""The types of settings: how a text becomes a value. No message quotes the text."""

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{message}", {"message": message})


def _split(value: Any) -> Any:
    """Split a text at commas; trim what stands between, and leave out what is empty."""
    if isinstance(value, str):
        return tuple(each.strip() for each in value.split(",") if each.strip())
    return value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _each(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda values: tuple(check(value) for value in values))


def _url(value: str) -> str:
    """Check an http or https URL of a host and a path, and drop the closing slash."""
    try:
        parts = urlsplit(value)
        found = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # the property raises for a port that is no number
    except ValueError:
        found = False
    if not found or parts.query or parts.fragment or parts.username is not None:
        raise _wrong("It is no http or https URL of a host and a path")
    return value.rstrip("/")


def _origin(value: str) -> str:
    """Check an origin as browsers send it (RFC 6454, section 6.2), or `*`."""
    if value == "*":
        return value
    url = _url(value)
    if urlsplit(url).path:
        raise _wrong("An origin has a scheme, a host and a port, and no path")
    return url.lower()


def _network(value: str) -> str:
    if value != "*":
        try:
            ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise _wrong("It is no IP address or network") from None
    return value


def _upstream(value: str) -> str:
    """Check `URL` or `HOST=URL`."""
    host, found, url = value.partition("=")
    if found and "/" not in host:
        return f"{host.strip().lower()}={_url(url.strip())}"
    return _url(value)


def _credential(value: str) -> str:
    """Check `SCHEME=VARIABLE`."""
    scheme, _, name = (each.strip() for each in value.partition("="))
    if not scheme or not NAME.fullmatch(name):
        raise _wrong("It is no SCHEME=VARIABLE")
    return f"{scheme}={name}"


Texts = Annotated[tuple[str, ...], BeforeValidator(_split)]
Secret = Annotated[SecretStr, BeforeValidator(_trimmed)]
Names = Annotated[Texts, _each(str.lower)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_split)]
Host = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1)]
Port = Annotated[int, Field(ge=0, le=65535)]
Count = Annotated[int, Field(ge=1, le=256)]
Seconds = Annotated[int, Field(ge=0, le=3600)]
PublicUrl = Annotated[str, BeforeValidator(_trimmed), AfterValidator(_url)]
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]
Format = Annotated[Literal["auto", "json", "pretty"], BeforeValidator(_lower)]
Networks = Annotated[Texts, _each(_network)]
Origins = Annotated[Texts, _each(_origin)]
Upstreams = Annotated[Texts, _each(_upstream)]
Credentials = Annotated[Texts, _each(_credential)]
