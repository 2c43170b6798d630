from dataclasses import replace

from gateway.mcp.operations import mcp_operations
from tests.relay.gateways import compiled


def schemes(**said: object) -> dict[str, object]:
    return {"components": {"securitySchemes": said}}


def test_two_paths_behind_a_key_as_bearer() -> None:
    key = {"type": "apiKey", "in": "header", "name": "X-Key"}
    bearer = {"type": "http", "scheme": "bearer"}
    contract = compiled({"/x": {"get": {}}}, **schemes(Key=key, Token=bearer))
    twin, usual = mcp_operations(contract)
    assert (twin.path, usual.path) == ("/-/mcp", "/mcp")
    assert {twin.method, usual.method} == {"POST"}
    assert twin.security == usual.security == (("Token",),)
    assert not twin.policy.public
    (bare, _) = mcp_operations(compiled({"/x": {"get": {}}}, **schemes(Key=key)))
    assert bare.security == ((),)


def test_the_document_s_own_paths_and_names_are_left() -> None:
    contract = compiled({"/{any}": {"get": {"operationId": "-/mcp"}}})
    (twin,) = mcp_operations(contract)
    assert (twin.path, twin.id) == ("/-/mcp", "-/mcp_")


def test_what_is_there_already_is_not_added() -> None:
    contract = compiled({"/x": {"get": {}}})
    own = {each.id: each for each in mcp_operations(contract)}
    whole = replace(contract, operations={**contract.operations, **own})
    assert mcp_operations(whole) == ()
