"""The second and third documents: one of OpenAPI 3.0, and one with 80 operations in two sets."""

from typing import Any

from gateway.contract.model import Contract
from tests.codegen.actions.documents import contract
from tests.local.documents import SHIPPED, body, operation, parameter

HARBOUR = SHIPPED.parents[1] / "tests" / "documents" / "harbour.yaml"


def eighty() -> Contract:
    """Make a document of 80 operations, of every shape that bodies have, and two action sets."""
    node = {"$ref": "#/components/schemas/Node"}
    bodies: list[Any] = [
        {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        {"oneOf": [node, {"type": "object", "properties": {"map": {"type": "object"}}}]},
        {"type": "array", "items": node},
        {"allOf": [node, {"properties": {"id": {"type": "integer"}}}]},
    ]
    paths: dict[str, Any] = {}
    for number in range(40):
        get = operation(
            f"get.thing {number}",
            parameters=[
                parameter("id", "path", {"type": "string"}),
                parameter("tags", "query", {"type": "array", "items": {"type": "string"}}),
            ],
            description="A long one. " * 60,
        )
        post = operation(
            f"post_thing_{number}",
            parameters=[parameter("id", "path", {"type": "string"})],
            **body("application/json", bodies[number % len(bodies)]),
        )
        paths[f"/things{number}/{{id}}"] = {"get": get, "post": post}
    node_schema = {"type": "object", "properties": {"next": node, "value": {}}}
    sets = {
        "first": [f"get.thing {n}" for n in range(14)] + [f"post_thing_{n}" for n in range(14)],
        "second": [f"get.thing {n}" for n in range(12, 40)],
    }
    return contract(
        paths,
        components={
            "schemas": {"Node": node_schema, "Unused": {"type": "string"}},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        **{"x-gateway": {"action-sets": sets}},
    )
