"""The SDK's WebSockets through the gateway to the stand-in, which says back what it hears."""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedOK, InvalidStatus

from tests.clients.conftest import UPSTREAM_KEY, Stack

# The SDK connects in a way that websockets 17 calls out of date.
pytestmark = pytest.mark.filterwarnings("ignore:connect.* must be used as a:DeprecationWarning")
SAID = {"type": "session.update", "session": {"type": "realtime", "instructions": "Be brief."}}
ASKED = {"type": "response.create", "model": "gpt-5", "input": "Hello"}


def test_a_client_secret_is_made(stack: Stack) -> None:
    with stack.client() as client:
        made = client.realtime.client_secrets.create(
            expires_after={"anchor": "created_at", "seconds": 60},
            session={"type": "realtime", "model": "gpt-realtime"},
        )
    assert made.value
    assert made.expires_at > 0


def test_realtime(stack: Stack) -> None:
    with stack.client() as client, client.realtime.connect(model="gpt-realtime") as connection:
        connection.session.update(session=SAID["session"])  # type: ignore[arg-type]
        assert json.loads(connection.recv_bytes()) == SAID
        large = "a" * 3_000_000
        connection.send({"type": "input_audio_buffer.append", "audio": large})
        assert connection.recv().type == "input_audio_buffer.append"
    entry = stack.last
    assert entry.target == b"/v1/realtime?model=gpt-realtime"
    assert dict(entry.headers)[b"authorization"] == f"Bearer {UPSTREAM_KEY}".encode()


def test_realtime_asynchronously(stack: Stack) -> None:
    async def talk() -> Any:
        async with (
            stack.async_client() as client,
            client.realtime.connect(model="gpt-realtime") as connection,
        ):
            await connection.session.update(session=SAID["session"])  # type: ignore[arg-type]
            heard = json.loads(await connection.recv_bytes())
            await connection.close(code=1000)
            return heard

    assert asyncio.run(talk()) == SAID
    assert stack.last.operation == "connect-realtime"


def test_responses_over_a_websocket(stack: Stack) -> None:
    with stack.client() as client, client.responses.connect() as connection:
        connection.response.create(model="gpt-5", input="Hello")
        assert json.loads(connection.recv_bytes()) == ASKED
    assert stack.last.operation == "connectResponses"


def test_responses_over_a_websocket_asynchronously(stack: Stack) -> None:
    async def talk() -> Any:
        async with stack.async_client() as client, client.responses.connect() as connection:
            await connection.response.create(model="gpt-5", input="Hello")
            return json.loads(await connection.recv_bytes())

    assert asyncio.run(talk()) == ASKED


def test_a_realtime_translation(stack: Stack) -> None:
    with (
        stack.client() as client,
        client.realtime.translations.connect(model="gpt-realtime-translate") as connection,
    ):
        connection.send({"type": "session.update", "session": {}})
        assert json.loads(connection.recv_bytes())["type"] == "session.update"
    assert stack.last.target.startswith(b"/v1/realtime/translations?")


def test_the_upstreams_close_reaches_the_client(stack: Stack) -> None:
    asked = {"X-Stand-In": "close=4001"}
    with (
        stack.client() as client,
        client.realtime.connect(model="m", extra_headers=asked, max_retries=0) as connection,
    ):
        connection.send(SAID)  # type: ignore[arg-type]
        connection.recv_bytes()
        with pytest.raises(Exception) as caught:
            connection.recv_bytes()
    assert not isinstance(caught.value, ConnectionClosedOK)
    assert caught.value.rcvd.code == 4001


@pytest.mark.parametrize(
    ("options", "headers", "status", "word"),
    [
        ({"api_key": "wrong"}, {}, 401, "invalid_relay_key"),
        ({}, {"X-Stand-In": "status=429"}, 429, "stand-in"),
    ],
)
def test_a_refusal_is_an_http_answer_with_its_body(
    stack: Stack, options: dict[str, Any], headers: dict[str, str], status: int, word: str
) -> None:
    with stack.client(**options) as client, pytest.raises(InvalidStatus) as caught:
        client.realtime.connect(model="m", extra_headers=headers).enter()
    assert caught.value.response.status_code == status
    assert word in caught.value.response.body.decode()
