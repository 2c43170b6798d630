"""The texts of a review: the patch, and the changed operations as they are now."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from typing import Any

from codegen.diff.sources import State
from gateway.contract.model import Contract, Operation
from gateway.contract.pointer import pointer_of, resolve, tokens
from gateway.contract.prepare import as_json
from gateway.local.document import as_yaml


def patch(old: State, new: State) -> str:
    """Return the unified diff of the documents' files."""
    lines: list[str] = []
    for name in sorted(old.texts.keys() | new.texts.keys()):
        lines += unified_diff(
            old.texts.get(name, "").splitlines(),
            new.texts.get(name, "").splitlines(),
            fromfile=name if name in old.texts else "(none)",
            tofile=name if name in new.texts else "(none)",
            lineterm="",
        )
    return "\n".join(lines)


def current_text(contract: Contract, names: Iterable[str], components: Iterable[str]) -> str:
    """Return the named operations and components as YAML, as the published document has them."""
    document: dict[str, Any] = {"paths": {}}
    bundle = contract.bundle
    for name in names:
        operation = contract.operations.get(name)
        if operation is not None:
            for path, method, said in _written(bundle, operation):
                document["paths"].setdefault(path, {})[method] = said
    schemas = bundle.get("components", {}).get("schemas", {})
    shown = {name: schemas[name] for name in components if name in schemas}
    if shown:
        document["components"] = {"schemas": shown}
    if not document["paths"]:
        del document["paths"]
    return as_yaml(as_json(document)).decode() if document else ""


def _written(bundle: Mapping[str, Any], operation: Operation) -> Iterator[tuple[str, str, Any]]:
    """Find an operation in the published document by where it stands in the compiled one."""
    parts = tokens(operation.pointer)
    pointer = operation.pointer
    try:
        said = resolve(bundle, pointer)
    except LookupError:  # its path item is a reference
        item = bundle.get("paths", {}).get(operation.key, {})
        target = pointer_of(str(item.get("$ref", ""))) or ""
        try:
            said = resolve(bundle, f"{target}/{operation.method.lower()}")
        except LookupError:
            return
    method = parts[-1] if parts else operation.method.lower()
    yield operation.key, method, said
