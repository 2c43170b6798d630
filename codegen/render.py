"""Templates, filled in; a name that a template uses and nobody gave is an error."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.contract.model import Operation

BLANK_LINES = re.compile(r"\n{3,}")


def render(template: str, **values: Any) -> str:
    """Fill in a template; at most one empty line stands between paragraphs."""
    text = _environment().get_template(template).render(values)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is written is Markdown and Python, `cell` guards it
    )
    environment.filters |= {
        "cell": _cell,
        "prose": _prose,
        "full_path": _full_path,
    }
    return environment


def _cell(text: str) -> str:
    """Write a text so that it stays within a table's cell."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _prose(text: str) -> str:
    """Write a description: its own headings would break the page's."""
    return re.sub(r"^#+\s*(.*)$", r"**\1**", text.strip(), flags=re.MULTILINE)


def _full_path(operation: Operation) -> str:
    query = "&".join(f"{name}={value}" for name, value in operation.fixed_query)
    return f"{operation.path}?{query}" if query else operation.path
