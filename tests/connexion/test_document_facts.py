"""What stock Connexion 3.3.0 does wrong with documents, and what the gateway does instead."""

import json

from tests.relay.gateways import Gateway, compiled, gateway_to, relaying, taking
from tests.servers import RawUpstream

JSON = "Content-Type: application/json"


def test_openapi_3_1_and_3_0_are_served() -> None:
    for version in ("3.0.0", "3.0.4", "3.1.0", "3.1.1"):
        contract = compiled({"/x": {"get": {}}}, openapi=version)
        with RawUpstream() as upstream, gateway_to(contract, upstream.url) as gateway:
            assert gateway.ask("GET", "/x").status == 200


def test_the_document_is_served_from_bytes_with_an_etag() -> None:
    paths = {"/x": {"get": {"x-gateway": {"retry": "never"}}}}
    with relaying(paths) as (gateway, _):
        assert_published(gateway)


def assert_published(gateway: Gateway) -> None:
    reply = gateway.ask("GET", "/-/openapi.json", key=False)
    document = json.loads(reply.body)
    assert "x-gateway" not in reply.body.decode()
    assert all(server["url"].startswith("/") for server in document["servers"])
    (etag,) = reply.values(b"etag")
    again = gateway.ask("GET", "/-/openapi.json", [b"If-None-Match: " + etag], key=False)
    assert (again.status, again.body) == (304, b"")


def test_a_template_in_the_document_is_data() -> None:
    description = "{{ 7 * 7 }} {% if %}"
    contract = compiled({"/x": {"get": {"description": description}}})
    assert contract.operations["get_x"].description == description


def test_a_recursive_schema_is_served() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    components = {"schemas": {"Node": node}}
    paths = {"/x": {"post": taking("application/json", {"$ref": "#/components/schemas/Node"})}}
    with relaying(paths, root={"components": components}) as (gateway, _):
        assert gateway.ask("POST", "/x", [JSON], b'{"next": {"next": {}}}').status == 200
        reply = gateway.ask("POST", "/x", [JSON], b'{"next": {"next": 1}}')
        assert reply.error["param"] == "/next/next"
        assert gateway.ask("GET", "/-/openapi.json", key=False).status == 200
