from typing import Any

import pytest

from gateway.projection import Rewrite
from tests.codegen.actions.documents import call_with, member, sets_of, told
from tests.local.documents import body, operation, parameter

STRINGS = {"type": "array", "items": {"type": "string"}}


def query_call(name: str, schema: Any, place: str = "query", **members: Any) -> Any:
    said = operation("listThings", parameters=[parameter(name, place, schema, **members)])
    return call_with(said, method="get")


def test_arrays_are_comma_separated() -> None:
    call, entries, projected = query_call("ids", STRINGS)
    assert projected["parameters"][0]["schema"] == {"type": "string"}
    assert call.rewrites == (Rewrite(("ids",), "csv"),)
    assert "query/ids: became a comma-separated string" in told(entries)


def test_objects_are_json() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    call, entries, _ = query_call("filter", schema, style="deepObject")
    assert call.rewrites == (Rewrite(("filter",), "json", None),)
    assert "query/filter: became a string that holds JSON" in told(entries)


@pytest.mark.parametrize(
    "schema", [{"type": ["string", "integer"]}, {"type": ["integer", "boolean"]}]
)
def test_scalars_of_several_types_are_plain_text(schema: Any) -> None:
    call, _, projected = query_call("x", schema)
    assert projected["parameters"][0]["schema"] == {"type": "string"}
    assert call.rewrites == ()


def test_headers_become_query_parameters_that_are_sent_as_headers() -> None:
    call, entries, projected = query_call("X-Trace", {"type": "string"}, "header")
    assert projected["parameters"][0]["in"] == "query"
    assert member(call, "X-Trace").place == "header"
    assert "header/X-Trace: became a query parameter" in told(entries)


@pytest.mark.parametrize("name", ["Authorization", "Host", "Content-Encoding"])
def test_headers_of_the_connection_are_left_out(name: str) -> None:
    call, _, projected = query_call(name, {"type": "string"}, "header")
    assert "parameters" not in projected
    assert call.members == ()


def test_cookies_are_left_out_and_told() -> None:
    _, entries, projected = query_call("lane", {"type": "string"}, "cookie")
    assert "parameters" not in projected
    assert "cookie/lane: left out" in told(entries)


def test_stream_is_false() -> None:
    call, entries, projected = query_call("stream", {"type": "boolean"})
    assert "parameters" not in projected
    assert call.rewrites == (Rewrite(("query", "stream"), "fixed", False),)
    assert "query/stream: left out" in told(entries)


def test_brackets_go_from_names() -> None:
    call, entries, projected = query_call("include[]", STRINGS)
    assert projected["parameters"][0]["name"] == "include"
    assert member(call, "include").target == "include[]"
    assert "query/include[]: renamed include" in told(entries)


def test_parameters_of_the_path_item_are_the_operations_own() -> None:
    said = operation("getThing", parameters=[{"$ref": "#/components/parameters/Id"}])
    shared = parameter("id", "path", {"type": "string"}, description="Which one.")
    sets, _ = sets_of(
        {"/things/{id}": {"get": said}},
        components={
            "parameters": {"Id": shared},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    )
    item = sets["main"].document["paths"]["/things/{id}"]
    assert set(item) == {"get"}
    assert item["get"]["parameters"] == [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "Which one.",
            "schema": {"type": "string"},
        }
    ]


def test_a_name_is_used_once() -> None:
    said = operation(
        "putThing",
        parameters=[
            parameter("id", "path", {"type": "string"}),
            parameter("id", "query", {"type": "string"}),
        ],
        **body("application/json", {"type": "object", "properties": {"id": {"type": "integer"}}}),
    )
    call, entries, _ = call_with(said, "/things/{id}", "put")
    names = [(each.name, each.place, each.target) for each in call.members]
    assert names == [("id", "path", "id"), ("query_id", "query", "id"), ("body_id", "body", "id")]
    assert "query/id: renamed query_id" in told(entries)
    assert "body/id: renamed body_id" in told(entries)


def test_a_path_has_the_names_that_its_members_have() -> None:
    said = operation("getThing", parameters=[parameter("thing.id", "path", {"type": "string"})])
    call, _, _ = call_with(said, "/things/{thing.id}", "get")
    assert call.path == "/things/{thing_id}"
    assert member(call, "thing_id").target == "thing.id"


def test_names_of_a_path_that_nothing_declares_are_texts() -> None:
    call, entries, projected = call_with(operation("getThing"), "/things/{id}", "get")
    assert projected["parameters"][0]["required"] is True
    assert member(call, "id").schema == {"type": "string"}
    assert "path/id: declared as a text" in told(entries)
