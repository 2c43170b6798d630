"""Two schemas compared, as ours (here) and the vendor's (there)."""

from collections.abc import Mapping
from typing import Any

from codegen.drift.gap import Gap
from codegen.drift.sides import Side
from codegen.drift.subsumption import Subsumption

NO_DOCUMENT: Mapping[str, Any] = {}


def gaps(
    vendor: Any,
    ours: Any,
    there: Mapping[str, Any] = NO_DOCUMENT,
    here: Mapping[str, Any] = NO_DOCUMENT,
) -> list[Gap]:
    """Return what ours does not take of what the vendor's takes."""
    return Subsumption(Side(there), Side(here), outer_is_here=True).gaps(vendor, ours)


def told(vendor: Any, ours: Any) -> list[tuple[str, str, str]]:
    return [(gap.kind, gap.place, gap.text) for gap in gaps(vendor, ours)]


def components(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def to(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
