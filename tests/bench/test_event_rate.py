"""The loop of the event rate: its streams go on, and one that stands still is told."""

import socket

import pytest

from tests.bench.event_rate import Loop, StandsStill


def test_each_event_that_was_read_brings_the_next() -> None:
    loop = Loop()
    try:
        assert loop.run(loop.port, 0.2) > 100  # without a relay
        before = loop.events
        assert loop.run(loop.port, 0.2) > 100
        assert before > 20 < loop.events
    finally:
        loop.close()


def test_a_relay_that_keeps_its_events_stands_still() -> None:
    loop = Loop()
    try:
        with (
            socket.create_server(("127.0.0.1", 0), backlog=64) as silent,
            pytest.raises(StandsStill),
        ):
            loop.run(silent.getsockname()[1], 1, patience=0.2)
        assert loop.events == 0
    finally:
        loop.close()
