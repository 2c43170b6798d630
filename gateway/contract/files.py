"""The files that a document is made of: read once each, and only below the root's folder."""

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from gateway.contract.load import parse_document, read_text
from gateway.contract.pointer import resolve
from gateway.errors import Problem, StartError

SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")


class Files:
    """Reads the files of one document; what is wrong with a reference goes to `problems`, once."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root.resolve()
        self.folder = self.root.parent
        self.problems = problems
        self.digests: dict[Path, str] = {}  # SHA-256 of what was read, by the path as it was said
        self._trees: dict[Path, dict[str, Any]] = {}
        self._broken: dict[Path, StartError] = {}
        self._told: set[tuple[Path, str]] = set()

    def root_tree(self) -> dict[str, Any]:
        """Return the root document; StartError where it cannot be read."""
        return self._read(self.root, self.root)

    def place(self, file: Path, pointer: str) -> str:
        """Name a place: its pointer, behind the file's name where that is not the root."""
        if file == self.root:
            return pointer or file.name
        return f"{file.relative_to(self.folder)}#{pointer}"

    def target(self, reference: str, file: Path, pointer: str) -> tuple[Path, str] | None:
        """Return where a reference in `file` at `pointer` leads; None, and a problem, if nowhere.

        A reference that stays in the root document leads where it says, even if to nothing: its
        mend is for the mender, which tells it.
        """
        where, _, fragment = reference.partition("#")
        inner = unquote(fragment)
        if not where and file == self.root:
            return file, inner
        said = file.parent / unquote(where) if where else file
        fault = self._fault(where, said, inner)
        if fault is None:
            return said.resolve(), inner
        if (file, reference) not in self._told:
            self._told.add((file, reference))
            message, mend = fault
            problem = Problem(
                self.place(file, pointer), f"The reference {reference!r} {message}.", mend
            )
            self.problems.append(problem)
        return None

    def _fault(self, where: str, said: Path, inner: str) -> tuple[str, str] | None:
        if SCHEME.match(where):
            return "is a URL, which is not fetched", "Put the file beside the document."
        try:
            path = said.resolve()
        except (OSError, ValueError, RuntimeError):
            return "is no file name", "Mend the reference."
        if not path.is_relative_to(self.folder):
            mend = "Move the file below the folder of the root document."
            return "leads out of the document's folder", mend
        try:
            resolve(self._read(path, said), inner)
        except StartError as error:
            return f"cannot be followed: {error.problems[0].message}", error.problems[0].mend
        except LookupError:
            return "leads nowhere", "Mend the reference."
        return None

    def has(self, file: Path, pointer: str) -> bool:
        """Tell whether something stands at a place of a file that was read."""
        try:
            self.lookup(file, pointer)
        except LookupError:
            return False
        return True

    def lookup(self, file: Path, pointer: str) -> Any:
        """Return what stands at a place of a file that was read; LookupError if nothing does."""
        return resolve(self._trees[file], pointer)

    def _read(self, path: Path, said: Path) -> dict[str, Any]:
        if path in self._broken:
            raise self._broken[path]
        if path not in self._trees:
            try:
                text, raw = read_text(path)
                tree, problems = parse_document(text, path)
            except StartError as error:
                self._broken[path] = error
                raise
            self._trees[path] = tree
            self.digests[path] = hashlib.sha256(raw).hexdigest()
            self.problems.extend(problems)
        self.digests[said] = self.digests[path]
        return self._trees[path]
