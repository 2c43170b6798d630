"""JSON values as Python source, double-quoted, broken into lines where they are long."""

import json
from typing import Any

WIDTH = 88
STEP = "    "
WORDS = {None: "None", True: "True", False: "False"}


def literal(value: Any, indent: str = "", taken: int = 0) -> str:
    """Write a value; `taken` characters stand before it on its line, which begins at `indent`."""
    line = _line(value)
    if len(indent) + taken + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + STEP
    if isinstance(value, dict):
        rows = [
            f"{inner}{_text(key)}: {literal(item, inner, len(_text(key)) + 3)},"
            for key, item in value.items()
        ]
        return "\n".join(["{", *rows, f"{indent}}}"])
    return "\n".join(["[", *(f"{inner}{literal(item, inner, 1)}," for item in value), f"{indent}]"])


def called(name: str, arguments: list[tuple[str, Any]]) -> str:
    """Write a call; an argument is a name ("" for none) with a value, or with `Source`."""
    line = f"{name}({', '.join(_argument(key, item, '') for key, item in arguments)})"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    rows = [f"{STEP}{_argument(key, item, STEP)}," for key, item in arguments]
    return "\n".join([f"{name}(", *rows, ")"])


class Source(str):
    """A text that is Python already."""


def _argument(key: str, value: Any, indent: str) -> str:
    lead = f"{key}=" if key else ""
    if isinstance(value, Source):
        return lead + value
    return lead + literal(value, indent, len(lead) + 1)


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_line(item) for item in value) + "]"
    if value is None or isinstance(value, bool):
        return WORDS[value]
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
