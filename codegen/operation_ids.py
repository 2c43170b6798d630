"""The module of operation ids: constants, so that code cannot name an operation that is gone."""

import json
import keyword
import re
from collections.abc import Iterable

WIDTH = 100
SECRET = re.compile(r"(^|_)(PAS+WO?R?D|PASS(PHRASE)?|PWD|TOKEN|SECRETE?)($|_)")
BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NO_NAME = re.compile(r"[^A-Za-z0-9]+")


def constants(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return each id with the name of its constant: `createResponse` is CREATE_RESPONSE."""
    found: dict[str, str] = {}
    for identity in ids:
        name = constant_name(identity)
        free, number = name, 2
        while free in found:
            free, number = f"{name}_{number}", number + 1
        found[free] = identity
    return list(found.items())


def definitions(ids: Iterable[str]) -> list[str]:
    """Return the lines that define the constants, formatted as ruff does."""
    found = []
    for name, identity in constants(ids):
        line = f"{name}: Final = {json.dumps(identity, ensure_ascii=False)}"
        if len(line) > WIDTH:
            line = f"{name}: Final = (\n    {json.dumps(identity, ensure_ascii=False)}\n)"
        found.append(line)
    return found


def looks_secret(line: str) -> bool:
    """Tell whether ruff takes a definition for a password (its rule S105)."""
    return SECRET.search(line.partition(":")[0]) is not None


def constant_name(identity: str) -> str:
    """Return an id as the name of a constant."""
    words = NO_NAME.sub("_", BOUNDARY.sub("_", identity)).strip("_").upper()
    if not words.isidentifier() or keyword.iskeyword(words):
        words = f"ID_{words}"
    return words
