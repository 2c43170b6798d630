"""What a gateway does, worked out at the start: all problems at once, keys, warnings."""

from typing import Any

import pytest

from gateway.errors import StartError
from gateway.plan import Plan, make_plan, relayed
from gateway.settings import Settings
from tests.relay.gateways import compiled

SCHEMES = {
    "Api": {"type": "http", "scheme": "bearer"},
    "Other": {"type": "http", "scheme": "basic"},
}
PATHS: dict[str, Any] = {"/x": {"get": {"security": [{"Api": []}]}}, "/y": {"get": {}}}


def planned(root: dict[str, Any] | None = None, **env: str) -> Plan:
    contract = compiled(PATHS, components={"securitySchemes": SCHEMES}, **(root or {}))
    variables = {"SPECRELAY_UPSTREAM": "http://127.0.0.1:9", **env}
    return make_plan(contract, Settings.load(env=variables, env_file=None))


def test_local_operations_are_added_and_not_relayed() -> None:
    plan = planned()
    assert {operation.id for operation in relayed(plan)} == {"get_x", "get_y"} == set(plan.routes)
    assert len(plan.contract.operations) > 2
    assert set(plan.access) == set(plan.contract.operations)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(StartError) as caught:
        planned(SPECRELAY_CREDENTIALS="Apy=KEY", SPECRELAY_UPSTREAM="http://127.0.0.1:8080")
    told = [(problem.place, problem.mend) for problem in caught.value.problems]
    assert [place for place, _ in told] == ["http://127.0.0.1:8080", "--credential"]
    assert "Api" in told[1][1]


def test_a_credential_of_the_command_line_goes_before_the_documents() -> None:
    root = {"x-gateway": {"credentials": {"Api": {"env": "ONE", "relay-keys": "KEYS"}}}}
    env = {"ONE": "1", "TWO": "2", "KEYS": "boss", "SPECRELAY_CREDENTIALS": "Api=TWO"}
    plan = planned(root, RELAY_KEY="k", **env)
    (grant,) = plan.access["get_x"].grants
    assert [value for _, value in grant.placed] == ["2"]
    assert grant.relay_keys == {"KEYS"}


def test_keys_of_every_setting_are_in_the_ring() -> None:
    root = {"x-gateway": {"credentials": {"Api": {"env": "ONE", "relay-keys": "KEYS"}}}}
    plan = planned(root, RELAY_KEY="k, l", KEYS="boss", ONE="1")
    found = [plan.keyring.find(key) for key in (b"k", b"l", b"boss")]
    assert [holder.settings for holder in found if holder] == [{"RELAY_KEY"}] * 2 + [{"KEYS"}]
    assert not planned(root, ONE="1").keyring


def test_keys_that_are_unset_close_only_where_others_are_set() -> None:
    root = {"x-gateway": {"credentials": {"Api": {"env": "ONE", "relay-keys": "KEYS"}}}}
    assert planned(root, ONE="1").access["get_x"].grants
    plan = planned(root, ONE="1", RELAY_KEY="k")
    assert plan.access["get_x"].grants == ()
    assert "KEYS" in [warning.place for warning in plan.warnings]


def test_a_scheme_that_nothing_maps_is_a_warning() -> None:
    assert [warning.place for warning in planned().warnings if warning.place in SCHEMES] == ["Api"]
