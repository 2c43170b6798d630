"""A projected call of a wrap reaches the upstream exactly as its direct form does."""

import asyncio
import io
import json
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import pytest

from codegen.actions.answers import is_binary
from gateway.actions.adapter import FILE_REFERENCES, restore
from gateway.actions.file_fields import assign_files
from gateway.actions.file_links import FileReference
from gateway.actions.files_in import FetchedFile
from gateway.actions.form_parts import file_fields, form_body
from gateway.contract.compile import load_contract
from gateway.contract.model import BodyType, Operation
from gateway.projection import Call
from tests.codegen.actions.made_up import MadeUp
from tests.codegen.actions.projecting import (
    Direct,
    direct_request,
    fitted,
    operation_at,
    projected_request,
)
from tests.codegen.actions.relays import Relay, relaying
from tests.codegen.actions.requests_made_up import direct_of, facts
from tests.local.documents import SHIPPED

EACH = 16  # requests of every wrap: more than 100 in all
Part = tuple[str, str | None, bytes]


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    with relaying(load_contract(SHIPPED)) as running:
        yield running


def test_wraps_without_files_arrive_as_the_direct_request(relay: Relay) -> None:
    document = relay.sets["main"].document
    calls = [c for c in relay.sets["main"].calls if c.kind == "wrap" and not c.files]
    count = 0
    for number, call in enumerate(calls):
        operation = relay.contract.operations[call.operation]
        assert is_binary(operation)
        made_up = MadeUp(relay.contract.document, number)
        for _ in range(EACH):
            direct = direct_of(made_up, operation, document, call.name)
            if isinstance(direct.body, dict) and direct.body.get("stream_format") == "sse":
                del direct.body["stream_format"]
            plain = direct_request(operation, direct)
            wanted = facts(relay.send(plain.method, plain.target, plain.body))
            sent = projected_request(document, call.name, direct)
            got = facts(relay.send(sent.method, "/-/actions" + sent.target, sent.body))
            assert got == wanted
            count += 1
    assert count >= 40


def parts_of(content_type: bytes, body: bytes) -> list[Part]:
    """Take a form apart with the parser of mail, which knows nothing of ours."""
    head = b"Content-Type: " + content_type + b"\r\n\r\n"
    found = []
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        disposition = part["content-disposition"]
        name = disposition.params["name"]
        content = part.get_payload(decode=True)
        found.append((name, disposition.params.get("filename"), content))
    return in_order(found)


def form_of(value: dict[str, Any]) -> list[Part]:
    """Return the fields of a form as the API's own SDK writes them."""
    found: list[Part] = []

    def add(name: str, item: Any) -> None:
        if isinstance(item, dict):
            for key, below in item.items():
                add(f"{name}[{key}]", below)
        elif isinstance(item, list):
            for below in item:
                add(f"{name}[]", below)
        else:
            text = item if isinstance(item, str) else json.dumps(item)
            found.append((name, None, text.encode()))

    for name, item in value.items():
        add(name, item)
    return found


async def collected(chunks: Any) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def test_wraps_with_files_arrive_as_the_direct_request(relay: Relay) -> None:
    document = relay.sets["main"].document
    calls = [call for call in relay.sets["main"].calls if call.files]
    count = 0
    for number, call in enumerate(calls):
        operation = relay.contract.operations[call.operation]
        assert operation.body is not None
        body_type = next(each for each in operation.body.types if each.kind == "multipart")
        _, _, said = operation_at(document, call.name)
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        made_up = MadeUp(relay.contract.document, number)
        for turn in range(EACH):
            fields = fields_of(made_up, call, body_type, schema, every=turn % 2 == 1)
            count_of_files = 2 if call.files[0].many and turn % 3 == 0 else 1
            mask = [each.target for each in call.files[1:2]] if turn % 4 == 0 else []
            files = files_of([*[call.files[0].target] * count_of_files, *mask])
            given = projected_request(document, call.name, Direct(body=fields)).body
            given[FILE_REFERENCES] = [{"name": each.reference.name} for _, each in files]
            given |= {target: each.reference.name for target, each in files if target in mask}
            got = sent_form(relay, call, operation, given, [each for _, each in files])
            streams = {"stream": False} if streaming(call) else {}
            assert got == in_order([*form_of({**fields, **streams}), *file_parts(files)])
            count += 1
    assert count >= 60


def fields_of(
    made_up: MadeUp, call: Call, body_type: BodyType, schema: Any, *, every: bool
) -> dict[str, Any]:
    """Make the fields of a form up that are no files."""
    files = {each.target for each in call.files}
    found = {}
    for name, below in schema["properties"].items():
        check = body_type.field_checks.get(name)
        # What suits one value of another field alone is left out.
        wanted = name in schema.get("required", ()) or (every and name != "chunking_strategy")
        if check is not None and name not in files and wanted:
            found[name] = fitted(made_up.valid(body_type.properties[name], check), below)
    return {name: value for name, value in found.items() if value is not None}


def files_of(targets: list[str]) -> list[tuple[str, FetchedFile]]:
    """Return a file in memory for each field, named for its place."""
    found = []
    for index, target in enumerate(targets):
        reference = FileReference(f"file{index}.png", "image/png", "https://f.example/x")
        found.append((target, FetchedFile(reference, io.BytesIO(b"\x89PNG%d" % index), 5)))
    return found


def file_parts(files: list[tuple[str, FetchedFile]]) -> list[Part]:
    targets = [target for target, _ in files]
    found: list[Part] = []
    for target, each in files:
        each.file.seek(0)
        name = f"{target}[]" if targets.count(target) > 1 else target
        found.append((name, each.reference.name, each.file.read()))
    return found


def in_order(found: list[Part]) -> list[Part]:
    return sorted(found, key=lambda part: (part[0], part[1] or ""))


def streaming(call: Call) -> bool:
    return any(each.kind == "fixed" for each in call.rewrites)


def sent_form(
    relay: Relay, call: Call, operation: Operation, given: Any, files: list[FetchedFile]
) -> list[Part]:
    """Map a call with files back and send its form to the gateway; return what arrives."""
    assert operation.body is not None
    body_type = next(each for each in operation.body.types if each.media_type == call.body_type)
    restored = restore(call, given, True)
    request = relay.adapter.path_and_query(call, restored)
    targets = assign_files(call, given, [each.reference.name for each in files])
    named = [(target, files[index]) for target, index in targets]
    form = form_body(restored.body, file_fields(named, bracketed=True), body_type, bracketed=True)
    content = asyncio.run(collected(form.chunks))
    said = relay.client.post(
        request.raw_path.decode(),
        content=content,
        headers={"content-type": form.media_type.decode()},
    )
    assert said.status_code == 200, (call.name, said.text, content)
    arrived = relay.upstream.requests[-1]
    return parts_of(arrived.value(b"content-type") or b"", arrived.body)
