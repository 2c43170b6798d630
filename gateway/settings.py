"""The settings: each declared once, with its name, default and help.

Command-line options over the environment over `.env` over the defaults, read once at start.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import PrivateAttr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gateway.declared import Declared, declared, explained, setting, unknown_names
from gateway.errors import Problem, StartError
from gateway.setting_types import (
    Count,
    Credentials,
    Format,
    Host,
    Level,
    Names,
    Networks,
    Origins,
    Port,
    PublicUrl,
    Seconds,
    Secret,
    Secrets,
    Upstreams,
)
from gateway.variables import Variables

PREFIX = "SPECRELAY_"


class Settings(BaseSettings):
    """All settings of a running gateway. `Settings(host=…)` takes values as they are given."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, hide_input_in_errors=True
    )

    relay_key: Secrets = setting(
        "RELAY_KEY",
        (),
        "Keys that clients present to the gateway, separated by commas. Without any, the gateway "
        "serves this machine alone.",
        "a-long-random-text",
        secret=True,
    )
    relay_admin_key: Secrets = setting(
        "RELAY_ADMIN_KEY",
        (),
        "Relay keys that open the operations of the upstream's administration too, separated by "
        "commas.",
        "another-long-random-text",
        secret=True,
    )
    host: Host = setting(
        "HOST", "127.0.0.1", "Address to listen on; `0.0.0.0` is every IPv4 address.", "127.0.0.1"
    )
    port: Port = setting("PORT", 8080, "Port to listen on; 0 is any free one.", "8080")
    public_url: PublicUrl | None = setting(
        "PUBLIC_URL",
        None,
        "URL under which clients reach the gateway, for the documents that it publishes.",
        "https://gateway.example.com",
    )
    trusted_proxies: Networks = setting(
        "TRUSTED_PROXIES",
        (),
        "Addresses or networks of the proxies in front, separated by commas, whose "
        "`X-Forwarded-For` and `X-Forwarded-Proto` are believed; `*` believes all.",
        "10.0.0.0/8",
    )
    cors_origins: Origins = setting(
        "CORS_ORIGINS",
        (),
        "Origins whose pages may call the gateway, separated by commas; `*` is every origin. "
        "Unset, CORS is off.",
        "https://app.example.com",
    )
    log_level: Level = setting(
        "LOG_LEVEL",
        "info",
        "Least severe records that are written: `debug`, `info`, `warning` or `error`.",
        "info",
    )
    log_format: Format = setting(
        "LOG_FORMAT",
        "auto",
        "Form of the log: `json`, `pretty`, or `auto` (pretty on a terminal).",
        "json",
    )
    spec: Path | None = setting(
        "SPECRELAY_SPEC",
        None,
        "OpenAPI document to serve. Unset, it is the one that ships.",
        "openapi.yaml",
    )
    upstream: Upstreams = setting(
        "SPECRELAY_UPSTREAM",
        (),
        "Base URLs in the place of the document's servers, separated by commas: `URL` for all, "
        "`HOST=URL` for one host.",
        "http://127.0.0.1:9000",
    )
    credentials: Credentials = setting(
        "SPECRELAY_CREDENTIALS",
        (),
        "Variables that hold the upstream's credentials, separated by commas: `SCHEME=VARIABLE`, "
        "with a security scheme of the document.",
        "ApiKey=EXAMPLE_API_KEY",
    )
    workers: Count = setting("SPECRELAY_WORKERS", 1, "Number of processes that serve.", "2")
    drain: Seconds = setting(
        "SPECRELAY_DRAIN",
        10,
        "Seconds that running requests have to end when the gateway stops.",
        "10",
    )
    signing_key: Secret | None = setting(
        "SIGNING_KEY",
        None,
        "Key that signs links to files. Unset, each start makes one; several gateways of one "
        "address need the same.",
        "a-third-long-random-text",
        secret=True,
    )
    data: Path = setting(
        "SPECRELAY_DATA",
        Path("data"),
        "Folder for files of answers and for jobs, which projected calls leave there for a while.",
        "data",
    )
    file_hosts: Names = setting(
        "SPECRELAY_FILE_HOSTS",
        ("files.oaiusercontent.com",),
        "Hosts from which the files of Actions calls are fetched, separated by commas.",
        "files.oaiusercontent.com",
    )
    open_documents: bool = setting(
        "SPECRELAY_OPEN_DOCUMENTS",
        True,
        "Whether the OpenAPI document and its pages are answered without a relay key.",
        "false",
    )

    _variables: Variables = PrivateAttr(default_factory=lambda: Variables({}))

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
        settings = all_settings()
        names = {each.field: each.name for each in settings}
        given = {names[field]: v for field, v in overrides.items() if v is not None}
        source = _VariablesSource(cls, variables)
        problems = [*unknown_names(variables, settings, PREFIX), *source.problems]
        try:
            sources = (InitSettingsSource(cls, given), source)
            made = cls(_build_sources=(sources, given))  # type: ignore[call-arg]  # not a field
        except ValidationError as error:
            raise StartError([*problems, *explained(error, settings)]) from None
        if problems:
            raise StartError(problems)
        made._variables = variables
        return made

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Keep the environment out of `Settings(…)`: only `load` reads it."""
        return (init_settings,)

    def variable(self, name: str) -> str | None:
        """Return a variable that the document names: the environment over `.env`, `NAME_FILE` too.

        None where it is unset or empty. Raises StartError where its file cannot be read.
        """
        return self._variables.get(name)

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the relay keys that the setting or variable `name` holds."""
        for each in all_settings():
            if each.name == name and each.secret:
                return tuple(key.get_secret_value() for key in getattr(self, each.field))
        return tuple(key.strip() for key in (self.variable(name) or "").split(",") if key.strip())

    def with_variables(self, values: Mapping[str, str]) -> Self:
        """Return a copy in which these variables have these values, and no file counts for them."""
        copy = self.model_copy()
        copy._variables = self._variables.with_values(values)
        return copy


class _VariablesSource(PydanticBaseSettingsSource):
    """What the variables say of the settings. `problems` are those that cannot be read."""

    def __init__(self, model: type[BaseSettings], variables: Variables) -> None:
        super().__init__(model)
        self.problems: list[Problem] = []
        self._found: dict[str, str] = {}
        for each in all_settings():
            try:
                value = variables.get(each.name, from_file=each.secret)
            except StartError as error:
                self.problems += error.problems
            else:
                if value is not None:
                    self._found[each.name] = value

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return a field's text and the name that it has among the variables."""
        name = str(field.validation_alias)
        return self._found.get(name), name, False

    def __call__(self) -> dict[str, Any]:
        """Return the text of every setting that is set, by name."""
        return dict(self._found)


@cache
def all_settings() -> tuple[Declared, ...]:
    """Return every setting's declaration."""
    return tuple(declared(Settings))
