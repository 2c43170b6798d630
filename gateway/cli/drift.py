"""`specrelay drift`: how a document differs from what the vendor says its API is."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from gateway.cli.console import print_table

if TYPE_CHECKING:
    from codegen.drift.operations import Pair

Source = Annotated[
    str, Parameter(help="The vendor's OpenAPI document, or `openai`: the installed package.")
]
Document = Annotated[
    Path | None, Parameter(help="OpenAPI document, YAML or JSON. [default: the shipped one]")
]
Form = Annotated[
    Literal["table", "markdown", "json"],
    Parameter(name="--format", help="For people, for a page or for programs."),
]


def drift(vendor: Source, *, spec: Document = None, form: Form = "table") -> int:
    """Print every difference; 1 where the gateway would refuse what the vendor takes."""
    from codegen.drift import report
    from codegen.drift.finding import rows
    from codegen.drift.operations import Drift
    from codegen.drift.sources import read_vendor
    from gateway.contract.compile import load_contract
    from gateway.resources import spec_folder

    _tell(f"Reading {vendor}")
    theirs = read_vendor(vendor)
    contract = load_contract(spec or spec_folder() / "openapi.yaml")
    found = rows(Drift(theirs, contract).find(_track))
    if form == "json":
        sys.stdout.write(report.as_json(found))
    elif form == "markdown":
        sys.stdout.write(report.as_markdown(found, contract.title, vendor))
    else:
        print_table(report.COLUMNS, map(report.cells, found))
        print(report.summary(found), file=sys.stderr)
    return 1 if any(row.mark == "narrower" for row in found) else 0


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"{text} …", file=sys.stderr)


def _track(pairs: "list[Pair]") -> "Iterable[Pair]":
    """Show on a terminal how far the comparison is."""
    if not sys.stderr.isatty():
        return pairs
    from rich.console import Console
    from rich.progress import track

    return track(pairs, "Comparing", console=Console(stderr=True), transient=True)
