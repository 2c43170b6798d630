"""The settings: each declared once, with its name, default and help.

Command-line options over the environment over `.env` over the defaults, read once at start.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import attrs

from gateway import setting_types as kinds
from gateway.declared import Declared, declared, read_all, setting, unknown_names
from gateway.errors import StartError
from gateway.setting_types import Secret
from gateway.variables import Variables

PREFIX = "SPECRELAY_"


@attrs.frozen(kw_only=True)
class Settings:
    """All settings of a running gateway. `Settings(host=…)` takes values as they are given."""

    relay_key: tuple[Secret, ...] = setting(
        "RELAY_KEY",
        kinds.secrets,
        (),
        "Keys that clients present to the gateway, separated by commas. Without any, the gateway "
        "serves this machine alone.",
        "a-long-random-text",
        secret=True,
    )
    relay_admin_key: tuple[Secret, ...] = setting(
        "RELAY_ADMIN_KEY",
        kinds.secrets,
        (),
        "Relay keys that open the operations of the upstream's administration too, separated by "
        "commas.",
        "another-long-random-text",
        secret=True,
    )
    host: str = setting(
        "HOST",
        kinds.text,
        "127.0.0.1",
        "Address to listen on; `0.0.0.0` is every IPv4 address.",
        "127.0.0.1",
    )
    port: int = setting(
        "PORT", kinds.number(0, 65535), 8080, "Port to listen on; 0 is any free one.", "8080"
    )
    public_url: str | None = setting(
        "PUBLIC_URL",
        kinds.url,
        None,
        "URL under which clients reach the gateway, for the documents that it publishes.",
        "https://gateway.example.com",
    )
    trusted_proxies: tuple[str, ...] = setting(
        "TRUSTED_PROXIES",
        kinds.list_of(kinds.network),
        (),
        "Addresses or networks of the proxies in front, separated by commas, whose "
        "`X-Forwarded-For` and `X-Forwarded-Proto` are believed; `*` believes all.",
        "10.0.0.0/8",
    )
    cors_origins: tuple[str, ...] = setting(
        "CORS_ORIGINS",
        kinds.list_of(kinds.origin),
        (),
        "Origins whose pages may call the gateway, separated by commas; `*` is every origin. "
        "Unset, CORS is off.",
        "https://app.example.com",
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "LOG_LEVEL",
        kinds.one_of("debug", "info", "warning", "error"),
        "info",
        "Least severe records that are written: `debug`, `info`, `warning` or `error`.",
        "info",
    )
    log_format: Literal["auto", "json", "pretty"] = setting(
        "LOG_FORMAT",
        kinds.one_of("auto", "json", "pretty"),
        "auto",
        "Form of the log: `json`, `pretty`, or `auto` (pretty on a terminal).",
        "json",
    )
    spec: Path | None = setting(
        "SPECRELAY_SPEC",
        kinds.path,
        None,
        "OpenAPI document to serve. Unset, it is the one that ships.",
        "openapi.yaml",
    )
    upstream: tuple[str, ...] = setting(
        "SPECRELAY_UPSTREAM",
        kinds.list_of(kinds.upstream),
        (),
        "Base URLs in the place of the document's servers, separated by commas: `URL` for all, "
        "`HOST=URL` for one host.",
        "http://127.0.0.1:9000",
    )
    credentials: tuple[str, ...] = setting(
        "SPECRELAY_CREDENTIALS",
        kinds.list_of(kinds.credential),
        (),
        "Variables that hold the upstream's credentials, separated by commas: `SCHEME=VARIABLE`, "
        "with a security scheme of the document.",
        "ApiKey=EXAMPLE_API_KEY",
    )
    workers: int = setting(
        "SPECRELAY_WORKERS", kinds.number(1, 256), 1, "Number of processes that serve.", "2"
    )
    drain: int = setting(
        "SPECRELAY_DRAIN",
        kinds.number(0, 3600),
        10,
        "Seconds that running requests have to end when the gateway stops.",
        "10",
    )
    signing_key: Secret | None = setting(
        "SIGNING_KEY",
        kinds.secret,
        None,
        "Key that signs links to files. Unset, each start makes one; several gateways of one "
        "address need the same.",
        "a-third-long-random-text",
        secret=True,
    )
    data: Path = setting(
        "SPECRELAY_DATA",
        kinds.path,
        Path("data"),
        "Folder for files of answers and for jobs, which projected calls leave there for a while.",
        "data",
    )
    file_hosts: tuple[str, ...] = setting(
        "SPECRELAY_FILE_HOSTS",
        kinds.list_of(str.lower),
        ("files.oaiusercontent.com",),
        "Hosts from which the files of Actions calls are fetched, separated by commas.",
        "files.oaiusercontent.com",
    )
    open_documents: bool = setting(
        "SPECRELAY_OPEN_DOCUMENTS",
        kinds.flag,
        True,
        "Whether the OpenAPI document and its pages are answered without a relay key.",
        "false",
    )

    _variables: Variables = attrs.field(factory=lambda: Variables({}), repr=False)

    @classmethod
    def load(
        cls,
        env: Mapping[str, str] | None = None,
        env_file: Path | None = Path(".env"),
        **overrides: Any,
    ) -> Self:
        """Read all settings; `overrides` by field name, where None is no override.

        Raises StartError with every problem. No message quotes a value.
        """
        variables = Variables(os.environ if env is None else env, env_file)
        values, problems = read_all(all_settings(), variables, overrides)
        problems = [*unknown_names(variables, all_settings(), PREFIX), *problems]
        if problems:
            raise StartError(problems)
        return cls(**values, variables=variables)

    def variable(self, name: str) -> str | None:
        """Return a variable that the document names: the environment over `.env`, `NAME_FILE` too.

        None where it is unset or empty. Raises StartError where its file cannot be read.
        """
        return self._variables.get(name)

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the relay keys that the setting or variable `name` holds."""
        for each in all_settings():
            if each.name == name and each.secret:
                return tuple(key.reveal() for key in getattr(self, each.field))
        return tuple(key.strip() for key in (self.variable(name) or "").split(",") if key.strip())

    def with_variables(self, values: Mapping[str, str]) -> Self:
        """Return a copy in which these variables have these values, and no file counts for them."""
        return attrs.evolve(self, variables=self._variables.with_values(values))


@cache
def all_settings() -> tuple[Declared, ...]:
    """Return every setting's declaration."""
    return tuple(declared(Settings))
