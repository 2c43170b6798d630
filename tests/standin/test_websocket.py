import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


def live(standin, **options):
    return connect(f"{standin.served.ws_url}/v1/live", open_timeout=5, close_timeout=5, **options)


def test_messages_come_back_as_they_went_in(standin):
    with live(standin) as socket:
        for message in ('{"type":"session.update",  "n": 1}', "text", b"\x00\xff", ""):
            socket.send(message)
            assert socket.recv(5) == message
    entry = standin.ended("complete")
    assert (entry.operation, entry.status) == ("live", 101)


def test_a_large_message(standin):
    with live(standin) as socket:
        socket.send(b"x" * 900_000)
        assert len(socket.recv(5)) == 900_000


def test_a_subprotocol_that_carries_a_key_is_not_answered(standin):
    with live(standin, subprotocols=["openai-insecure-api-key.abc", "realtime"]) as socket:
        assert socket.subprotocol == "realtime"


def test_an_unknown_path_is_refused_with_a_body(standin):
    with pytest.raises(InvalidStatus) as caught, connect(f"{standin.served.ws_url}/v1/nothing"):
        pass
    assert caught.value.response.status_code == 404
    assert json.loads(caught.value.response.body)["error"]["code"] == "not_found"


def test_an_operation_that_is_no_websocket_is_refused(standin):
    with pytest.raises(InvalidStatus) as caught, connect(f"{standin.served.ws_url}/v1/text"):
        pass
    assert caught.value.response.status_code == 400


def test_status_refuses_the_upgrade(standin):
    with (
        pytest.raises(InvalidStatus) as caught,
        live(standin, additional_headers={"X-Stand-In": "status=403"}),
    ):
        pass
    assert caught.value.response.status_code == 403


def test_close_ends_with_the_asked_code(standin):
    with live(standin, additional_headers={"X-Stand-In": "close=4321"}) as socket:
        socket.send("one")
        assert socket.recv(5) == "one"
        with pytest.raises(ConnectionClosed) as caught:
            socket.recv(5)
    assert caught.value.rcvd.code == 4321


def test_cut_ends_without_a_close_frame(standin):
    with live(standin, additional_headers={"X-Stand-In": "cut=3"}) as socket:
        socket.send("one")
        assert socket.recv(5) == "one"
        with pytest.raises(ConnectionClosed) as caught:
            socket.recv(5)
    assert caught.value.rcvd is None
    standin.ended("fault")


def test_reset_refuses_the_connection(standin):
    with pytest.raises(Exception), live(standin, additional_headers={"X-Stand-In": "reset"}):  # noqa: B017
        pass
    standin.ended("fault")
