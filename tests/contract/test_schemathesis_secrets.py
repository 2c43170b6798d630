"""A key is found in each form in which it can be written, and only there."""

import base64
import logging
from urllib.parse import quote

import pytest

from gateway.contract.compile import load_contract
from gateway.exchange import Exchange
from gateway.resources import spec_folder
from gateway.standin.record import Recorded
from tests.contract.schemathesis_secrets import (
    KEY,
    relay_key_upstream,
    secrets_of,
    watching_the_log,
)

SECRETS = secrets_of(load_contract(spec_folder() / "openapi.yaml"))


@pytest.mark.parametrize("before", ["", "u:", "Bearer ", "abc"])
@pytest.mark.parametrize("after", ["", "&x=1"])
def test_forms_of_a_key(before: str, after: str) -> None:
    for key in (KEY, *SECRETS.credentials):
        text = before + key + after
        for data in (text.encode(), base64.b64encode(text.encode()), quote(text).encode()):
            assert len(SECRETS.named_in(b"<" + data + b">")) == 1
            assert SECRETS.named_in(SECRETS.masked(data.decode()).encode()) == []
    assert SECRETS.named_in(b"contract-tests-relay-key") == []


def test_every_scheme_has_a_credential() -> None:
    assert set(SECRETS.credentials) <= set(SECRETS.variables.values())
    assert SECRETS.variables["OPENAI_API_KEY"] == SECRETS.credentials[0]


def test_the_relay_key_at_the_upstream() -> None:
    key = KEY.encode()
    assert not relay_key_upstream(Recorded("1", "GET", b"/", ((b"a", b"b"),)))
    assert relay_key_upstream(Recorded("1", "GET", b"/?k=" + key, ()))
    assert relay_key_upstream(Recorded("1", "GET", b"/", ((b"a", b"Bearer " + key),)))
    assert relay_key_upstream(Recorded("1", "GET", b"/", (), body=key))


def test_lines_of_every_logger_are_read() -> None:
    with watching_the_log(SECRETS) as watch:
        logging.getLogger("specrelay.any").debug("a key: %s", KEY)
        logging.getLogger("uvicorn.error").error("a key: %s", SECRETS.credentials[0])
        extra = {"exchange": Exchange("req_1", "GET", key_id=KEY)}
        logging.getLogger("specrelay.access").info("request", extra=extra)
        logging.getLogger("specrelay.access").info("nothing")
    assert [leak.request_id for leak in watch.leaks] == [None, None, "req_1"]
    assert KEY not in str(watch.leaks)
    assert watch.lines == 4
