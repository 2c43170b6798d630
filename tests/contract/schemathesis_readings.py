"""What the texts of parameters and forms can stand for; written apart from the gateway's reading.

Texts have no types: of the readings of each, the next is tried where the validator finds a fault.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from gateway.contract.model import Parameter

ROUNDS = 12
SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}
BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
Tree = Any  # texts in dicts and lists


def parameter_trees(said: Parameter, pairs: list[tuple[str, str]]) -> Iterator[Tree]:
    """Yield what the texts of one parameter can stand for by its style."""
    name = said.name.lower() if said.place == "header" else said.name
    texts = [text for key, text in pairs if key in (name, f"{name}[]")]
    nested = [(key, text) for key, text in pairs if key.startswith(f"{name}[")]
    if said.media_type is not None:
        yield from (json.loads(text) for text in texts)
        return
    if nested:
        yield nest(pair for pair in pairs if pair[0].startswith(name))[name]
    for text in texts:
        yield from _one_text(said, text)
    if len(texts) > 1 or (texts and said.explode):
        yield texts
    if said.style == "form" and said.explode and "object" in said.types:
        members = {key: text for key, text in pairs if key in said.properties}
        if members:
            yield members


def _one_text(said: Parameter, text: str) -> Iterator[Tree]:
    yield text
    prefix = {"label": ".", "matrix": ";"}.get(said.style, "")
    text = text.removeprefix(prefix)
    dividers = {"label": (".", ","), "matrix": (";", ",")}.get(said.style, (",",))
    for divider in (*dividers, SEPARATORS.get(said.style, ",")):
        pieces = [piece for piece in text.split(divider) if piece or text]
        yield pieces
        yield [piece.strip() for piece in pieces if piece.strip()]
        yield [piece.removeprefix(f"{said.name}=") for piece in pieces]
        if all("=" in piece for piece in pieces):
            yield dict(piece.split("=", 1) for piece in pieces)
        if len(pieces) % 2 == 0:
            yield dict(zip(pieces[::2], pieces[1::2], strict=True))
    yield text.removeprefix(f"{said.name}=")


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Tree]:
    """Put names in brackets together."""
    root: dict[str, Any] = {}
    for name, text in pairs:
        match = BRACKETS.fullmatch(name)
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else [name]
        node = root
        for key in keys[:-1]:
            inner = node.setdefault(key, {})
            node = inner if isinstance(inner, dict) else {}
        last = keys[-1]
        while last == "" or (last in node and last.isdigit()):
            last = str(len(node))
        if last in node:
            kept = node[last]
            node[last] = [*kept, text] if isinstance(kept, list) else [kept, text]
        else:
            node[last] = text
    return {name: _listed(tree) for name, tree in root.items()}


def _listed(tree: Tree) -> Tree:
    if not isinstance(tree, dict):
        return tree
    inner = {key: _listed(value) for key, value in tree.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def admits(validator: Draft202012Validator, tree: Tree) -> bool:
    """Tell whether any reading of a tree's texts is valid: the next is tried where it fails."""
    picks: dict[tuple[Any, ...], int] = {}
    for _ in range(ROUNDS):
        value = _built(tree, (), picks)
        places = {place for error in validator.iter_errors(value) for place in _places(error, ())}
        if not places:
            return True
        before = dict(picks)
        for path, text in _leaves(tree, ()):
            count = len(readings(text))
            hit = any(place[: len(path)] == path or path[: len(place)] == place for place in places)
            if hit and picks.get(path, 0) + 1 < count:
                picks[path] = picks.get(path, 0) + 1
        if picks == before:
            return False
    return False


def _places(error: ValidationError, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    here = (*above, *error.relative_path)
    if not error.context:
        yield here
    for inner in error.context:
        yield from _places(inner, here)


def _leaves(tree: Tree, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, list | dict):
        for key, node in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _leaves(node, (*path, key))


def _built(tree: Tree, path: tuple[Any, ...], picks: Mapping[tuple[Any, ...], int]) -> Any:
    if isinstance(tree, dict):
        return {key: _built(node, (*path, key), picks) for key, node in tree.items()}
    if isinstance(tree, list):
        return [_built(node, (*path, index), picks) for index, node in enumerate(tree)]
    return readings(tree)[picks.get(path, 0)] if isinstance(tree, str) else tree


def readings(text: str) -> list[Any]:
    """Return the JSON values that a text can stand for."""
    found: list[Any] = [text]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    if re.fullmatch("-?[0-9]{1,300}", text):
        value = int(text)
    if value != text and not (isinstance(value, float) and not math.isfinite(value)):
        found.append(value)
    if text == "":
        found.append(None)
    return [*found, *([one] for one in found if not isinstance(one, list))]
