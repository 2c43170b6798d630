"""`specrelay lint actions`: what an importer of Actions would say about documents."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gateway.errors import Problem, StartError

Kind = Annotated[Literal["actions"], Parameter(help="What the documents are for.")]
Documents = Annotated[
    Path, Parameter(help="Documents of one GPT. [default: the checkout's own Actions]")
]
Fix = Annotated[bool, Parameter(help="Write what an importer accepts beside each.", negative="")]
Out = Annotated[Path | None, Parameter(help="Folder for what --fix writes.")]
PublicUrl = Annotated[
    str | None, Parameter(help="The gateway's public address, for what --fix writes.")
]
Form = Annotated[
    Literal["table", "json"], Parameter(name="--format", help="For people or for programs.")
]
Publish = Annotated[bool, Parameter(help="The GPT is to be published to everyone.", negative="")]
PrivacyPolicy = Annotated[str, Parameter(help="Privacy policy URL that stands in the editor.")]


def lint(
    kind: Kind,
    *documents: Documents,
    fix: Fix = False,
    out: Out = None,
    public_url: PublicUrl = None,
    form: Form = "table",
    publish: Publish = False,
    privacy_policy: PrivacyPolicy = "",
) -> int:
    """Print every finding; 1 where one blocks the import or drops an operation."""
    from codegen.actions.projection import project_actions
    from codegen.lint.files import lint_files, write_projection
    from codegen.lint.finding import has_blocking
    from codegen.lint.render import render
    from codegen.lint.view import Editor

    editor = Editor(public=publish, privacy_policy=privacy_policy)
    if fix:
        told = []
        for document in _given(documents):
            told += write_projection(document, project_actions, out=out, public_url=public_url)
        results = [(str(path), findings) for path, findings in told]
    else:
        results = lint_files(documents or _shipped(), editor=editor)
    for name, findings in results:
        if len(results) > 1 or fix:
            print(name, file=sys.stderr if form == "json" else sys.stdout)
        sys.stdout.write(render(findings, form))
    return 1 if any(has_blocking(findings) for _, findings in results) else 0


def _given(documents: tuple[Path, ...]) -> tuple[Path, ...]:
    if not documents:
        raise StartError([Problem("--fix", "There is nothing to mend.", "Name a document.")])
    return documents


def _shipped() -> tuple[Path, ...]:
    """Return the Actions documents of the checkout."""
    from gateway.resources import spec_folder

    found = sorted((spec_folder() / "published" / "actions").glob("*.json"))
    if not found:
        mend = "Name a document, or run `specrelay generate` first."
        raise StartError([Problem("spec/published/actions", "There are no documents.", mend)])
    return tuple(found)
