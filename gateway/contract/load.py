"""Read an OpenAPI document from disk: YAML or JSON, always as data, never as a template."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from gateway.errors import Problem, StartError

JSON_SUFFIX = ".json"
MERGE = "tag:yaml.org,2002:merge"


class _Yaml12Loader(yaml.CSafeLoader):
    """YAML with the core schema of YAML 1.2.2 (section 10.3), which OpenAPI 3.1.0 (4.3) asks for.

    So `on`, `no` and `2024-01-01` are strings, and every key of a mapping is a string. A key that
    stands twice is reported, since one of the two would be lost.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repeated: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a dict whose keys are strings, in document order."""
        self.flatten_mapping(node)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is not a plain value", key_node.start_mark
                )
            if key in mapping:
                self.repeated.append(f"{key} (line {key_node.start_mark.line + 1})")
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


_Yaml12Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$",
        list("-+.0123456789"),
    ),
):
    _Yaml12Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
_Yaml12Loader.add_implicit_resolver(MERGE, re.compile(r"^<<$"), ["<"])


def _construct_int(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> int:
    """Read a YAML 1.2 integer: `010` is ten, `0o10` is eight."""
    text = node.value
    if text.startswith(("0o", "0x")):
        return int(text, 0)
    return int(text)


_Yaml12Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)


def read_document(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read the document at `path`; return its tree and what was odd about the text.

    Raises StartError where the file cannot be read, is not YAML or JSON, or is not one mapping.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error.strerror or "cannot be read", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "is not UTF-8", "Save it as UTF-8.") from error
    return parse_document(text, path)


def parse_document(text: str, path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Parse a document's text; JSON where the name or the first character says so."""
    is_json = path.suffix == JSON_SUFFIX or text.lstrip()[:1] == "{"
    repeated: list[str] = []
    try:
        tree = _parse_json(text, repeated) if is_json else _parse_yaml(text, repeated)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(path, f"does not parse: {_first_line(error)}", "Mend it.") from error
    if not isinstance(tree, dict):
        raise _unreadable(path, "is not a mapping", "An OpenAPI document begins with `openapi:`.")
    problems = [
        Problem(path.name, f"The key {key} stands twice.", "The last one counts.", fatal=False)
        for key in repeated
    ]
    return tree, problems


def _parse_yaml(text: str, repeated: list[str]) -> Any:
    loader = _Yaml12Loader(text)
    try:
        tree = loader.get_single_data()
    finally:
        loader.dispose()
    repeated.extend(loader.repeated)
    return tree


def _parse_json(text: str, repeated: list[str]) -> Any:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) != len(pairs):
            seen: set[str] = set()
            repeated.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return mapping

    return json.loads(text, object_pairs_hook=build)


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return what.splitlines()[0] + where


def _unreadable(path: Path, message: str, mend: str) -> StartError:
    return StartError([Problem(path.name, f"The document {message}.", mend)])
