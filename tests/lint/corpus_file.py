"""One document of the corpus: what stands beside it in the editor, and what is to be found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codegen.lint.actions import lint_actions
from codegen.lint.finding import LintFinding
from codegen.lint.view import Editor
from gateway.contract.load import parse_document

FOLDER = Path(__file__).parent / "corpus"
FILES = sorted(FOLDER.glob("*.yaml"))
MARK = "#:"


@dataclass(frozen=True)
class CorpusFile:
    """`editor` and `expect` stand in the comment at the top, in the lines that begin with `#:`."""

    text: str
    document: dict[str, Any]
    editor: dict[str, Any]
    expect: list[dict[str, str]]

    def lint(self) -> list[LintFinding]:
        return lint_actions(self.document, text=self.text, editor=Editor(**self.editor))


def read(path: Path) -> CorpusFile:
    text = path.read_text(encoding="utf-8")
    lines = [line.removeprefix(MARK)[1:] for line in text.splitlines() if line.startswith(MARK)]
    head = yaml.safe_load("\n".join(lines))
    document, _ = parse_document(text, path)
    editor = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in head.get("editor", {}).items()
    }
    return CorpusFile(text, document, editor, head["expect"])
