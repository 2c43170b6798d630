"""Direct requests made up for operations, and what of a request counts."""

import json
from typing import Any

from gateway.contract.model import Operation
from tests.codegen.actions.made_up import MadeUp
from tests.codegen.actions.projecting import Direct, fitted, operation_at, whole
from tests.rawhttp import RawRequest


def direct_of(made_up: MadeUp, operation: Operation, document: Any, name: str) -> Direct:
    """Make a direct request up that the projection can hold."""
    found = Direct()
    for parameter in operation.parameters:
        optional = not parameter.required and made_up.random.random() < 0.5
        if parameter.name == "stream" or optional:
            continue
        value = made_up.valid(parameter.schema, parameter.check)
        if parameter.place == "path":
            found.path[parameter.name] = str(value).replace("/", "_")
        elif parameter.place == "query":
            found.query[parameter.name] = value
    if operation.body is not None:
        body_type = next(each for each in operation.body.types if each.kind == "json")
        _, _, said = operation_at(document, name)
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        for _ in range(20):
            made = whole(made_up.valid(body_type.schema, body_type.check), schema)
            body = fitted(made, schema)
            body = body["body"] if list(schema["properties"]) == ["body"] else body
            if body_type.check is None or body_type.check.is_valid(body):
                found.body = body
                return found
        raise AssertionError(name)
    return found


def facts(request: RawRequest) -> tuple[Any, ...]:
    body = json.loads(request.body) if request.body else None
    kinds = request.value(b"content-type") if request.body else None
    return request.method, request.target, kinds, body
