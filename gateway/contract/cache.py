"""Documents that were read before, kept by content hash in the user's cache folder.

An entry is found by the root file and used only if every file that it was made of is unchanged, so
an edit is never stale. A cache that cannot be read or written costs time, never the start.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jiter
import platformdirs

from gateway import __version__
from gateway.contract.bundle import Bundle
from gateway.contract.mend import Mender, request_view
from gateway.errors import Problem

FORMAT = 1  # raise it when the entries' shape or what makes them changes
KEPT = 16  # entries


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document bundled and mended: all that is derived from its text alone."""

    bundle: Mapping[str, Any]
    document: Mapping[str, Any]
    views: Mapping[str, Mapping[str, Any]]  # "any" and "exact": as requests see the document
    problems: tuple[Problem, ...]


def prepare(
    path: Path, good_pattern: Callable[[str], bool], folder: Path | None = None
) -> Prepared:
    """Read, bundle and mend the document at `path`, or take it from the cache.

    Raises StartError where the document cannot be read.
    """
    folder = folder or platformdirs.user_cache_path("specrelay")
    entry = folder / f"{_key(path)}.json"
    found = _read(entry, path.parent)
    if found is None:
        found, files = _make(path, good_pattern)
        _write(entry, found, files, path.parent)
    return found


def _make(path: Path, good_pattern: Callable[[str], bool]) -> tuple[Prepared, list[Path]]:
    bundle = Bundle(path)
    mender = Mender(bundle.tree, good_pattern=good_pattern)
    views = {name: request_view(mender.document, one_of=name) for name in ("any", "exact")}
    problems = (*bundle.problems, *mender.warnings)
    return Prepared(bundle.tree, mender.document, views, problems), list(bundle.files)


def _key(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    digest = hashlib.sha256(f"{FORMAT} {__version__} {path.resolve()}\n".encode())
    digest.update(_own_source())
    digest.update(content)
    return digest.hexdigest()


def _own_source() -> bytes:
    """Return what tells one version of the mends from another."""
    folder = Path(__file__).parent
    names = ("load.py", "bundle.py", "mend.py", "schema_mends.py")
    return b"".join((folder / name).read_bytes() for name in names)


def _read(entry: Path, root: Path) -> Prepared | None:
    try:
        said = jiter.from_json(entry.read_bytes(), cache_mode="keys")
        for name, digest in said["files"].items():
            if hashlib.sha256((root / name).read_bytes()).hexdigest() != digest:
                return None
        problems = tuple(Problem(**problem) for problem in said["problems"])
        return Prepared(said["bundle"], said["document"], said["views"], problems)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(entry: Path, found: Prepared, files: list[Path], root: Path) -> None:
    base = root.resolve()
    said = {
        "files": {
            os.path.relpath(file, base): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in files
        },
        "bundle": found.bundle,
        "document": found.document,
        "views": found.views,
        "problems": [asdict(problem) for problem in found.problems],
    }
    try:
        text = json.dumps(said, allow_nan=False)
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=entry.parent, delete=False) as draft:
            draft.write(text)
        Path(draft.name).replace(entry)
        old = sorted(entry.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in old[:-KEPT]:
            file.unlink(missing_ok=True)
    except (OSError, ValueError):
        return
