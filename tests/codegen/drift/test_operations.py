from pathlib import Path
from typing import Any

import pytest

from codegen.drift.finding import Found, rows
from codegen.drift.operations import Drift, Vendor
from tests.codegen.small_documents import contract_of

TEXT = {"type": "string"}


def document(server: str, paths: dict[str, Any], **root: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vendor", "version": "1"},
        "servers": [{"url": server}],
        "paths": paths,
        **root,
    }


def operation(**members: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "It."}}, **members}


def query(name: str, schema: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **members}


def body(schema: dict[str, Any], *types: str, required: bool = True) -> dict[str, Any]:
    content = {name: {"schema": schema} for name in types or ("application/json",)}
    return {"requestBody": {"required": required, "content": content}}


def find(vendor: dict[str, Any], ours: dict[str, Any], folder: Path) -> list[Found]:
    theirs = contract_of(vendor, folder / "there")
    return Drift(Vendor(theirs), contract_of(ours, folder / "here")).find()


def test_the_servers_path_is_joined_and_names_in_braces_do_not_matter(tmp_path: Path) -> None:
    there = {"/files/{id}": {"get": operation()}, "/gone": {"get": operation()}}
    here = {"/v1/files/{file_id}": {"get": operation()}, "/v1/new": {"get": operation()}}
    found = find(
        document("https://api.example.com/v1", there), document("https://g", here), tmp_path
    )
    assert found == [
        Found("wider", "GET /v1/new", "", "is no operation of the vendor's"),
        Found("narrower", "GET /v1/gone", "", "is no operation of ours"),
    ]


def test_a_path_with_a_query_meets_the_plain_one(tmp_path: Path) -> None:
    there = document("https://h", {"/a?beta=true": {"post": operation()}})
    parameters = [query("beta", TEXT)]
    here = document("https://g", {"/a": {"post": operation(parameters=parameters)}})
    assert [each.mark for each in find(there, here, tmp_path)] == ["wider"]


PARAMETERS = [
    ([query("a", TEXT)], [], "unknown", "is not declared here"),
    ([], [query("a", TEXT)], "wider", "is not declared there"),
    ([], [query("a", TEXT, required=True)], "narrower", "is required here only"),
    ([query("a", TEXT)], [query("a", TEXT, required=True)], "narrower", "is required here only"),
    ([query("a", TEXT, required=True)], [query("a", TEXT)], "wider", "is required there only"),
    (
        [query("a", {"type": "integer"})],
        [query("a", {"type": "integer", "maximum": 9})],
        "narrower",
        "`maximum`: 9 here, none there",
    ),
    (
        [query("a", {"type": "array", "items": TEXT})],
        [query("a", {"type": "array", "items": TEXT}, explode=False)],
        "undecided",
        "is written otherwise",
    ),
]


@pytest.mark.parametrize(("there", "here", "mark", "text"), PARAMETERS)
def test_parameters(tmp_path: Path, there: Any, here: Any, mark: str, text: str) -> None:
    vendor = document("https://h", {"/a": {"get": operation(parameters=there)}})
    ours = document("https://g", {"/a": {"get": operation(parameters=here)}})
    (found,) = find(vendor, ours, tmp_path)
    assert (found.mark, found.place, found.text) == (mark, "query a", text)


def test_a_value_alone_is_a_list_of_one(tmp_path: Path) -> None:
    either = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
    there = operation(parameters=[query("a[]", either)])
    here = operation(parameters=[query("a", {"type": "array", "items": TEXT})])
    assert find(
        document("https://h", {"/a": {"get": there}}),
        document("https://h", {"/a": {"get": here}}),
        tmp_path,
    ) == []  # fmt: skip


BODIES = [
    (body(TEXT), {}, "narrower", "is taken there only"),
    ({}, body(TEXT, required=False), "wider", "is taken here only"),
    ({}, body(TEXT), "narrower", "is taken here only, and required"),
    (body(TEXT, required=False), body(TEXT), "narrower", "is required here only"),
    (body(TEXT), body(TEXT, required=False), "wider", "is required there only"),
    (
        body(TEXT, "text/plain"),
        body(TEXT, "text/css"),
        "narrower",
        "text/plain is taken there only",
    ),
    (body(TEXT, "text/plain"), body(TEXT, "text/*"), "wider", "text/* is taken here only"),
    (body({"enum": ["a"]}), body(TEXT), "wider", 'takes only `"a"` there'),
    (body({"oneOf": [TEXT, {}]}), body({"oneOf": [{}, TEXT]}), None, ""),
]


@pytest.mark.parametrize(("there", "here", "mark", "text"), BODIES)
def test_bodies(tmp_path: Path, there: Any, here: Any, mark: str | None, text: str) -> None:
    vendor = document("https://h", {"/a": {"post": operation(**there)}})
    ours = document("https://g", {"/a": {"post": operation(**here)}})
    found = find(vendor, ours, tmp_path)
    told = [(each.mark, each.text) for each in found]
    assert told == [] if mark is None else (mark, text) in told


def test_mended_documents_are_compared(tmp_path: Path) -> None:
    old = {"type": "number", "minimum": 0, "exclusiveMinimum": True, "nullable": True}
    new = {"type": ["number", "null"], "exclusiveMinimum": 0}
    there = document("https://h", {"/a": {"post": operation(**body(old))}}, openapi="3.0.3")
    here = document("https://h", {"/a": {"post": operation(**body(new))}})
    assert find(there, here, tmp_path) == []


def test_what_is_the_same_at_several_operations_is_one_row_and_the_worst_is_first() -> None:
    found = [
        Found("wider", "GET /a", "query a", "x"),
        Found("narrower", "GET /a", "A/b", "y"),
        Found("narrower", "GET /b", "A/b", "y"),
    ]
    assert [(row.mark, row.operations) for row in rows(found)] == [
        ("narrower", ("GET /a", "GET /b")),
        ("wider", ("GET /a",)),
    ]
