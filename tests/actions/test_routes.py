import pytest

from gateway.actions.routes import CallRoutes
from gateway.errors import RelayError
from gateway.projection import Call


def call(name: str, method: str, path: str) -> Call:
    return Call(name, "direct", name, method, path, "", "", ())


ROUTES = CallRoutes(
    [
        call("get", "GET", "/things/{id}"),
        call("mine", "GET", "/things/me"),
        call("put", "POST", "/things/{id}"),
    ]
)


def test_a_call_is_found_by_method_and_path_below_the_prefix() -> None:
    found = ROUTES.match("GET", b"/-/actions/things/a%20b")
    assert (found.call.name, found.path_values) == ("get", ("a b",))
    assert ROUTES.match("GET", b"/-/actions/things/me").call.name == "mine"
    assert ROUTES.match("POST", b"/-/actions/things/me").call.name == "put"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", b"/things/me", "not_found"),
        ("GET", b"/-/actions/nothing", "not_found"),
        ("DELETE", b"/-/actions/things/me", "method_not_allowed"),
        ("GET", b"/-/actions/things/..", "invalid_path"),
        ("GET", b"/-/actions/things/a%2Fb", "invalid_path"),
    ],
)
def test_other_requests_are_refused(method: str, path: bytes, code: str) -> None:
    with pytest.raises(RelayError) as raised:
        ROUTES.match(method, path)
    assert raised.value.code == code
