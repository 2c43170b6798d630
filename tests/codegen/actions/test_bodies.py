from typing import Any

from gateway.projection import FileMember, Rewrite
from tests.codegen.actions.documents import body_call, call_with, member, told
from tests.local.documents import body, operation

FILE = {"type": "string", "format": "binary"}
MULTIPART = "multipart/form-data"


def properties(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def test_stream_is_gone_and_false_and_so_is_what_is_for_streams() -> None:
    schema = properties(
        stream={"type": ["boolean", "null"]},
        stream_options={"type": "object"},
        stream_format={"type": "string", "enum": ["audio", "sse"]},
    )
    call, entries, content = body_call(schema)
    assert content["properties"] == {"stream_format": {"type": "string", "enum": ["audio"]}}
    assert call.rewrites == (Rewrite(("stream",), "fixed", False),)
    assert told(entries)[1:4] == [
        "body/stream: left out",
        "body/stream_options: left out",
        "body/stream_format: sse left out",
    ]


def test_a_member_stream_that_is_no_switch_stays() -> None:
    call, _, content = body_call(properties(stream={"type": "string"}))
    assert content["properties"] == {"stream": {"type": "string"}}
    assert call.rewrites == ()


def test_a_body_that_is_no_object_is_a_member() -> None:
    call, entries, content = body_call({"type": "array", "items": {"type": "integer"}})
    assert content["properties"]["body"] == {"type": "array", "items": {"type": "integer"}}
    assert member(call, "body").target == ""
    assert "body: became the member body" in told(entries)


def test_a_body_that_is_a_map_is_a_member_that_holds_json() -> None:
    call, _, content = body_call({"type": "object", "additionalProperties": {"type": "string"}})
    assert content["properties"]["body"]["type"] == "string"
    assert call.rewrites == (Rewrite(("body",), "json", None),)


def test_a_body_of_text_is_a_member() -> None:
    call, _, content = body_call({"type": "string"}, "text/plain")
    assert content["properties"]["body"]["type"] == "string"
    assert call.body_type == "text/plain"


def test_json_is_chosen_before_forms() -> None:
    said = operation(
        "makeThing",
        requestBody={
            "content": {
                MULTIPART: {"schema": properties(file=FILE)},
                "application/json": {"schema": properties(a={"type": "string"})},
            }
        },
    )
    call, entries, _ = call_with(said)
    assert (call.kind, call.body_type) == ("direct", "application/json")
    assert "body: only application/json, not multipart/form-data" in told(entries)


def test_files_are_references() -> None:
    schema = {**properties(file=FILE, purpose={"type": "string"}), "required": ["file", "purpose"]}
    call, entries, content = body_call(schema, MULTIPART)
    assert call.kind == "wrap"
    assert call.files == (FileMember("file", many=False, required=True),)
    references = content["properties"]["openaiFileIdRefs"]
    assert (references["type"], references["items"]) == ("array", {"type": "string"})
    assert content["required"] == ["purpose", "openaiFileIdRefs"]
    assert "body/file: files are given as openaiFileIdRefs" in told(entries)


def test_further_files_are_named_among_the_references() -> None:
    schema = properties(
        mask=FILE,
        image={"anyOf": [FILE, {"type": "array", "items": FILE}]},
        more={"type": "array", "items": FILE},
    )
    call, _, content = body_call({**schema, "required": ["image"]}, MULTIPART)
    assert call.files == (
        FileMember("image", many=True, required=True),
        FileMember("more", many=True, required=False),
        FileMember("mask", many=False, required=False),
    )
    assert content["properties"]["mask"]["type"] == "string"
    assert content["properties"]["more"]["items"] == {"type": "string"}
    assert "image" not in content["properties"]


def test_a_body_that_is_one_file_is_a_reference() -> None:
    call, _, content = body_call(FILE, "application/octet-stream")
    assert call.files == (FileMember("", many=False, required=False),)
    assert list(content["properties"]) == ["openaiFileIdRefs"]


def test_files_go_with_post_alone() -> None:
    call, entries, _ = call_with(operation("putThing", **body("image/png", FILE)), method="put")
    assert call.method == "POST"
    assert "method: PUT became POST" in told(entries)


def test_a_body_makes_a_get_a_post() -> None:
    schema = properties(a={"type": "string"})
    call, _, _ = call_with(operation("find", **body("application/json", schema)), method="get")
    assert (call.method, call.consequential) == ("POST", False)


def test_head_is_a_post_at_its_own_path() -> None:
    call, entries, _ = call_with(operation("peek"), method="head")
    assert (call.method, call.consequential) == ("POST", False)
    assert "method: HEAD became POST" in told(entries)


def test_no_member_of_an_api_takes_the_place_of_the_references() -> None:
    call, _, content = body_call(properties(openaiFileIdRefs={"type": "string"}))
    assert list(content["properties"]) == ["body_openaiFileIdRefs"]
    assert member(call, "body_openaiFileIdRefs").target == "openaiFileIdRefs"
