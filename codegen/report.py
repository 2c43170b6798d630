"""The report: what the projections hold, and each rewrite with its reason."""

from codegen.project import Projected
from codegen.render import render
from codegen.tools import MAX_TOOLS, left_out, why_not_strict
from gateway.contract.model import Contract


def report(contract: Contract, projected: Projected, source: str, command: str) -> str:
    """Write `report.md`."""
    projection = projected.projection
    reasons = [(tool.name, why_not_strict(tool.input_schema)) for tool in projection.tools]
    by_operation: dict[str, list[object]] = {}
    for entry in projected.entries:
        by_operation.setdefault(entry.operation, []).append(entry)
    return render(
        "report.md.j2",
        source=source,
        command=command,
        contract=contract,
        sets=list(projection.sets.values()),
        tools=projection.tools,
        strict=sum(tool.strict for tool in projection.tools),
        loose=[(name, reason) for name, reason in reasons if reason is not None],
        left_out=left_out(projection.sets),
        limit=MAX_TOOLS,
        envelope=_unreached(contract, projected, "envelope"),
        never=_unreached(contract, projected, "never"),
        entries=list(by_operation.items()),
    )


def _unreached(contract: Contract, projected: Projected, kind: str) -> list[tuple[str, list[str]]]:
    """Return the operations of a class, by family, that no call of a set makes."""
    made = {call.operation for each in projected.projection.sets.values() for call in each.calls}
    found: dict[str, list[str]] = {}
    for operation in contract.operations.values():
        if projected.classes.get(operation.id) == kind and operation.id not in made:
            found.setdefault(operation.tag, []).append(operation.id)
    return list(found.items())
