"""A projected request reaches the upstream exactly as its direct form does."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from gateway.contract.compile import load_contract
from gateway.projection import Call
from tests.codegen.actions.larger import eighty
from tests.codegen.actions.made_up import MadeUp
from tests.codegen.actions.projecting import direct_request, projected_request
from tests.codegen.actions.relays import Relay, relaying
from tests.codegen.actions.requests_made_up import direct_of, facts
from tests.local.documents import SHIPPED

EACH = 32  # requests of every direct operation: more than 500 in all


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    with relaying(load_contract(SHIPPED)) as running:
        yield running


def direct_calls(relay: Relay) -> list[Call]:
    return [call for call in relay.sets["main"].calls if call.kind == "direct"]


def test_direct_calls_arrive_as_the_direct_request(relay: Relay) -> None:
    document = relay.sets["main"].document
    count = 0
    for number, call in enumerate(direct_calls(relay)):
        operation = relay.contract.operations[call.operation]
        made_up = MadeUp(relay.contract.document, number)
        for _ in range(EACH):
            direct = direct_of(made_up, operation, document, call.name)
            plain = direct_request(operation, direct)
            wanted = facts(relay.send(plain.method, plain.target, plain.body))
            sent = projected_request(document, call.name, direct)
            got = facts(relay.send(sent.method, "/-/actions" + sent.target, sent.body))
            assert got == wanted
            count += 1
    assert count >= 500


def test_calls_of_two_sets_arrive_as_the_direct_request() -> None:
    count = 0
    with relaying(eighty()) as relay:
        for name, actions in relay.sets.items():
            for number, call in enumerate(actions.calls):
                if call.kind != "direct":
                    continue
                operation = relay.contract.operations[call.operation]
                made_up = MadeUp(relay.contract.document, number)
                for _ in range(3):
                    direct = direct_of(made_up, operation, actions.document, call.name)
                    plain = direct_request(operation, direct)
                    wanted = facts(relay.send(plain.method, plain.target, plain.body))
                    sent = projected_request(actions.document, call.name, direct)
                    assert sent.target.startswith(f"/{name}/")
                    got = facts(relay.send(sent.method, "/-/actions" + sent.target, sent.body))
                    assert got == wanted
                    count += 1
    assert count >= 150


def test_the_envelope_reaches_operations_by_name(relay: Relay) -> None:
    body = {"operationId": "retrieveModel", "path_params": json.dumps({"model": "a b"})}
    arrived = relay.send("POST", "/-/actions/v1/proxy", body)
    assert arrived.target == b"/v1/models/" + quote("a b").encode()


def test_the_envelope_turns_streams_off(relay: Relay) -> None:
    inner = {"model": "m", "input": "hello", "stream": True}
    body = {"method": "POST", "path": "/v1/responses", "body": json.dumps(inner)}
    arrived = relay.send("POST", "/-/actions/v1/proxy", body)
    assert json.loads(arrived.body) == {**inner, "stream": False}


def test_a_query_in_a_path_leads_to_its_own_operation(relay: Relay) -> None:
    said = relay.client.get("/-/actions/v1/responses/..%2Fmodels")
    assert said.status_code == 400
