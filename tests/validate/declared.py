"""Parameters and operations as the contract would compile them, for tests of their checks."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import jsonschema_rs

from gateway.contract.model import Operation, Parameter, Place, Policy, Style
from gateway.contract.pointer import escape
from gateway.contract.types import TypeReader
from gateway.errors import Finding
from gateway.validate.parameters import ParameterCheck, compile_parameters

DEFAULT_STYLES: dict[Place, Style] = {
    "path": "simple",
    "query": "form",
    "header": "simple",
    "cookie": "form",
}


class SchemaCheck:
    """A check straight from the schema engine."""

    def __init__(self, schema: Any) -> None:
        self.validator = jsonschema_rs.Draft202012Validator(schema)

    def is_valid(self, value: Any) -> bool:
        return self.validator.is_valid(value)

    def findings(self, value: Any, prefix: str = "") -> list[Finding]:
        return [
            Finding(
                prefix + "".join(f"/{escape(str(part))}" for part in error.instance_path),
                f"breaks {error.schema_path[-1]}",
            )
            for error in islice(self.validator.iter_errors(value), 20)
        ]


def parameter(
    name: str,
    schema: Any,
    place: Place = "query",
    *,
    style: Style | None = None,
    explode: bool | None = None,
    required: bool = False,
    allow_empty: bool = False,
    media_type: str | None = None,
) -> Parameter:
    types = TypeReader({})
    chosen = style or DEFAULT_STYLES[place]
    return Parameter(
        name=name,
        place=place,
        required=required or place == "path",
        style=chosen,
        explode=explode if explode is not None else chosen in ("form", "deepObject"),
        allow_empty=allow_empty,
        schema=schema,
        check=SchemaCheck(schema),
        types=types.types(schema),
        items=types.items(schema),
        properties={key: types.types(value) for key, value in types.properties(schema).items()},
        media_type=media_type,
        pointer=f"/parameters/{escape(name)}",
    )


def operation(
    *parameters: Parameter,
    path: str = "/things",
    fixed_query: tuple[tuple[str, str], ...] = (),
    policy: Policy | None = None,
) -> Operation:
    document: Mapping[str, Any] = {}
    return Operation(
        id="getThing",
        method="GET",
        path=path,
        key=path,
        fixed_query=fixed_query,
        server="https://api.example.com",
        server_path="",
        tag="things",
        summary="",
        description="",
        parameters=parameters,
        body=None,
        answers=(),
        security=((),),
        policy=policy or Policy(),
        websocket=False,
        pointer="/paths/~1things/get",
        document=document,
    )


def check_of(*parameters: Parameter, path: str = "/things", **more: Any) -> ParameterCheck:
    return compile_parameters(operation(*parameters, path=path, **more))


def query_findings(query: str, *parameters: Parameter) -> list[Finding]:
    return check_of(*parameters).findings((), query.encode(), ())


def params(findings: list[Finding]) -> list[str]:
    return [finding.param for finding in findings]
