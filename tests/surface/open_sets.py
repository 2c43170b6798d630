"""The page of open sets, made from the marks `x-open-set` of the shipped document.

`python -m tests.surface.open_sets` writes docs/open-sets.md; a test compares it.
"""

from pathlib import Path
from typing import Any

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.contract.walk import rewrite
from gateway.resources import spec_folder
from tests.surface.open_places import MARK
from tests.surface.schema_graph import SchemaGraph

PAGE = Path(__file__).parents[2] / "docs" / "open-sets.md"
HEAD = """\
# Open sets

<!-- Made from the marks `x-open-set` in spec/ by `python -m tests.surface.open_sets`. -->

The API adds to these sets without notice, so an unknown member passes; all other enums and unions
of the document are closed. [contract.md](contract.md) tells the rule. A set of objects is told
apart by a property: an object with an unknown value there passes, and one with a known value must
have the shape that goes with it.

Each line is one mark: where it stands in the bundled document, and what the set is of.
"""


def page(contract: Contract) -> str:
    """Return the page for a contract."""
    marks = _marks(contract)
    asked = _asked_for(contract)
    inside = [line for schema, line in marks if id(schema) in asked]
    others = [line for schema, line in marks if id(schema) not in asked]
    parts = [HEAD]
    for title, lines in (("In requests", inside), ("In answers only", others)):
        parts.append(f"\n## {title}: {len(lines)}\n\n| place | set of |\n|---|---|\n")
        parts += lines
    return "".join(parts)


def shipped_page(cache_folder: Path | None = None) -> str:
    """Return the page for the shipped document."""
    return page(load_contract(spec_folder() / "openapi.yaml", cache_folder))


def _marks(contract: Contract) -> list[tuple[Any, str]]:
    """List the marked schemas, each with its line."""
    found: list[tuple[Any, str]] = []

    def visit(node: Any, kind: str, pointer: str) -> Any:
        if kind == "schema" and isinstance(node, dict) and node.get(MARK) is True:
            found.append((node, f"| `{pointer.replace('|', '%7C')}` | {_told_by(node)} |\n"))
        return node

    rewrite(contract.document, "document", "", visit)
    return sorted(found, key=lambda one: one[1])


def _told_by(schema: dict[str, Any]) -> str:
    excluding = [name for name, own in schema.get("properties", {}).items() if "not" in own]
    return f"objects by `{excluding[0]}`" if excluding else "texts"


def _asked_for(contract: Contract) -> frozenset[int]:
    """Return the ids of the schemas that requests can be checked by."""
    graph = SchemaGraph(contract.document)
    for operation in contract.operations.values():
        for parameter in operation.parameters:
            graph.add(parameter.schema)
        for body in operation.body.types if operation.body else ():
            graph.add(True if body.schema is None else body.schema)
    return graph.ids


if __name__ == "__main__":
    PAGE.write_text(shipped_page(), encoding="utf-8")
