"""What a strict validator minds in a document. It is slow, so it runs once per content."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from gateway.contract.pointer import escape
from gateway.errors import Problem

LONGEST = 200  # characters of a validator's message
MEND = "It is served all the same; other readers of the document may refuse it."

Found = tuple[str, str]  # place, message


def strict_findings(bundle: Mapping[str, Any], folder: Path | None = None) -> list[Problem]:
    """List what openapi-spec-validator finds in a bundled document, as warnings.

    They are kept by content hash in `folder` (the user's cache folder); a cache that cannot be read
    or written costs time only.
    """
    text = json.dumps(bundle, sort_keys=True, default=str)
    digest = hashlib.sha256(f"{version('openapi-spec-validator')}\n{text}".encode()).hexdigest()
    entry = (folder or platformdirs.user_cache_path("specrelay") / "strict") / f"{digest}.json"
    found = _read(entry)
    if found is None:
        found = list(_validate(bundle))
        _write(entry, found)
    return [Problem(place, message, MEND, fatal=False) for place, message in found]


def _validate(bundle: Mapping[str, Any]) -> Iterator[Found]:
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

    is_30 = str(bundle.get("openapi", "")).startswith("3.0")
    validator = (OpenAPIV30SpecValidator if is_30 else OpenAPIV31SpecValidator)(bundle)
    places = _Places(bundle)
    for error in validator.iter_errors():
        message = " ".join(str(error.message).split())
        if len(message) > LONGEST:
            message = message[:LONGEST] + "…"
        yield places.find(error), f"{message}."


class _Places:
    """Finds where in the document an error is: the validator tells the path from some schema on."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._pointers: dict[int, str] = {}  # of objects and arrays, by identity
        self._scalars: list[tuple[str, Any]] = []
        self._told: set[str] = set()
        self._walk(bundle, "")

    def _walk(self, node: Any, pointer: str) -> None:
        if isinstance(node, Mapping):
            self._pointers.setdefault(id(node), pointer)
            for key, value in node.items():
                self._walk(value, f"{pointer}/{escape(str(key))}")
        elif isinstance(node, list):
            self._pointers.setdefault(id(node), pointer)
            for index, value in enumerate(node):
                self._walk(value, f"{pointer}/{index}")
        else:
            self._scalars.append((pointer, node))

    def find(self, error: Any) -> str:
        """Return the JSON Pointer of what is wrong, or of its end where only that is known."""
        instance = getattr(error, "instance", None)
        if isinstance(instance, Mapping | list) and id(instance) in self._pointers:
            return self._pointers[id(instance)]
        schema = self._pointers.get(id(getattr(error, "schema", None)))
        if schema is not None:  # a value in the document, checked by the document's own schema
            return f"{schema}/default"
        end = "".join(f"/{escape(str(part))}" for part in getattr(error, "absolute_path", ()))
        for pointer, value in self._scalars:
            if end and pointer.endswith(end) and value is instance and pointer not in self._told:
                self._told.add(pointer)
                return pointer
        return end or "/"


def _read(entry: Path) -> list[Found] | None:
    try:
        return [(str(place), str(message)) for place, message in json.loads(entry.read_bytes())]
    except (OSError, ValueError, TypeError):
        return None


def _write(entry: Path, found: list[Found]) -> None:
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        draft = entry.with_suffix(".draft")
        draft.write_text(json.dumps(found), encoding="utf-8")
        draft.replace(entry)
    except OSError:
        return
