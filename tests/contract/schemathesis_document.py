"""The document that schemathesis generates from: a contract's operations as they are served."""

from collections.abc import Iterable
from typing import Any

import schemathesis

from gateway.contract.mend import request_view
from gateway.contract.model import Contract, Operation
from gateway.contract.pointer import resolve


def served_document(contract: Contract, operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the document of these operations as they are served, in the view of requests."""
    view = request_view(
        contract.document, one_of="any", document=contract.document, kind="document"
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        fixed = "&".join(f"{name}={value}" for name, value in operation.fixed_query)
        item = resolve(view, operation.pointer.rpartition("/")[0])
        said = dict(resolve(view, operation.pointer))
        said.pop("security", None)
        said.pop("servers", None)
        said["parameters"] = [*item.get("parameters", ()), *said.get("parameters", ())]
        key = operation.path + (f"?{fixed}" if fixed else "")
        paths.setdefault(key, {})[operation.method.lower()] = said
    components = {k: v for k, v in view.get("components", {}).items() if k != "securitySchemes"}
    info = {"title": contract.title, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def relayed(contract: Contract) -> list[Operation]:
    """List the operations that are sent cases: those that are relayed over HTTP."""
    return [o for o in contract.operations.values() if not o.local and not o.websocket]


def generators(contract: Contract) -> dict[str, Any]:
    """Return schemathesis' generator of each operation, by its id; None where it can make none."""
    chosen = relayed(contract)
    schema = schemathesis.openapi.from_dict(served_document(contract, chosen))
    by_key = {(op.method, op.path, op.fixed_query): op.id for op in chosen}
    made: dict[str, Any] = dict.fromkeys(by_key.values())
    for result in schema.get_all_operations():
        target = result.ok()
        if target is not None:
            path, _, query = target.path.partition("?")
            fixed = tuple(tuple(pair.split("=", 1)) for pair in query.split("&") if pair)
            made[by_key[target.method.upper(), path, fixed]] = target
    return made
