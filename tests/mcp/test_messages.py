import pytest

from gateway.errors import RelayError
from gateway.mcp.messages import check_message, check_origin, plain_headers

PAGE = "https://app.example.com"


def origin(value: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"app.example.com"), (b"origin", value.encode())]


def test_no_origin_is_no_page() -> None:
    check_origin([(b"host", b"h")], ())


@pytest.mark.parametrize("allowed", [(PAGE,), (PAGE.upper(),), ("*",)])
def test_an_allowed_origin(allowed: tuple[str, ...]) -> None:
    check_origin(origin(PAGE), allowed)


@pytest.mark.parametrize("value", [PAGE, f"{PAGE}:8443", "null", "http://localhost", ""])
def test_an_origin_of_the_own_host_proves_nothing(value: str) -> None:
    with pytest.raises(RelayError) as caught:
        check_origin(origin(value), ("https://other.example.com",))
    assert caught.value.code == "origin_not_allowed"
    assert value not in caught.value.message or not value


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        {"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ],
)
def test_messages(message: object) -> None:
    check_message(message)


def test_what_is_no_message_is_not_quoted() -> None:
    with pytest.raises(RelayError) as caught:
        check_message({"jsonrpc": "2.0", "id": 1, "method": {"secret": "words"}})
    assert "secret" not in f"{caught.value.message}{caught.value.errors}"


def test_headers_of_a_body_that_is_decoded() -> None:
    given = [
        (b"content-encoding", b"gzip"),
        (b"content-length", b"9"),
        (b"content-type", b"Application/JSON; charset=utf-8"),
        (b"accept", b"*/*"),
    ]
    assert plain_headers(given) == [(b"accept", b"*/*"), (b"content-type", b"application/json")]
