"""Bundle a document of several files into one tree in which every `$ref` is `#/…`.

Files are read only below the root document's folder, symlinks resolved; any other reference is an
error that names it. What is referred to is hoisted into `components`, once, under its own name;
a path item is put in its place. Nothing is inlined twice, so recursive schemas stay references.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from gateway.contract.load import read_document
from gateway.contract.pointer import escape, resolve, unescape
from gateway.errors import Problem, StartError

SECTIONS = {
    "parameters": "parameters",
    "responses": "responses",
    "requestBody": "requestBodies",
    "headers": "headers",
    "examples": "examples",
    "links": "links",
    "callbacks": "callbacks",
    "securitySchemes": "securitySchemes",
}
Reference = tuple[Path, str]


class Bundle:
    """The bundled tree, and the files that it was made of."""

    def __init__(self, root: Path) -> None:
        self.folder = root.parent.resolve()
        self.root = root.resolve()
        self.files: dict[Path, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self._names: dict[Reference, str] = {}
        tree = self._read(self.root)
        components = tree.get("components")
        self._taken: dict[str, set[str]] = {
            section: set(content)
            for section, content in (components if isinstance(components, Mapping) else {}).items()
            if isinstance(content, Mapping)
        }
        self._hoisted: dict[str, dict[str, Any]] = {}
        if not _has_file_reference(tree):
            self.tree = tree
            return
        self.tree = self._rewrite(tree, self.root, "", "")
        if any(problem.fatal for problem in self.problems):
            raise StartError(self.problems)
        target = self.tree.setdefault("components", {})
        for section, content in self._hoisted.items():
            target.setdefault(section, {}).update(content)

    def _read(self, path: Path) -> dict[str, Any]:
        if path not in self.files:
            tree, problems = read_document(path)
            self.files[path] = tree
            self.problems.extend(problems)
        return self.files[path]

    def _rewrite(self, node: Any, file: Path, pointer: str, section: str) -> Any:
        """Copy `node`, which stands in `file` at `pointer`, its references made internal."""
        if isinstance(node, list):
            return [
                self._rewrite(item, file, f"{pointer}/{index}", section)
                for index, item in enumerate(node)
            ]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and self._is_foreign(reference, file):
            if section == "paths":
                return self._path_item(node, reference, file, pointer)
            return {**node, "$ref": self._internal(reference, file, pointer, section)}
        return {
            key: self._rewrite(
                value, file, f"{pointer}/{escape(key)}", _section_of(key, pointer, section)
            )
            for key, value in node.items()
        }

    def _is_foreign(self, reference: str, file: Path) -> bool:
        return not reference.startswith("#") or file != self.root

    def _path_item(self, node: dict[str, Any], reference: str, file: Path, pointer: str) -> Any:
        """Put a path item in the place of its reference; what stands beside the `$ref` wins."""
        target = self._target(reference, file, pointer)
        if target is None:
            return {}
        content = self._lookup(target, reference, pointer)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        item = self._rewrite(content, target[0], target[1], "path item")
        return {**item, **beside} if isinstance(item, dict) else item

    def _internal(self, reference: str, file: Path, pointer: str, section: str) -> str:
        target = self._target(reference, file, pointer)
        if target is None:
            return reference
        if target[0] == self.root:
            return f"#{target[1]}"
        section = _own_section(target[1]) or SECTIONS.get(section, "schemas")
        if target not in self._names:
            content = self._lookup(target, reference, pointer)
            name = self._free_name(section, target)
            self._names[target] = name
            slot = self._hoisted.setdefault(section, {})
            slot[name] = None  # holds the place, so that components keep the order of first use
            slot[name] = self._rewrite(content, target[0], target[1], section)
        return f"#/components/{section}/{escape(self._names[target])}"

    def _free_name(self, section: str, target: Reference) -> str:
        last = unescape(target[1].rsplit("/", 1)[-1]) or target[0].stem
        taken = self._taken.setdefault(section, set())
        name, number = last, 2
        while name in taken:
            name, number = f"{last}_{number}", number + 1
        taken.add(name)
        return name

    def _target(self, reference: str, file: Path, pointer: str) -> Reference | None:
        where, _, fragment = reference.partition("#")
        if "://" in where or where.startswith("//"):
            self._refuse(pointer, reference, "is not a file", "Put the file beside the document.")
            return None
        path = (file.parent / unquote(where)).resolve() if where else file
        if not path.is_relative_to(self.folder):
            self._refuse(
                pointer,
                reference,
                "leads out of the document's folder",
                "Move the file below the folder of the root document.",
            )
            return None
        return path, unquote(fragment)

    def _lookup(self, target: Reference, reference: str, pointer: str) -> Any:
        try:
            return resolve(self._read(target[0]), target[1])
        except (LookupError, StartError):
            self._refuse(pointer, reference, "leads nowhere", "Mend the reference.")
            return {}

    def _refuse(self, pointer: str, reference: str, message: str, mend: str) -> None:
        self.problems.append(Problem(pointer, f"The reference {reference!r} {message}.", mend))


def _section_of(key: str, pointer: str, section: str) -> str:
    if pointer == "" and key == "paths":
        return "paths"
    if section == "schemas" or key in ("schema", "schemas"):
        return "schemas"
    if section == "paths" and pointer.count("/") > 1:
        section = "path item"
    return key if key in SECTIONS else section


def _own_section(pointer: str) -> str | None:
    parts = pointer.split("/")
    return parts[2] if len(parts) == 4 and parts[1] == "components" else None


def _has_file_reference(node: Any) -> bool:
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, dict):
            reference = current.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                return True
            stack.extend(current.values())
        elif isinstance(current, list):
            stack.extend(current)
    return False
