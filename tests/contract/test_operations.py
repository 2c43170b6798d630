from typing import Any

import pytest

from tests.contract.loading import Loader, minimal


def operation(**more: Any) -> dict[str, Any]:
    return {"responses": {}, **more}


def test_ids_that_are_missing_or_taken(load: Loader) -> None:
    paths = {
        "/u/{id}": {"get": operation(), "post": operation(operationId="get_u_id")},
        "/u/{id}/": {"get": operation(operationId=5)},
        "/a": {"get": operation(operationId="same"), "put": operation(operationId="same")},
        "/a%20b?c=d": {"get": operation(operationId="")},
    }
    contract = load(minimal(paths=paths))
    assert list(contract.operations) == [
        *("get_u_id_2", "get_u_id", "get_u_id_3", "same", "put_a", "get_a_b_c_d")
    ]
    told = [str(w) for w in contract.warnings if "operationId" in w.message]
    assert told[0] == (
        "/paths/~1u~1{id}/get: The operationId is missing. It is served as 'get_u_id_2'."
    )
    assert told[2] == (
        "/paths/~1a/put: The operationId 'same' stands twice. It is served as 'put_a'."
    )


def test_parameters_of_the_path_and_of_the_operation(load: Loader) -> None:
    def parameter(name: str, place: str, kind: str) -> dict[str, Any]:
        return {"name": name, "in": place, "required": True, "schema": {"type": kind}}

    item = {
        "parameters": [
            parameter("id", "path", "integer"),
            parameter("q", "query", "string"),
            parameter("X-A", "header", "string"),
        ],
        "get": operation(
            operationId="get",
            parameters=[
                parameter("q", "query", "integer"),
                parameter("q", "header", "string"),
                parameter("x-a", "header", "integer"),
                parameter("gone", "path", "string"),
                {"in": "query"},
                {"name": "b", "in": "body"},
            ],
        ),
        "put": operation(operationId="put"),
    }
    contract = load(minimal(paths={"/a/{id}/{other}": item}))
    assert [(p.place, p.name, p.types) for p in contract.operations["get"].parameters] == [
        ("path", "id", {"integer"}),
        ("query", "q", {"integer"}),
        ("header", "x-a", {"integer"}),
        ("header", "q", {"string"}),
    ]
    assert len(contract.operations["put"].parameters) == 3
    assert [w.message for w in contract.warnings] == [
        "A parameter has no `name`, or none of the places for `in`.",
        "A parameter has no `name`, or none of the places for `in`.",
        "The path has no parameter 'gone'.",
        "The path's parameter 'other' is not declared.",
        "The path's parameter 'other' is not declared.",
    ]


def test_security_of_the_root_and_of_the_operation(load: Loader) -> None:
    paths = {
        "/a": {"get": operation(operationId="root")},
        "/b": {"get": operation(operationId="own", security=[{"B": []}])},
        "/c": {"get": operation(operationId="none", security=[])},
    }
    schemes = {name: {"type": "http", "scheme": "bearer"} for name in "AB"}
    components = {"securitySchemes": schemes}
    contract = load(minimal(paths=paths, components=components, security=[{"A": []}]))
    assert {name: o.security for name, o in contract.operations.items()} == {
        "root": (("A",),),
        "own": (("B",),),
        "none": ((),),
    }
    assert load(minimal()).operations["ping"].security == ()


def test_scopes_and_websockets(load: Loader) -> None:
    switching = {"101": {"description": "Switching protocols"}}
    paths = {
        "/a": {
            "get": operation(operationId="socket", tags=["live"], responses=switching),
            "post": operation(operationId="post", tags=["live"], responses=switching),
            "head": operation(operationId="head"),
        }
    }
    operations = load(minimal(paths=paths)).operations
    assert {name: (o.policy.scope, o.websocket) for name, o in operations.items()} == {
        "socket": ("live:read", True),
        "post": ("live:write", False),
        "head": ("default:read", False),
    }


@pytest.mark.parametrize(
    ("key", "path", "query"),
    [
        ("/a?b=c", "/v1/a", (("b", "c"),)),
        ("/a?b=c&d=%20e&f", "/v1/a", (("b", "c"), ("d", " e"), ("f", ""))),
        ("/a#frag?x=y", "/v1/a", ()),
        ("/a?b=c#frag", "/v1/a", (("b", "c"),)),
        ("/", "/v1/", ()),
        ("/?x=1", "/v1/", (("x", "1"),)),
    ],
)
def test_queries_and_fragments_in_path_keys(
    load: Loader, key: str, path: str, query: tuple[tuple[str, str], ...]
) -> None:
    contract = load(
        minimal(paths={key: {"get": operation(operationId="a")}}, servers=[{"url": "/v1"}])
    )
    found = contract.operations["a"]
    assert (found.path, found.fixed_query, found.key) == (path, query, key)


def test_a_path_item_that_is_a_reference(load: Loader) -> None:
    items = {"Shared": {"parameters": [], "get": operation(operationId="shared")}}
    paths = {"/a": {"$ref": "#/components/pathItems/Shared"}}
    found = load(minimal(paths=paths, components={"pathItems": items})).operations["shared"]
    assert (found.path, found.pointer) == ("/a", "/paths/~1a/get")
