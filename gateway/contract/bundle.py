"""Bundle a document of several files into one tree in which every `$ref` is `#/…`.

Files are read only below the root document's folder, symlinks resolved; any other reference is an
error that names it. What is referred to is hoisted into `components`, once, under its own name; a
path item is put in its place. Nothing is inlined twice, so recursive schemas stay references.
Hoisted is also what stands within another schema, since a mend may change the way there.
"""

import re
from collections import deque
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from gateway.contract.files import Files
from gateway.contract.pointer import escape, reference, tokens
from gateway.contract.walk import SECTIONS, Kind, kind_at, rewrite
from gateway.errors import Problem

Target = tuple[Path, str]  # a file and a JSON Pointer into it
NAME = re.compile(r"[^A-Za-z0-9._-]+")  # what a component's name has not (OpenAPI 3.1.0, 4.8.7.1)
LOCATION = re.compile(r"[/#]|\.(?:ya?ml|json)$")


class Bundle:
    """The bundled `tree`, the `files` that it was made of, and the `problems` on the way."""

    def __init__(self, root: Path) -> None:
        self.problems: list[Problem] = []
        self.files = Files(root, self.problems)
        self._names: dict[tuple[str, Target], str] = {}
        self._waiting: deque[tuple[str, Kind, Target]] = deque()
        self._trail: list[Target] = []  # path items that are being put in their place
        tree = self.files.root_tree()
        components = tree.get("components")
        self._taken = {
            section: set(_mapping(content)) for section, content in _mapping(components).items()
        }
        self.tree: dict[str, Any] = self._rewrite(tree, "document", (self.files.root, ""))
        self._hoist()

    def _hoist(self) -> None:
        """Copy what is referred to into `components`; it may refer to more."""
        hoisted: dict[str, dict[str, Any]] = {}
        while self._waiting:
            name, kind, target = self._waiting.popleft()
            content = self._rewrite(self.files.lookup(*target), kind, target)
            hoisted.setdefault(SECTIONS[kind], {})[name] = content
        if hoisted:
            components = _mapping(self.tree.get("components"))
            for section, content in hoisted.items():
                components = {
                    **components,
                    section: {**_mapping(components.get(section)), **content},
                }
            self.tree = {**self.tree, "components": components}

    def _rewrite(self, node: Any, kind: Kind, where: Target) -> Any:
        return rewrite(node, kind, where[1], partial(self._visit, where[0]))

    def _visit(self, file: Path, node: Any, kind: Kind, pointer: str) -> Any:
        """Make the reference of one object, which stands in `file` at `pointer`, internal."""
        if not isinstance(node, dict):
            return node
        said = node.get("$ref")
        if kind == "schema":
            node = self._with_mapping(file, node, pointer)
        if not isinstance(said, str) or (kind not in SECTIONS):
            return node
        target = self.files.target(said, file, pointer)
        if target is None:
            return {key: value for key, value in node.items() if key != "$ref"}
        if kind == "path item" and not pointer.startswith("/components/"):
            return self._path_item(node, target)
        internal = self._internal(target, kind)
        return node if internal == said else {**node, "$ref": internal}

    def _internal(self, target: Target, kind: Kind) -> str:
        """Return the reference that leads to `target` in the bundle, which it is hoisted into."""
        file, pointer = target
        if file == self.files.root:
            stands, inside = kind_at(pointer)
            if (stands == kind and not inside) or not self.files.has(*target):
                return reference(pointer)
        section = SECTIONS[kind]
        name = self._names.get((section, target))
        if name is None:
            name = self._names[(section, target)] = self._free_name(section, target)
            self._waiting.append((name, kind, target))
        return reference(f"/components/{section}/{escape(name)}")

    def _free_name(self, section: str, target: Target) -> str:
        parts = tokens(target[1])
        if len(parts) > 2 and parts[0] == "components":
            parts = parts[2:]
        last = NAME.sub("_", "_".join(parts[-4:]) or target[0].stem)
        taken = self._taken.setdefault(section, set())
        name, number = last, 2
        while name in taken:
            name, number = f"{last}_{number}", number + 1
        taken.add(name)
        return name

    def _path_item(self, node: dict[str, Any], target: Target) -> Any:
        """Put a path item in the place of its reference; what stands beside the `$ref` wins."""
        beside = {key: value for key, value in node.items() if key != "$ref"}
        if target in self._trail:
            place = self.files.place(*target)
            self.problems.append(Problem(place, "The path item refers to itself.", "Mend it."))
            return beside
        self._trail.append(target)
        item = self._rewrite(self.files.lookup(*target), "path item", target)
        self._trail.pop()
        return {**item, **beside} if isinstance(item, dict) else beside

    def _with_mapping(self, file: Path, schema: dict[str, Any], pointer: str) -> dict[str, Any]:
        """Make the references in a discriminator's `mapping` internal (OpenAPI 3.1.0, 4.8.25)."""
        discriminator = schema.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, Mapping) else None
        if not isinstance(mapping, Mapping):
            return schema
        internal = dict(mapping)
        for value, said in mapping.items():
            if isinstance(said, str) and LOCATION.search(said):
                target = self.files.target(said, file, f"{pointer}/discriminator/mapping/{value}")
                if target is not None:
                    internal[value] = self._internal(target, "schema")
        if internal == mapping:
            return schema
        return {**schema, "discriminator": {**discriminator, "mapping": internal}}  # type: ignore[dict-item]


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, Mapping) else {}


def published(bundle: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a bundled document without the extension `key`, wherever an object has it."""

    def without(node: Any, _kind: Kind, _pointer: str) -> Any:
        if isinstance(node, dict) and key in node:
            return {name: value for name, value in node.items() if name != key}
        return node

    tree: Mapping[str, Any] = rewrite(bundle, "document", "", without)
    return tree
