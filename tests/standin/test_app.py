import hashlib
import json
import re
import socket
import threading
import time

import httpx
import pytest

from tests.servers import raw_request


def test_answers_an_operation_from_its_schema(standin):
    response = httpx.get(f"{standin.url}/v1/things/t-9")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) <= {"id", "model", "count", "metadata"}


def test_the_same_request_gets_the_same_answer(standin):
    first, second = (httpx.post(f"{standin.url}/v1/stream", json={}) for _ in range(2))
    assert first.content == second.content


def test_request_ids_count(standin):
    first, second = (httpx.get(f"{standin.url}/v1/text") for _ in range(2))
    numbers = [int(r.headers["x-request-id"].rpartition("_")[2]) for r in (first, second)]
    assert numbers[1] == numbers[0] + 1


def test_repeats_path_parameters_and_body_members_that_fit(standin):
    assert httpx.get(f"{standin.url}/v1/things/t%2D9").json()["id"] == "t-9"
    said = {"model": "mine", "count": 99, "metadata": {"a": "b"}, "other": 1}
    made = httpx.post(f"{standin.url}/v1/things", json=said).json()
    assert (made["model"], made["metadata"]) == ("mine", {"a": "b"})
    assert made["count"] <= 9
    assert "other" not in made


def test_an_unknown_path_is_404_in_openais_shape(standin):
    response = httpx.get(f"{standin.url}/v1/nothing")
    assert response.status_code == 404
    assert response.json()["error"].keys() == {"message", "type", "param", "code"}
    assert response.headers["x-request-id"]
    assert standin.record.entries()[-1].operation is None


def test_an_unknown_method_is_405_with_allow(standin):
    response = httpx.put(f"{standin.url}/v1/things")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]


def test_204_has_no_body_and_no_length(standin):
    response = httpx.delete(f"{standin.url}/v1/things/1")
    assert response.status_code == 204
    assert "content-length" not in response.headers


def test_head_where_declared(standin):
    assert httpx.head(f"{standin.url}/v1/things").status_code == 200


def test_declared_headers_and_status(standin):
    response = httpx.post(f"{standin.url}/v1/made")
    assert (response.status_code, response.headers["location"]) == (201, "/made/1")


def test_text_and_json_lines(standin):
    assert httpx.get(f"{standin.url}/v1/text").text == "v=0"
    assert httpx.get(f"{standin.url}/v1/lines").text == '{"n": 1}\n2\n'


def test_binary_bodies_are_deterministic_and_of_the_asked_length(standin, plain_standin):
    url = f"{standin.url}/v1/sound"
    first, second = httpx.get(url), httpx.get(url)
    assert first.content == second.content
    assert len(first.content) == 1024
    assert first.content[:4] == b"RIFF"
    asked = httpx.get(f"{plain_standin.url}/v1/sound", headers={"X-Stand-In": "size=200000"})
    assert len(asked.content) == 200_000
    assert asked.headers["content-length"] == "200000"


def test_a_declared_range_is_bytes_unless_the_client_names_a_type(standin):
    url = f"{standin.url}/v1/any"
    assert httpx.get(url).headers["content-type"] == "application/octet-stream"
    named = httpx.get(url, headers={"Accept": "image/png"})
    assert named.headers["content-type"] == "image/png"
    assert named.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("body", "accept", "kind"),
    [
        ({"stream": True}, "*/*", "text/event-stream"),
        ({"stream": False}, "text/event-stream", "application/json"),
        ({}, "*/*", "application/json"),
        ({}, "text/event-stream", "text/event-stream"),
    ],
)
def test_json_or_event_stream(standin, body, accept, kind):
    response = httpx.post(f"{standin.url}/v1/stream", json=body, headers={"Accept": accept})
    assert response.headers["content-type"] == kind


def test_events_are_made_from_the_first_branches_and_named(standin):
    text = httpx.post(f"{standin.url}/v1/stream", json={"stream": True}).text
    assert re.findall(r"event: (\S+)", text) == ["part.start", "part.middle", "part.end"]
    assert json.loads(re.findall(r"data: (.*)", text)[0])["type"] == "part.start"


def test_sample_events_of_the_document(standin):
    assert httpx.get(f"{standin.url}/v1/sampled").json() == {"plain": True}
    live = httpx.get(f"{standin.url}/v1/sampled?live=true").text
    assert live == 'event: a\ndata: {"n": 1}\n\ndata: two\ndata: lines\n\ndata: [DONE]\n\n'


def test_events_are_paced(standin):
    headers = {"X-Stand-In": "pace=0.15"}
    url = f"{standin.url}/v1/stream"
    began = time.monotonic()  # the first event may be seen late, the request is not sent early
    with httpx.stream("POST", url, json={"stream": True}, headers=headers) as response:
        times = [time.monotonic() for line in response.iter_lines() if line.startswith("data")]
    assert times[-1] - began >= 0.15 * (len(times) - 1)
    assert len(times) > 2


def test_multipart_says_stream_behind_a_large_file(standin):
    files = {"file": ("a.bin", b"x" * 3_000_000)}
    response = httpx.post(f"{standin.url}/v1/stream", files=files, data={"stream": "true"})
    assert response.headers["content-type"] == "text/event-stream"


def test_uploads_are_counted_and_hashed_but_not_kept(standin):
    data = bytes(range(256)) * 20_000

    def pieces():
        for at in range(0, len(data), 65_536):
            yield data[at : at + 65_536]

    response = httpx.post(f"{standin.url}/v1/upload", content=pieces())
    assert response.headers["x-stand-in-bytes"] == str(len(data))
    assert response.headers["x-stand-in-sha256"] == hashlib.sha256(data).hexdigest()
    entry = standin.record.entries()[-1]
    assert (entry.body, entry.size) == (None, len(data))


def test_the_record_has_what_arrived_and_is_served(standin):
    raw_request(
        standin.served.host,
        standin.served.port,
        b"POST /v1/thi%6egs?a=1&a=%7e HTTP/1.1\r\nHost: x\r\nX-Odd:  two\r\nx-odd: one\r\n"
        b"Content-Length: 2\r\n\r\n{}",
    )
    entry = standin.record.entries()[-1]
    assert (entry.operation, entry.target) == ("makeThing", b"/v1/thi%6egs?a=1&a=%7e")
    assert [value for name, value in entry.headers if name == b"x-odd"] == [b"two", b"one"]
    assert (entry.body, entry.status, entry.ended) == (b"{}", 200, "complete")
    shown = httpx.get(f"{standin.url}/-/record").json()["requests"][-1]
    assert (shown["target"], shown["body"]) == ("/v1/thi%6egs?a=1&a=%7e", "{}")


def test_a_websocket_operation_over_http_is_426(standin):
    response = httpx.get(f"{standin.url}/v1/live")
    assert (response.status_code, response.headers["upgrade"]) == (426, "websocket")


def test_a_client_that_leaves_a_stream_is_noticed(standin):
    url = f"{standin.url}/v1/stream"
    headers = {"X-Stand-In": "pace=30"}
    with httpx.stream("POST", url, json={"stream": True}, headers=headers) as response:
        next(response.iter_lines())
    assert standin.ended("client-gone", 1.0).operation == "stream"


def test_a_client_that_leaves_an_upload_is_noticed(standin):
    with socket.create_connection((standin.served.host, standin.served.port)) as connection:
        connection.sendall(b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc")
        time.sleep(0.1)
    entry = standin.ended("client-gone", 1.0)
    assert (entry.size, entry.body) == (3, None)


def test_a_slow_reader_holds_the_sender_back(standin):
    """2 GiB would take seconds to make; that they are not made shows in the time to notice."""
    with socket.create_connection((standin.served.host, standin.served.port)) as connection:
        connection.sendall(
            b"GET /v1/sound HTTP/1.1\r\nHost: x\r\nX-Stand-In: size=2147483648\r\n\r\n"
        )
        connection.recv(1000)
        time.sleep(0.3)
        assert standin.record.entries()[-1].ended == "open"
    assert standin.ended("client-gone", 1.0).operation == "sound"


def test_many_streams_at_once(standin):
    done = []

    def read():
        response = httpx.post(f"{standin.url}/v1/stream", json={"stream": True})
        done.append(response.text.count("data:"))

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert done == [3] * 20
