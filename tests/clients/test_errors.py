"""What goes wrong, as the Python SDK's own exceptions tell it; and what the SDK tries again."""

import json
import socket
import time
from typing import Any

import openai
import pytest

from gateway.contract.model import Contract
from tests.clients.conftest import BOTH, Stack, Use, before
from tests.servers import Act, RawUpstream

ASKED: dict[str, Any] = {"model": "gpt-5", "input": "Hello"}


def test_a_wrong_key(use: Use) -> None:
    before = len(use.stack.record.entries())
    with pytest.raises(openai.AuthenticationError) as caught:
        use(lambda client: client.responses.create(**ASKED), api_key="wrong-key")
    error = caught.value
    assert (error.status_code, error.code) == (401, "invalid_relay_key")
    assert "relay key" in error.message
    assert "wrong-key" not in str(error)
    assert error.request_id
    assert len(use.stack.record.entries()) == before


def test_an_invalid_body_with_its_pointer(use: Use) -> None:
    content = [{"role": "user", "content": "Hello"}, {"role": "user", "content": 5}]
    with pytest.raises(openai.BadRequestError) as caught:
        use(lambda client: client.chat.completions.create(model="gpt-5", messages=content))
    error = caught.value
    assert error.param == "/messages/1/content"
    assert (error.code, error.type) == ("invalid_body", "invalid_request_error")
    assert isinstance(error.body, dict)
    assert error.body["errors"][0]["param"] == error.param
    assert error.body["request_id"] == error.request_id == error.response.headers["x-request-id"]


def test_all_findings_are_listed(use: Use) -> None:
    asked = {"input": 5, "temperature": "hot", "max_output_tokens": "many"}
    with pytest.raises(openai.BadRequestError) as caught:
        use(lambda client: client.responses.create(model="gpt-5", **asked))
    assert isinstance(caught.value.body, dict)
    found = {each["param"] for each in caught.value.body["errors"]}
    assert found == {"/input", "/temperature", "/max_output_tokens"}
    assert "many" not in json.dumps(caught.value.body)


def test_an_invalid_form(use: Use) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        use(lambda client: client.files.create(file=b"a", purpose=["batch"]))
    assert caught.value.param is not None
    assert "purpose" in caught.value.param


def test_an_invalid_parameter(use: Use) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        use.items(lambda client: client.files.list(limit="many"))
    assert (caught.value.param, caught.value.code) == ("limit", "invalid_parameter")


def test_an_unknown_operation(use: Use) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        use(lambda client: client.post("/nothing", cast_to=object, body={}))
    assert caught.value.code == "not_found"


def test_an_error_of_the_upstreams_passes_untouched(use: Use) -> None:
    asked = {"X-Stand-In": "status=422"}
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        use(lambda client: client.responses.create(extra_headers=asked, **ASKED))
    assert caught.value.request_id == use.stack.last.request_id


def test_a_busy_upstream_is_asked_again(use: Use) -> None:
    use.stack.record.clear()
    asked = {"X-Stand-In": "status=429"}
    with pytest.raises(openai.RateLimitError):
        use(lambda client: client.responses.create(extra_headers=asked, **ASKED), max_retries=1)
    assert len(use.stack.record.entries()) == 2


@pytest.mark.parametrize("how", BOTH)
def test_a_request_that_was_sent_is_not_sent_again(contract: Contract, how: str) -> None:
    with (
        RawUpstream(lambda request: Act.CLOSE) as upstream,
        before(contract, upstream.url) as made,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        Use(made, how)(lambda c: c.responses.create(**ASKED), max_retries=3)
    assert caught.value.code == "upstream_disconnected"
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("how", BOTH)
def test_a_request_that_was_never_sent_may_be_tried_again(contract: Contract, how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with before(contract, f"http://127.0.0.1:{port}") as made:
        started = time.monotonic()
        with pytest.raises(openai.InternalServerError) as caught:
            Use(made, how)(lambda c: c.responses.create(**ASKED), max_retries=1)
    assert caught.value.code == "upstream_unreachable"
    assert "x-should-retry" not in caught.value.response.headers
    assert caught.value.request.headers["x-stainless-retry-count"] == "1"
    assert time.monotonic() - started < 10


def test_a_stream_that_is_cut_is_an_error(stack: Stack) -> None:
    asked = {"X-Stand-In": "cut=700"}
    with stack.client() as client, pytest.raises(openai.APIError):
        list(client.responses.create(stream=True, extra_headers=asked, **ASKED))
