"""Findings as text: a plain table for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from codegen.lint.finding import EFFECTS, LintFinding

Form = Literal["table", "json"]


def render(findings: Sequence[LintFinding], form: Form = "table") -> str:
    """Return findings as a table or as a JSON array; each ends with a newline.

    The table has a line for effect, sureness, place and message, one for the mend, and a last one
    with the counts. Words of the importer stand as they are; ours are in brackets.
    """
    if form == "json":
        rows = [asdict(finding) for finding in findings]
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    width = max((len(finding.effect) for finding in findings), default=0)
    lines = [line for finding in findings for line in _lines(finding, width)]
    return "\n".join([*lines, summary(findings), ""])


def summary(findings: Sequence[LintFinding]) -> str:
    """Return one sentence with the counts."""
    counts = Counter(finding.effect for finding in findings)
    told = [f"{counts[effect]} {effect}" for effect in EFFECTS if counts[effect]]
    noun = "finding" if len(findings) == 1 else "findings"
    return f"{len(findings)} {noun}: {', '.join(told)}" if told else "no findings"


def _lines(finding: LintFinding, width: int) -> list[str]:
    line = f" (line {finding.line})" if finding.line else ""
    place = f"{finding.place or '(the whole document)'}{line}"
    message = finding.message if finding.quoted else f"[{finding.message}]"
    indent = " " * (width + 5)
    return [
        f"{finding.effect:<{width}}  {finding.sure}  {place}",
        f"{indent}{message}",
        f"{indent}→ {finding.mend}",
    ]
