"""Read an OpenAPI document from disk: YAML or JSON, always as data, never as a template."""

import json
import re
from collections import Counter
from collections.abc import Generator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from gateway.errors import Problem, StartError

DEEP = 5000  # brackets within each other that the C loader surely takes
BRACKET = re.compile(r"[\[\]{}]")
MERGE = "tag:yaml.org,2002:merge"


class _Yaml12Loader(yaml.CSafeLoader):
    """YAML with the core schema of YAML 1.2.2 (section 10.3), which OpenAPI 3.1.0 (4.3) asks for.

    So `on`, `no` and `2024-01-01` are strings, and every key of a mapping is a string; so are
    `.inf` and `.nan`, which JSON has not. A key that stands twice is told, since one is lost.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repeated: list[str] = []

    def construct_yaml_map(self, node: yaml.MappingNode) -> Generator[dict[Any, Any], None, None]:
        """Build a dict whose keys are strings, in document order."""
        own = [key for key, _ in node.value]
        self.flatten_mapping(node)  # `<<`, which real documents use though YAML 1.2 has dropped it
        mapping: dict[str, Any] = {}
        yield mapping  # before its content, so that an alias within it finds it
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is not a plain value", key_node.start_mark
                )
            mapping[key_node.value] = self.construct_object(value_node)
        names = {key.value for key in own}
        if len(names) != len(own):
            self._tell_repeated(own)

    def _tell_repeated(self, keys: list[yaml.ScalarNode]) -> None:
        seen: set[str] = set()
        for key in keys:
            if key.value in seen and key.tag != MERGE:
                self.repeated.append(f"{key.value!r} (line {key.start_mark.line + 1})")
            seen.add(key.value)


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


def _construct_text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


# No other tag is JSON: `!!binary`, `!!timestamp` and all of a document's own are errors.
_Yaml12Loader.yaml_constructors = {
    tag: constructor
    for tag, constructor in yaml.CSafeLoader.yaml_constructors.items()
    if tag is None or tag.rpartition(":")[2] in ("null", "bool", "float", "str", "seq")
}
_Yaml12Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
_Yaml12Loader.add_constructor(MERGE, _construct_text)  # where it is a value
_Yaml12Loader.add_constructor("tag:yaml.org,2002:map", _Yaml12Loader.construct_yaml_map)


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
    return _parse_yaml(text, repeated)


def _language(path: Path) -> str:
    return "JSON" if path.suffix.lower() == ".json" else "YAML"


def _parse_yaml(text: str, repeated: list[str]) -> Any:
    if _unclosed(text) > DEEP:
        raise RecursionError
    loader = _Yaml12Loader(text)
    try:
        tree = loader.get_single_data()
    finally:
        loader.dispose()
    repeated.extend(loader.repeated)
    return tree


def _unclosed(text: str) -> int:
    """Return how many brackets are open at once at most: the C loader would overflow its stack."""
    if text.count("[") + text.count("{") <= DEEP:
        return 0
    steps = (1 if match[0] in "[{" else -1 for match in BRACKET.finditer(text))
    return max(accumulate(steps), default=0)


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
