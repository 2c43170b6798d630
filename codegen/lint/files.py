"""Linting files, and writing the projection of one in its place."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from codegen.lint.actions import NO_EDITOR, lint_together
from codegen.lint.finding import LintFinding
from codegen.lint.view import Editor
from gateway.contract.compile import load_contract
from gateway.contract.load import parse_document, read_text
from gateway.contract.model import Contract
from gateway.projection import ActionSet

Project = Callable[[Contract], tuple[Mapping[str, ActionSet], Sequence[Any]]]


def lint_files(
    paths: Iterable[Path], *, editor: Editor = NO_EDITOR
) -> list[tuple[str, list[LintFinding]]]:
    """Lint the documents of one GPT: each path as it was given, and its findings.

    Raises StartError where a file is no YAML or JSON.
    """
    read = []
    for path in paths:
        text, _ = read_text(path)
        document, _ = parse_document(text, path)
        read.append((str(path), document, text))
    return lint_together(read, editor=editor)


def write_projection(
    path: Path, project: Project, *, out: Path | None = None, public_url: str | None = None
) -> list[tuple[Path, list[LintFinding]]]:
    """Project a document and write what an importer accepts: each file, and its findings.

    The files stand in `out`, or else beside the document: `NAME.actions.json`, and
    `NAME.actions.SET.json` where there are several sets. `project` makes the sets of a contract;
    their calls arrive at the gateway, whose origin is `public_url`. Raises StartError where the
    document cannot be loaded.
    """
    sets, _ = project(load_contract(path))
    folder = path.parent if out is None else out
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, action_set in sets.items():
        document = _with_origin(action_set.document, public_url)
        middle = f".{name}" if len(sets) > 1 else ""
        file = folder / f"{path.stem}.actions{middle}.json"
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        file.write_text(text, encoding="utf-8", newline="\n")
        written.append((file, document, text))
    told = lint_together((str(file), document, text) for file, document, text in written)
    return [(Path(name), findings) for name, findings in told]


def _with_origin(document: Mapping[str, Any], public_url: str | None) -> Mapping[str, Any]:
    """Put the public origin in the place of the placeholder; the path stays."""
    if public_url is None:
        return document
    path = str(document["servers"][0]["url"]).partition("://")[2].partition("/")[2]
    url = f"{public_url.rstrip('/')}/{path}".rstrip("/")
    return {**document, "servers": [{"url": url}]}
