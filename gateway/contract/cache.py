"""Documents that were prepared before, kept by content hash in the user's cache folder.

Reading and mending YAML is the slow part of a start. An entry is found by the root document's
content and used only if every file that it was made of is unchanged, so an edit is never stale. A
cache that cannot be read or written costs time, never the start.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import jiter
import platformdirs

from gateway import __version__
from gateway.contract.bundle import Bundle
from gateway.contract.prepare import Prepared, prepare
from gateway.errors import Problem

FORMAT = 3  # raise it when the entries' shape changes
KEPT = 16  # entries
# The code that makes an entry.
SOURCES = (
    *("load.py", "yaml_tree.py", "files.py", "bundle.py", "walk.py", "pointer.py"),
    *("prepare.py", "mend.py", "schema_mends.py", "assertion_mends.py", "types.py"),
)


def load_prepared(path: Path, folder: Path | None = None) -> Prepared:
    """Read, bundle and mend the document at `path`, or take it from the cache in `folder`.

    Raises StartError where the root document cannot be read or is of no version that is served;
    what is wrong with its references is among the problems. RecursionError where it nests too
    deeply.
    """
    folder = folder or _user_folder()
    entry = folder / f"{_key(path)}.json" if folder else None
    found = _read(entry, path) if entry else None
    if found is None:
        bundle = Bundle(path)
        found = prepare(bundle.tree, bundle.problems)
        if entry and not any(problem.fatal for problem in found.problems):
            _write(entry, found, bundle.files.digests, path)
    return found


def _user_folder() -> Path | None:
    try:
        return platformdirs.user_cache_path("specrelay")
    except (OSError, RuntimeError):  # no home folder
        return None


def _key(path: Path) -> str:
    """Name the entry of a document: its content, its place, and the code that prepares it."""
    engine = version("jsonschema-rs")  # which judges patterns
    said = hashlib.sha256(f"{FORMAT} {__version__} {engine} {path.resolve()}\n".encode())
    try:
        said.update(path.read_bytes())
        for name in SOURCES:
            said.update((Path(__file__).parent / name).read_bytes())
    except OSError:
        pass  # the document's own error is told where it is read
    return said.hexdigest()


def _read(entry: Path, root: Path) -> Prepared | None:
    base = root.resolve().parent
    try:
        said = jiter.from_json(entry.read_bytes(), cache_mode="keys")
        for name, digest in said["files"].items():
            if hashlib.sha256((base / name).read_bytes()).hexdigest() != digest:
                return None
        problems = tuple(Problem(**problem) for problem in said["problems"])
        document, written = said["document"], said["written"].encode()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return Prepared(document, written, problems) if isinstance(document, dict) else None


def _write(entry: Path, found: Prepared, digests: Mapping[Path, str], root: Path) -> None:
    base = root.resolve().parent
    said = {
        "files": {os.path.relpath(file, base): digest for file, digest in digests.items()},
        "document": found.document,
        "written": found.written.decode(),
        "problems": [asdict(problem) for problem in found.problems],
    }
    # What JSON cannot hold is not kept; nor is anything where nothing can be written.
    with suppress(OSError, ValueError, RecursionError):
        text = json.dumps(said, allow_nan=False, separators=(",", ":")).encode()
        entry.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(entry, text)
        _prune(entry.parent)


def _replace(entry: Path, text: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time."""
    handle, name = tempfile.mkstemp(dir=entry.parent, suffix=".draft")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        draft.replace(entry)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _prune(folder: Path) -> None:
    entries = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
    for entry in entries[:-KEPT]:
        entry.unlink(missing_ok=True)
