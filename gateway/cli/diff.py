"""`specrelay diff`: what changed in a document, as one Markdown text for a reviewer."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.console import print_problems
from gateway.errors import Problem

Document = Annotated[
    Path | None, Parameter(help="OpenAPI document, YAML or JSON. [default: the shipped one]")
]


def diff(
    base: Annotated[
        str, Parameter(help="What it was: a git revision, or another document's file.")
    ],
    *,
    spec: Document = None,
    changelog: Annotated[
        Path | None,
        Parameter(help="Fail where this changelog does not name a breaking change."),
    ] = None,
) -> int:
    """Print the review; 1 where a breaking change is not in the changelog that was given."""
    from codegen.diff.changelog import unnamed
    from codegen.diff.review import find_changes, review
    from codegen.diff.sources import base_state, read_state
    from gateway.contract.load import read_text
    from gateway.resources import spec_folder

    document = spec or spec_folder() / "openapi.yaml"
    old, new = base_state(base, document), read_state(document)
    changes = find_changes(old, new)
    missing = []
    if changelog is not None:
        missing = unnamed(changes, read_text(changelog)[0], old.changelog)
    sys.stdout.write(review(old, new, changes, base=base, unnamed=missing))
    if not missing:
        return 0
    names = ", ".join(sorted({change.operation or change.place for change in missing}))
    message = f"It does not name breaking changes of {names}."
    mend = "Name each under `## [Unreleased]`, below `### Changed` or `### Removed`."
    print_problems([Problem(str(changelog), message, mend)])
    return 1
