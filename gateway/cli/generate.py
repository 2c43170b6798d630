"""`specrelay generate`: write everything that is made of a document, or check that it is fresh."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gateway.cli.console import print_problems

Action = Annotated[
    Literal["generate", "check"],
    Parameter(
        help="`generate` writes the files; `check` tells what differs, and fails if it does."
    ),
]
Document = Annotated[
    Path | None, Parameter(help="OpenAPI document, YAML or JSON. [default: the shipped one]")
]
Out = Annotated[
    Path | None,
    Parameter(help="Folder for the files, wholly the generator's. [default: the checkout]"),
]


def generate(action: Action = "generate", *, spec: Document = None, out: Out = None) -> int:
    """Write or check; 1 where a check finds a file edited, missing or extra."""
    from codegen.generate import compare, make, plan, write
    from gateway.contract.compile import load_contract

    task = plan(spec, out)
    contract = load_contract(task.spec)
    print_problems(contract.warnings)
    made = make(task, contract)
    if action == "generate":
        found = write(task, made)
        changed, removed = len(found.edited) + len(found.missing), len(found.extra)
        print(f"{len(made)} files, {changed} written, {removed} removed")
        return 0
    found = compare(task, made)
    sys.stdout.write(found.patch)
    for path in found.missing:
        print(f"missing: {path}")
    for path in found.extra:
        print(f"extra: {path}")
    if found:
        print(f"run: {_mend(task.command, out)}")
        return 1
    print(f"{len(made)} files are fresh")
    return 0


def _mend(command: str, out: Path | None) -> str:
    return command if out is None else f"{command} --out {out.name}"
