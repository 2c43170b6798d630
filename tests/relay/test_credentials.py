"""Which credential an operation gets, decided at the start, and what is told of it."""

from typing import Any

import pytest

from gateway.contract.model import CredentialPolicy
from gateway.errors import Problem, RelayError, StartError
from gateway.keys import KEYLESS, KeyHolder
from gateway.relay.credentials import Access, plan_access
from tests.relay.gateways import compiled

SCHEMES = {
    "A": {"type": "http", "scheme": "bearer"},
    "B": {"type": "apiKey", "in": "header", "name": "X-B"},
}
MAPPED = {"A": CredentialPolicy("A", "VAR_A"), "B": CredentialPolicy("B", "VAR_B", "KEYS_B")}
PLAIN = KeyHolder("plain", frozenset({"RELAY_KEY"}))
ADMIN = KeyHolder("admin", frozenset({"KEYS_B"}))


def planned(
    security: Any, variables: dict[str, str], unset: tuple[str, ...] = (), mapped: Any = None
) -> tuple[Access, list[Problem]]:
    paths = {"/x": {"get": {"security": security}}}
    contract = compiled(paths, components={"securitySchemes": SCHEMES})
    access, warnings = plan_access(contract, mapped or MAPPED, variables.get, unset)
    return access["get_x"], warnings


BOTH = {"VAR_A": "a", "VAR_B": "b"}


def values(access: Access, holder: KeyHolder) -> list[str]:
    return [value for _, value in access.grant_for(holder).placed]


def test_the_first_alternative_that_the_key_may_have() -> None:
    access, warnings = planned([{"B": []}, {"A": []}], BOTH)
    assert warnings == []
    assert values(access, ADMIN) == ["b"]
    assert values(access, KEYLESS) == ["b"]
    assert values(access, PLAIN) == ["a"]


def test_a_key_that_may_not_is_told_which_may() -> None:
    access, _ = planned([{"B": []}], BOTH)
    with pytest.raises(RelayError, match="KEYS_B") as caught:
        access.grant_for(PLAIN)
    assert caught.value.code == "key_not_allowed"


def test_keys_that_are_unset_close_and_are_told() -> None:
    access, warnings = planned([{"B": []}], BOTH, unset=("KEYS_B",))
    with pytest.raises(RelayError) as caught:
        access.grant_for(PLAIN)
    assert caught.value.code == "key_not_allowed"
    assert [warning.place for warning in warnings] == ["KEYS_B"]


def test_a_variable_that_is_unset_closes_and_is_told_once() -> None:
    access, warnings = planned([{"B": []}], {"VAR_A": "a"})
    with pytest.raises(RelayError, match="VAR_B") as caught:
        access.grant_for(ADMIN)
    assert caught.value.code == "upstream_credential_missing"
    (warning,) = warnings
    assert (warning.place, warning.fatal) == ("VAR_B", False)
    assert "1 operations" in warning.message


def test_all_unset_is_an_error() -> None:
    with pytest.raises(StartError, match="VAR_A, VAR_B"):
        planned([{"A": []}], {})


def test_optional_security_is_the_last_resort() -> None:
    access, _ = planned([{}, {"B": []}], BOTH)
    assert values(access, ADMIN) == ["b"]
    assert values(access, PLAIN) == []


def test_a_scheme_that_nothing_maps_is_told() -> None:
    access, warnings = planned([{"B": []}], BOTH, mapped={"A": MAPPED["A"]})
    assert values(access, PLAIN) == []
    assert [scheme.name for scheme in access.schemes] == ["B"]
    assert [warning.place for warning in warnings] == ["B"]


def test_a_mapped_alternative_goes_before_a_bare_one() -> None:
    access, _ = planned([{"B": []}, {"A": []}], BOTH, mapped={"A": MAPPED["A"]})
    assert values(access, PLAIN) == ["a"]
