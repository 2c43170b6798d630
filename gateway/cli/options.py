"""The options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Spec = Annotated[
    Path | None,
    Parameter(help="OpenAPI document, YAML or JSON. [default: SPECRELAY_SPEC, or the shipped one]"),
]
Upstream = Annotated[
    list[str] | None,
    Parameter(
        help="Base URL in the place of the document's servers; HOST=URL for one host. Repeatable.",
        negative="",
    ),
]
Credential = Annotated[
    list[str] | None,
    Parameter(
        help="SCHEME=VARIABLE: the variable that holds the upstream's credential. Repeatable.",
        negative="",
    ),
]
Host = Annotated[str | None, Parameter(help="Address to listen on. [default: HOST]")]
Port = Annotated[int | None, Parameter(help="Port to listen on; 0 is any. [default: PORT]")]
Workers = Annotated[
    int | None, Parameter(help="Processes that serve. [default: SPECRELAY_WORKERS]")
]
StandInMode = Annotated[
    Literal["auto", "always", "never"],
    Parameter(
        help="Answer from the document instead of the API: always, never, or auto: only where no "
        "credential of the API is set."
    ),
]
