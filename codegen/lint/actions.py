"""`lint_actions`: everything that an importer of Actions documents would say about a document."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from codegen.lint.finding import EFFECTS, LintFinding
from codegen.lint.lines import lines_of
from codegen.lint.rules.servers import domain_of
from codegen.lint.table import RULES
from codegen.lint.view import Editor, View

NO_EDITOR = Editor()


def lint_actions(
    document: Mapping[str, Any], *, text: str | None = None, editor: Editor = NO_EDITOR
) -> list[LintFinding]:
    """List all findings about a document, the worst first, then in the order of the rules.

    `document` may hold anything anywhere; `text` is what it was read from, and gives each finding
    its line; `editor` is what stands beside the document in the editor of the GPT.
    """
    view = View(document, editor, text)
    found = list(dict.fromkeys(each for rule in RULES for each in rule.findings(view)))
    found.sort(key=lambda finding: EFFECTS.index(finding.effect))
    if text is None or not found:
        return found
    lines = lines_of(text, {finding.place for finding in found})
    return [replace(finding, line=lines.get(finding.place)) for finding in found]


def lint_together(
    documents: Iterable[tuple[str, Mapping[str, Any], str | None]], *, editor: Editor = NO_EDITOR
) -> list[tuple[str, list[LintFinding]]]:
    """Lint the documents of one GPT: name, document, text. Each must have a domain of its own."""
    told = []
    for name, document, text in documents:
        told.append((name, lint_actions(document, text=text, editor=editor)))
        domain = domain_of(document)
        editor = replace(editor, domains=(*editor.domains, *([domain] if domain else [])))
    return told
