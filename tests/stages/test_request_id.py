"""Request ids: one for each request, in every process."""

import os

from gateway.stages.request_id import RequestIds
from tests.relay.gateways import relaying


def test_ids_do_not_repeat() -> None:
    ids = RequestIds()
    given = [ids.next() for _ in range(10_000)]
    assert len(set(given)) == len(given)
    assert all(len(each) == 28 and each.startswith("req_") for each in given)
    assert RequestIds().next()[:20] != given[0][:20]


def test_a_forked_process_gives_its_own() -> None:
    ids = RequestIds()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, ids.next().encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 100).decode()
    os.close(reading)
    os.close(writing)
    assert theirs[:20] != ids.next()[:20]


def test_every_answer_has_both_fields() -> None:
    with relaying({"/x": {"get": {}}}) as (gateway, _):
        for target in ("/x", "/nowhere", "/-/health"):
            reply = gateway.ask("GET", target)
            (own,) = reply.values(b"x-relay-request-id")
            assert reply.values(b"x-request-id") == [own]
            assert gateway.line()["request_id"] == own.decode()
