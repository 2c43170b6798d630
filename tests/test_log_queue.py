"""The log's queue: all of it is written while it is read, and what is dropped is counted."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.log_queue import BatchHandler
from gateway.log_writer import Descriptor, Sink
from gateway.logs import JsonFormatter

ROOT = Path(__file__).parent.parent
MARGIN = 1 << 20  # characters; what a pipe takes, and what is formatted between two looks


def record(text: str = "request") -> logging.LogRecord:
    return logging.LogRecord("specrelay", logging.INFO, __file__, 0, text, None, None)


def handler_to(sink: Sink, **options: int) -> BatchHandler:
    handler = BatchHandler(sink, **options)
    handler.setFormatter(JsonFormatter())
    return handler


def wait_for(done: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


class Reader:
    """Reads a pipe once it is let."""

    def __init__(self) -> None:
        self.end, self.write_end = os.pipe()
        self.data = bytearray()
        self._thread = threading.Thread(target=self._read)

    def begin(self) -> None:
        self._thread.start()

    def finish(self) -> list[dict[str, str]]:
        """Return the lines; whoever writes has ended."""
        os.close(self.write_end)
        self._thread.join()
        os.close(self.end)
        return [json.loads(line) for line in self.data.splitlines()]

    def _read(self) -> None:
        while data := os.read(self.end, 1 << 16):
            self.data += data


@pytest.fixture
def reader() -> Iterator[Reader]:
    yield Reader()


def dropped(lines: list[dict[str, str]]) -> list[int]:
    return [int(line["message"].split()[0]) for line in lines if line["level"] == "warning"]


def test_records_are_written_in_batches_and_at_the_end() -> None:
    stream = io.StringIO()
    handler = BatchHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.handle(record())
    wait_for(stream.getvalue)
    assert stream.getvalue() == "request\n"
    for _ in range(3):
        handler.handle(record())
    handler.close()
    assert stream.getvalue() == "request\n" * 4


def test_what_comes_after_a_close_is_written_by_the_next() -> None:
    """`logging.config` closes every handler there is, and leaves them where they are."""
    stream = io.StringIO()
    handler = handler_to(stream)
    handler.close()
    handler.handle(record())
    handler.close()
    handler.close()
    assert stream.getvalue().count("request") == 1


def test_a_stream_that_nobody_reads_is_no_error() -> None:
    stream = io.StringIO()
    handler = BatchHandler(stream)
    stream.close()
    handler.handle(record())
    handler.close()


def test_a_record_that_cannot_be_formatted_is_told_and_not_quoted() -> None:
    stream = io.StringIO()
    handler = handler_to(stream)
    handler.handle(logging.LogRecord("x", logging.INFO, __file__, 0, "%d", ("planted",), None))
    handler.handle(record())
    handler.close()
    first, second = stream.getvalue().splitlines()
    assert "planted" not in first
    assert json.loads(first)["message"] == "A record of the log could not be formatted."
    assert "TypeError at " in json.loads(first)["trace"]
    assert json.loads(second)["message"] == "request"


def test_a_burst_waits_for_a_reader_who_is_behind(reader: Reader) -> None:
    handler = handler_to(Descriptor(reader.write_end, "utf-8"))
    for number in range(100_000):
        handler.handle(record(str(number) + "x" * 250))  # in all as long as a line of a request
    time.sleep(0.5)
    reader.begin()
    handler.close()
    lines = reader.finish()
    assert [int(line["message"].rstrip("x")) for line in lines] == list(range(100_000))


def test_what_nobody_reads_is_dropped_and_counted_once(reader: Reader) -> None:
    limit = 200_000
    handler = handler_to(Descriptor(reader.write_end, "utf-8"), limit=limit)
    for number in range(40):
        for _ in range(200):
            handler.handle(record(f"before {number}"))
        time.sleep(0.01)
    time.sleep(0.2)
    reader.begin()
    wait_for(lambda: b"were dropped" in reader.data)  # no further record is needed for that
    handler.handle(record("after"))
    handler.close()
    lines = reader.finish()
    assert len(reader.data) < limit + MARGIN
    assert len(dropped(lines)) == 1
    assert sum(dropped(lines)) + len(lines) - 1 == 40 * 200 + 1
    assert [line["message"] for line in lines[-1:]] == ["after"]
    assert lines[-2]["level"] == "warning"


class Disk:
    """A sink that is full for a while."""

    def __init__(self) -> None:
        self.full = True
        self.text = ""

    def write(self, text: str, /) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.text += text


def test_what_could_not_be_written_is_counted_too() -> None:
    disk = Disk()
    handler = handler_to(disk)
    for _ in range(3):  # a notice that is lost is told by the next
        for _ in range(5):
            handler.handle(record())
        time.sleep(0.15)
    disk.full = False
    handler.handle(record())
    handler.close()
    lines = [json.loads(line) for line in disk.text.splitlines()]
    assert dropped(lines) == [15]
    assert [line["message"] for line in lines[1:]] == ["request"]


ENDING = """
import logging, sys, time
from gateway.logs import set_up_logs
log = set_up_logs("info", "json")
for _ in range(5000):
    logging.getLogger("specrelay").info("x" * 100)
time.sleep(0.3)
began = time.monotonic()
log.close()
print(time.monotonic() - began < 4)
"""


def test_a_process_ends_though_nobody_reads(reader: Reader) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=reader.write_end,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"True\n")
    os.close(reader.write_end)
    os.close(reader.end)
