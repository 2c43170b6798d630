import socket
import time

import httpx
import pytest

from tests.servers import raw_request


def ask(standin, path, field, method="GET"):
    request = f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-Stand-In: {field}\r\n\r\n"
    return raw_request(standin.served.host, standin.served.port, request.encode())


def test_delay(standin):
    began = time.monotonic()
    assert httpx.get(f"{standin.url}/v1/text", headers={"X-Stand-In": "delay=0.3"}).text == "v=0"
    assert time.monotonic() - began >= 0.3


def test_a_client_that_leaves_during_a_delay_is_noticed(standin):
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{standin.url}/v1/text", headers={"X-Stand-In": "delay=60"}, timeout=0.2)
    standin.ended("client-gone", 1.0)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_status_is_answered_in_openais_shape(standin, status):
    headers = {"X-Stand-In": f"delay=0.01, status={status}"}
    response = httpx.get(f"{standin.url}/v1/things/1", headers=headers)
    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_a_declared_status_is_answered_as_declared(standin):
    response = httpx.get(f"{standin.url}/v1/things/1", headers={"X-Stand-In": "status=404"})
    assert (response.status_code, response.json()) == (404, {"gone": True})


def test_a_status_without_content(standin):
    response = httpx.get(f"{standin.url}/v1/things/1", headers={"X-Stand-In": "status=302"})
    assert (response.status_code, response.content) == (302, b"")


def test_cut_closes_inside_of_a_body_with_a_length(standin):
    head, _, body = ask(standin, "/v1/sound", "cut=100").partition(b"\r\n\r\n")
    assert b"content-length: 1024" in head
    assert len(body) == 100
    assert standin.ended("fault").operation == "sound"


def test_cut_at_0_sends_the_head_only(standin):
    head, _, body = ask(standin, "/v1/sound", "cut=0").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""


def test_cut_ends_a_chunked_body_without_its_last_chunk(standin):
    received = ask(standin, "/v1/sampled?live=true", "cut=20")
    assert b"event: a" in received
    assert not received.endswith(b"0\r\n\r\n")


def test_reset_sends_no_response(standin):
    with socket.create_connection((standin.served.host, standin.served.port), 5) as connection:
        connection.sendall(b"GET /v1/text HTTP/1.1\r\nHost: x\r\nX-Stand-In: reset\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1000)
    assert standin.ended("fault").status == 0


def test_stall_sends_the_head_and_so_many_bytes(standin):
    with socket.create_connection((standin.served.host, standin.served.port), 5) as connection:
        connection.sendall(b"GET /v1/sound HTTP/1.1\r\nHost: x\r\nX-Stand-In: stall=10\r\n\r\n")
        connection.settimeout(0.3)
        received = b""
        with pytest.raises(TimeoutError):
            while True:
                received += connection.recv(4096)
        assert len(received.partition(b"\r\n\r\n")[2]) == 10
        assert standin.record.entries()[-1].ended == "open"
    standin.ended("fault", 1.0)


def test_early_answers_before_the_body(standin):
    with socket.create_connection((standin.served.host, standin.served.port), 5) as connection:
        connection.sendall(
            b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
            b"X-Stand-In: early, status=413\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_faults_are_off_by_default(plain_standin):
    headers = {"X-Stand-In": "status=500, reset"}
    assert httpx.get(f"{plain_standin.url}/v1/text", headers=headers).status_code == 200


def test_an_unknown_word_is_400_and_tells_the_grammar(standin):
    response = httpx.get(f"{standin.url}/v1/text", headers={"X-Stand-In": "sleep=1"})
    assert response.status_code == 400
    assert "delay" in response.json()["error"]["message"]
    assert "sleep" not in response.json()["error"]["message"]
