"""HTTP/1.0: what the gateway answers itself has its length; what is relayed names the mend."""

import pytest

from tests.relay.gateways import KEY, Gateway, Reply, parsed, relaying

PATHS = {"/x": {"get": {}}, "/json": {"post": {"requestBody": {"content": {"*/*": {}}}}}}


def asked(gateway: Gateway, head: str, key: bool = True) -> Reply:
    field = f"X-Relay-Key: {KEY}\r\n" if key else ""
    with gateway.connect() as connection:
        connection.sendall(f"{head} HTTP/1.0\r\n{field}\r\n".encode())
        received = b""
        while data := connection.recv(65536):
            received += data
    return parsed(received)


@pytest.mark.parametrize("path", ["health", "openapi.json", "openapi.yaml", "docs", "ready"])
def test_local_operations_answer_with_their_length(path: str) -> None:
    with relaying(PATHS) as (gateway, _):
        reply = asked(gateway, f"GET /-/{path}", key=False)
        assert reply.status == 200
        assert reply.values(b"content-length") == [b"%d" % len(reply.body)]
        assert reply.values(b"transfer-encoding") == []


def test_errors_answer_with_their_length() -> None:
    with relaying(PATHS) as (gateway, _):
        for head, status in (("GET /nowhere", 404), ("DELETE /x", 405)):
            reply = asked(gateway, head)
            assert reply.status == status
            assert reply.values(b"content-length") == [b"%d" % len(reply.body)]
        assert asked(gateway, "GET /x", key=False).status == 401


def test_what_is_relayed_is_a_505_with_the_mend() -> None:
    with relaying(PATHS) as (gateway, upstream):
        reply = asked(gateway, "GET /x")
        assert (reply.status, reply.error["code"]) == (505, "http_version_not_supported")
        assert 'proxy_http_version 1.1; proxy_set_header Connection "";' in reply.error["detail"]
        assert reply.values(b"content-length") == [b"%d" % len(reply.body)]
        assert upstream.connections == 0
