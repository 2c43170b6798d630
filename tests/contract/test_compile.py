"""Whole documents, loaded from disk as the gateway loads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.compile import load_contract
from gateway.contract.router import Router
from gateway.resources import spec_folder
from tests.contract.loading import Loader, body_of, minimal

DOCUMENTS = Path(__file__).parent.parent / "documents"


def test_what_real_documents_hold(tmp_path: Path) -> None:
    contract = load_contract(DOCUMENTS / "traps.yaml", tmp_path)
    by_id = contract.operations
    assert contract.version == "2024-01-01"
    assert list(by_id) == [
        *("getUser", "getMe", "getAccount", "getAccountPage", "plain", "beta", "fragment"),
        *("encoded", "switch", "unswitch", "patch_nameless_what"),
    ]
    assert by_id["getUser"].path == "/v2/u/{id}"
    assert by_id["getUser"].server == "https://eu.example.com:8443"
    assert [answer.status for answer in by_id["getUser"].answers] == ["200", "4XX", "default"]
    assert [(p.name, p.required, p.types) for p in by_id["getUser"].parameters] == [
        ("id", True, {"integer"}),
        ("verbose", True, {"string"}),
    ]
    assert by_id["beta"].fixed_query == (("beta", "true"),)
    assert by_id["fragment"].path == "/v2/q"
    assert (by_id["switch"].path, by_id["switch"].server) == ("/switch", "")
    assert by_id["unswitch"].path == "/deep/er/switch"
    assert [str(warning) for warning in contract.warnings] == [
        "/paths/~1nameless~1{what}/patch: The operationId is missing. "
        "It is served as 'patch_nameless_what'.",
        "/paths/~1nameless~1{what}/patch: The path's parameter 'what' is not declared. "
        "Any value is taken.",
    ]


def test_yaml_of_version_1_2(tmp_path: Path) -> None:
    body = load_contract(DOCUMENTS / "traps.yaml", tmp_path).operations["switch"].body
    assert body is not None
    check = body.types[0].check
    assert check is not None
    for value in ("no", "yes", "on", "off", None):
        assert check.is_valid({"country": value})
    assert not check.is_valid({"country": False})
    assert check.is_valid({"since": "2024-01-01", "mode": 10, "ratio": 1000, "at": "12:30:00"})


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v2/u/me", "getMe"),
        ("/v2/u/7", "getUser"),
        ("/v2/accounts/AC1.json", "getAccount"),
        ("/v2/accounts/AC1", "getAccountPage"),
        ("/v2/caf%C3%A9/1/a%20b", "encoded"),
        ("/v2/caf%c3%a9/1/%61%20b", "encoded"),
    ],
)
def test_the_paths_are_routed(tmp_path: Path, target: str, expected: str) -> None:
    contract = load_contract(DOCUMENTS / "traps.yaml", tmp_path)
    match = Router(contract.operations.values()).match("GET", target.encode())
    assert match.operation.id == expected


def test_openapi_3_0_in_json(tmp_path: Path) -> None:
    contract = load_contract(DOCUMENTS / "legacy.json", tmp_path)
    operation = contract.operations["addPet"]
    assert contract.warnings == ()
    assert contract.document["openapi"] == "3.1.0"
    assert contract.bundle["openapi"] == "3.0.3"
    assert operation.path == "/v1/pets"
    assert operation.security == (("Basic",), ("Header", "Query"), ())
    assert operation.body is not None
    assert operation.body.required
    check = operation.body.types[0].check
    assert check is not None
    good: dict[str, Any] = {"name": None, "owner": None, "age": None, "parent": None}
    assert check.is_valid(good)
    assert check.is_valid({**good, "parent": {**good, "age": 0.5, "owner": {"name": "A"}}})
    for bad in ({"age": 0}, {"name": "Tom"}, {"owner": {}}, {"parent": "x"}):
        assert not check.is_valid({**good, **bad})
    assert {f.param for f in check.findings({"age": 0})} == {"/name", "/owner", "/age"}


def test_a_document_of_several_files(tmp_path: Path) -> None:
    for _ in range(2):  # read, then from the cache
        contract = load_contract(DOCUMENTS / "split" / "openapi.yaml", tmp_path)
        assert contract.warnings == ()
        assert list(contract.operations) == ["plant", "leaves"]
        plant = contract.operations["plant"]
        assert plant.parameters[0].types == {"integer"}
        assert plant.body is not None
        check = plant.body.types[0].check
        assert check is not None
        tree = {"name": "a", "children": [{"name": "b", "cycle": {"tree": {"name": "c"}}}]}
        assert check.is_valid(tree)
        tree["children"][0]["cycle"]["tree"] = {}  # type: ignore[index]
        assert [f.param for f in check.findings(tree)] == ["/children/0/cycle/tree/name"]


def test_every_problem_is_told_at_once(load: Loader) -> None:
    paths = {
        "/a": {
            "x-gateway": {"public": True},
            "get": {
                "operationId": "a",
                "x-gateway": {"reqest": "off", "retry": "sometimes"},
                "parameters": [{"$ref": "https://example.com/p.yaml"}],
                "responses": {},
            },
        },
        "/b": {"$ref": "gone.yaml"},
        "/c": {"get": {"operationId": "c", "x-gateway": {"upstream": "mian"}, "responses": {}}},
    }
    root = {
        "upstreams": {"main": {"url": "http://h"}},
        "errors": "xml",
        "action-sets": {"m": ["x"]},
    }
    problems = load.problems(minimal(**{"paths": paths, "x-gateway": root}))
    assert [problem.place for problem in problems] == [
        "/paths/~1a/get/parameters/0",
        "/paths/~1b",
        "/x-gateway/errors",
        "/paths/~1a",
        "/paths/~1a/get/x-gateway/retry",
        "/paths/~1a/get/x-gateway",
        "/paths/~1c/get/x-gateway/upstream",
        "/x-gateway/action-sets/m/0",
    ]
    assert all(problem.mend for problem in problems)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"swagger": "2.0", "paths": {}}, "/swagger: This is a Swagger 2.0 document."),
        ({"openapi": "3.2.0", "paths": {}}, "/openapi: OpenAPI 3.2.0 is not served yet."),
        ({"openapi": 3.2}, "/openapi: OpenAPI 3.2 is not served yet."),
        ({"paths": {}}, "/openapi: The document names no OpenAPI version."),
        ({"openapi": None}, "/openapi: The document names no OpenAPI version."),
        ({"openapi": "three"}, "/openapi: The document names no OpenAPI version."),
        ("", "root.yaml: The file is empty."),
        ("- a\n- b\n", "root.yaml: The file is not a mapping."),
        ("openapi: 3.1.0\npaths: {a: b: c}\n", "root.yaml: The file is not YAML: "),
        (minimal(paths={}), "/paths: The document has no `paths`."),
        (minimal(paths={"/a": {}}), "/paths: The document has no operation."),
        (minimal(paths=None), "/paths: The document has no `paths`."),
    ],
)
def test_what_cannot_be_served_is_one_sentence(load: Loader, document: Any, expected: str) -> None:
    (problem,) = load.problems(document)
    assert str(problem).startswith(expected)
    assert problem.mend


def test_a_version_that_yaml_reads_as_a_number(load: Loader) -> None:
    assert load("openapi: 3.1\ninfo: {}\npaths: {/a: {get: {}}}\n").operations


def test_the_wrong_shapes_are_told_and_left_out(load: Loader) -> None:
    document = minimal(
        paths={
            "no-slash": {"get": {}},
            "/a": {"get": {"operationId": "a", "parameters": {}, "responses": []}},
            "/b": {"get": "no"},
            "/c": {"post": {"operationId": "c", "requestBody": {"content": []}}},
            "/d": None,
        },
        components={"schemas": [], "parameters": {"P": 1}},
    )
    contract = load(document)
    assert list(contract.operations) == ["a", "c"]
    assert {warning.place: warning.message for warning in contract.warnings} == {
        "/paths/no-slash": "A path begins with `/`.",
        "/paths/~1a/get/parameters": "This is not a list.",
        "/paths/~1a/get/responses": "This is not a map.",
        "/paths/~1b/get": "This is not an object.",
        "/paths/~1c/post/requestBody/content": "This is not a map.",
        "/components/schemas": "This is not a map.",
        "/components/parameters/P": "This is not an object.",
    }


def test_the_published_document_has_no_policy(load: Loader) -> None:
    gateway = {"x-gateway": {"request": "off"}}
    schema = {"type": "object", "properties": {"x-gateway": {"type": "string"}}}
    document = body_of(schema, **{"x-gateway": {"errors": "problem"}})
    document["paths"]["/send"]["post"].update(gateway)
    contract = load(document)
    assert "x-gateway" not in contract.bundle
    assert "x-gateway" not in contract.bundle["paths"]["/send"]["post"]
    body = contract.bundle["paths"]["/send"]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == schema
    assert contract.operations["send"].policy.request == "off"


def test_an_alias_that_holds_itself_is_refused(load: Loader) -> None:
    (problem,) = load.problems("openapi: 3.1.0\npaths: &a {/a: *a}\n")
    assert "alias" in problem.message


def test_schemas_that_nest_too_deeply_are_refused(load: Loader) -> None:
    schema: dict[str, Any] = {}
    for _ in range(400):
        schema = {"properties": {"a": schema}}
    (problem,) = load.problems(json.dumps(body_of(schema)))
    assert problem.message == "The document nests too deeply."


def test_the_shipped_document_loads_without_a_warning(tmp_path: Path) -> None:
    contract = load_contract(spec_folder() / "openapi.yaml", tmp_path)
    assert contract.warnings == ()
    assert all(operation.policy.actions for operation in contract.operations.values())
    reached = [o for o in contract.operations.values() if o.policy.actions in ("direct", "wrap")]
    assert len(reached) <= 28
