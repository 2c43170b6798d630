import datetime
import os
from typing import IO, Annotated, Any, Literal, Required

import openai
import pytest
from openai._utils import PropertyInfo
from typing_extensions import TypedDict

from codegen.drift.sdk import SERVER, read_sdk, sdk_document
from codegen.drift.sdk_calls import Members, SdkCall, sdk_calls
from codegen.drift.sdk_types import SdkTypes


@pytest.fixture(scope="module")
def calls() -> list[SdkCall]:
    return list(sdk_calls(openai))


def call_of(calls: list[SdkCall], method: str, path: str) -> SdkCall:
    return next(each for each in calls if (each.method, each.path) == (method, path))


def test_the_methods_of_the_package_are_found(calls: list[SdkCall]) -> None:
    known = {(each.method, each.path) for each in calls}
    assert len(known) > 300
    assert {
        ("post", "/responses"),
        ("get", "/files/{file_id}/content"),
        ("delete", "/vector_stores/{vector_store_id}/files/{file_id}"),
        ("post", "/vector_stores/{vector_store_id}/search"),
    } <= known


def test_a_call_tells_its_body_query_and_media_types(calls: list[SdkCall]) -> None:
    upload = call_of(calls, "post", "/files")
    assert upload.media_types == ("multipart/form-data",)
    assert upload.body[0].names == {"file", "purpose", "expires_after"}
    assert call_of(calls, "get", "/files").query[0].names is not None
    run = call_of(calls, "post", "/threads/{thread_id}/runs")
    assert run.query[0].names == {"include"}
    assert "include" not in (run.body[0].names or ())
    optional = call_of(calls, "post", "/containers/{container_id}/files")
    assert optional.media_types == ("multipart/form-data", "application/json")


def test_the_package_is_read_as_a_contract() -> None:
    vendor = read_sdk()
    operations = vendor.contract.operations.values()
    create = next(each for each in operations if each.path == "/v1/chat/completions" and each.body)
    assert create.body is not None
    check = create.body.types[0].check
    assert check is not None
    assert check.is_valid({"model": "m", "messages": [{"role": "user", "content": "hello"}]})
    assert not check.is_valid({"model": "m"})
    assert str(openai.OpenAI(api_key="k", base_url=None).base_url).rstrip("/") == SERVER


class Point(TypedDict, total=False):
    x: Required[int]
    next: "Point"
    sent_as: Annotated[str, PropertyInfo(alias="sentAs")]


HINTS = [
    (str, {"type": "string"}),
    (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    (Literal["a", "b"], {"enum": ["a", "b"]}),
    (list[bool], {"type": "array", "items": {"type": "boolean"}}),
    (dict[str, float], {"type": "object", "additionalProperties": {"type": "number"}}),
    (str | datetime.datetime, {"type": "string"}),
    (IO[bytes] | bytes | os.PathLike[str], {"type": "string", "format": "binary"}),
    (object, {}),
    (Any, {}),
]


@pytest.mark.parametrize(("hint", "schema"), HINTS)
def test_a_hint_becomes_a_schema(hint: Any, schema: dict[str, Any]) -> None:
    assert SdkTypes().schema(hint) == schema


def test_a_typed_dict_becomes_a_component_and_may_hold_itself() -> None:
    types = SdkTypes()
    reference = types.schema(Point)
    (name,) = types.components
    assert types.components[name] == {
        "type": "object",
        "required": ["x"],
        "properties": {"x": {"type": "integer"}, "next": reference, "sentAs": {"type": "string"}},
    }


def test_calls_of_one_path_are_one_operation() -> None:
    body = [Members(Point, frozenset({"x"}))]
    calls = [SdkCall("post", "/a/{b}", body=body), SdkCall("post", "/a/{b}", headers=["If-Match"])]
    said = sdk_document(calls, "1")["paths"]["/a/{b}"]["post"]
    assert [each["name"] for each in said["parameters"]] == ["b", "If-Match"]
    content = said["requestBody"]["content"]["application/json"]
    assert list(content["schema"]["properties"]) == ["x"]
