"""Read an OpenAPI document from disk: YAML or JSON, always as data, never as a template."""

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from gateway.contract.yaml_tree import parse_yaml
from gateway.errors import Problem, StartError


def read_text(path: Path) -> tuple[str, bytes]:
    """Return a file's text and its bytes; StartError where it cannot be read as UTF-8."""
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig"), raw
    except OSError as error:
        raise _unreadable(path, f"not readable: {error.strerror}", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "not UTF-8", "Save it as UTF-8.") from error


def parse_document(text: str, path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Parse a document's text; return its tree and what was odd about the text.

    Raises StartError where it is not YAML or JSON, or not one mapping.
    """
    repeated: list[str] = []
    try:
        tree = _parse(text, path, repeated)
    except RecursionError as error:
        raise _unreadable(path, "nested too deeply", "Write it flatter, with `$ref`s.") from error
    except (yaml.YAMLError, ValueError) as error:
        fault = f"not {_language(path)}: {_first_line(error)}"
        raise _unreadable(path, fault, "Mend it there.") from error
    if not isinstance(tree, dict):
        fault = "empty" if tree is None else "not a mapping"
        raise _unreadable(path, fault, "An OpenAPI document begins with `openapi:`.")
    problems = [
        Problem(path.name, f"The key {key} stands twice.", "The last one counts.", fatal=False)
        for key in repeated
    ]
    return tree, problems


def _parse(text: str, path: Path, repeated: list[str]) -> Any:
    """Read JSON where the name or the first character says so; `{a: b}` is YAML all the same."""
    if _language(path) == "JSON":
        return _parse_json(text, repeated)
    if text.startswith("{"):
        with suppress(ValueError):
            return _parse_json(text, repeated)
        repeated.clear()
    tree, found = parse_yaml(text)
    repeated += found
    return tree


def _language(path: Path) -> str:
    return "JSON" if path.suffix.lower() == ".json" else "YAML"


def _parse_json(text: str, repeated: list[str]) -> Any:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            repeated.extend(repr(key) for key, count in counts.items() if count > 1)
        return mapping

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no value of JSON")

    return json.loads(text, object_pairs_hook=build, parse_constant=refuse)


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return what.splitlines()[0] + where


def _unreadable(path: Path, message: str, mend: str) -> StartError:
    return StartError([Problem(path.name, f"The file is {message}.", mend)])
