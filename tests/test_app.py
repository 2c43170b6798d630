"""The whole gateway: the order of its stages, seen from outside, and the shipped document."""

from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.resources import spec_folder
from gateway.settings import Settings
from tests.relay.gateways import KEY, compiled, gateway_to, relaying, taking
from tests.servers import RawUpstream

PATHS = {
    "/x/{n}": {
        "parameters": [
            {"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}
        ],
        "post": taking("application/json", {"type": "object"}),
    }
}


def test_the_first_stage_that_minds_decides() -> None:
    """Host, routing, security, parameters, media type, body: each request has all later faults."""
    bad = b'{"a": 1, "a": 2}'
    typed = "Content-Type: application/json"
    steps = [
        ("POST", "/nowhere/x", [], False, "not_found"),
        ("GET", "/x/no", ["Content-Type: a/b"], False, "method_not_allowed"),
        ("POST", "/x/no", ["Content-Type: a/b"], False, "missing_relay_key"),
        ("POST", "/x/no", ["Content-Type: a/b", "X-Odd: é"], True, "invalid_parameter"),
        ("POST", "/x/1", ["Content-Type: a/b"], True, "unsupported_media_type"),
        ("POST", "/x/1", [typed], True, "invalid_json"),
    ]
    with relaying(PATHS) as (gateway, upstream):
        for method, target, lines, key, code in steps:
            reply = gateway.ask(method, target, lines, bad, key=key)
            assert reply.error["code"] == code
            assert gateway.line()["code"] == code
            assert gateway.line()["outcome"] == "refused"
        assert upstream.connections == 0


def test_one_line_for_each_request() -> None:
    with relaying(PATHS) as (gateway, _):
        for number in range(5):
            gateway.ask("POST", f"/x/{number}", ["Content-Type: application/json"], b"{}")
        gateway.line(4)
        assert len(gateway.log.said) == 5
        assert {line["path"] for line in gateway.log.said} == {"/x/{n}"}
        assert len({line["request_id"] for line in gateway.log.said}) == 5


def test_errors_have_the_shape_that_the_document_asks_for() -> None:
    root = {"x-gateway": {"errors": "openai"}}
    with relaying(PATHS, root=root) as (gateway, _):
        reply = gateway.ask("GET", "/nowhere")
        assert reply.values(b"content-type") == [b"application/json"]
        assert reply.error["type"] == "not_found_error"
    with relaying(PATHS) as (gateway, _):
        reply = gateway.ask("GET", "/nowhere")
        assert reply.values(b"content-type") == [b"application/problem+json"]


def test_the_shipped_document() -> None:
    contract = load_contract(spec_folder() / "openapi.yaml")
    env = {"OPENAI_API_KEY": "up-key", "OPENAI_ORGANIZATION": "org-1"}
    with RawUpstream() as upstream, gateway_to(contract, upstream.url, **env) as gateway:
        lines = ["Content-Type: application/json", f"Authorization: Bearer {KEY}"]
        body = b'{"model" : "m", "input": "hi"}'
        reply = gateway.ask("POST", "/v1/responses", lines, body, key=False)
        assert reply.status == 200, reply.body
        (got,) = upstream.requests
        assert (got.target, got.body) == (b"/v1/responses", body)
        assert got.values(b"authorization") == [b"Bearer up-key"]
        assert got.values(b"openai-organization") == [b"org-1"]
        assert gateway.ask("GET", "/health", key=False).status == 200


def test_a_gateway_is_built_without_opening_anything() -> None:
    env = {"SPECRELAY_UPSTREAM": "http://no-such-host.invalid"}
    assert build_app(compiled(PATHS), Settings.load(env=env, env_file=None))
