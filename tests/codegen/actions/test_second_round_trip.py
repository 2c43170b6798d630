"""Calls of the second document, against requests that its envelope makes of the same values."""

import json
from typing import Any
from urllib.parse import urlencode

from codegen.actions.projection import project_actions
from gateway.actions.adapter import Adapter
from gateway.contract.compile import load_contract
from gateway.contract.model import Operation
from gateway.contract.segments import TEMPLATE
from gateway.local.envelope_members import Members
from gateway.local.inner_request import InnerRequest, InnerRequests
from gateway.projection import Call
from tests.codegen.actions.larger import HARBOUR
from tests.codegen.actions.made_up import MadeUp
from tests.codegen.actions.projecting import fitted, listed, operation_at, projected, text, whole


def test_calls_of_the_second_document_are_what_its_envelope_would_send() -> None:
    contract = load_contract(HARBOUR)
    sets, _ = project_actions(contract)
    adapter, requests = Adapter(contract), InnerRequests(contract)
    document = sets["main"].document
    count = 0
    for number, call in enumerate(sets["main"].calls):
        operation = contract.operations.get(call.operation)
        if operation is None or call.files or call.method == "POST" != operation.method:
            continue
        made_up = MadeUp(contract.document, number)
        for _ in range(10):
            members, given = harbour_members(made_up, operation, call, document)
            wanted = requests.build(members)
            body = None if members.body is None else given.pop("\0body")
            names = TEMPLATE.findall(call.path)
            path_values = [given.pop(name) for name in names]
            query = urlencode(given).encode()
            content = b"" if body is None else json.dumps(body).encode()
            got = adapter.http_request(call, path_values, query, content)
            assert parts(got) == parts(wanted)
            count += 1
    assert count >= 120


def harbour_members(
    made_up: MadeUp, operation: Operation, call: Call, document: Any
) -> tuple[Members, dict[str, Any]]:
    """Make a request up, as an envelope's members and as the members of its call."""
    places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    given: dict[str, Any] = {}
    for member in call.members:
        if member.place == "body":
            continue
        declared = next(each for each in operation.parameters if each.name == member.target)
        if not member.required and made_up.random.random() < 0.4:
            continue
        value = made_up.valid(declared.schema, None)
        if value == [] or value == {}:
            continue
        if member.place == "path":  # a slash within a value is refused
            value = json.loads(json.dumps(value).replace("/", "_"))
        places[member.place][member.target] = value
        schema = {"type": "string"} if declared.media_type else member.schema
        is_list = declared.types == {"array"} and schema["type"] == "string"
        given[member.name] = listed(value) if is_list else text(value)
    body = None
    if operation.body is not None:
        kinds = [each for each in operation.body.types if each.media_type == call.body_type]
        _, _, said = operation_at(document, call.name)
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        made = fitted(whole(made_up.valid(kinds[0].schema, None), schema), schema)
        body = made["body"] if list(schema["properties"]) == ["body"] else made
        given["\0body"] = projected(made, schema)
    members = Members(operation.id, None, None, *places.values(), body)
    return members, given


def parts(request: InnerRequest) -> tuple[Any, ...]:
    body = request.body
    if body is not None and b"json" in body[1]:
        return request.raw_path, request.query_string, request.headers, json.loads(body[0])
    form = sorted(body[0].split(b"&")) if body is not None else None
    return request.raw_path, request.query_string, request.headers, form
