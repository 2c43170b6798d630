"""The log's handler: a line of each record, and none that quotes what it was made of."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from gateway.log_handler import LineHandler
from gateway.logs import JsonLines
from tests.pipes import Reader

ROOT = Path(__file__).parent.parent


def record(text: str = "request") -> logging.LogRecord:
    return logging.LogRecord("specrelay", logging.INFO, __file__, 0, text, None, None)


def written(stream: io.BytesIO) -> list[str]:
    return [json.loads(line)["message"] for line in stream.getvalue().splitlines()]


def test_each_record_is_a_line_though_the_handler_was_closed() -> None:
    """`logging.config` closes every handler there is, and leaves them where they are."""
    stream = io.BytesIO()
    handler = LineHandler(JsonLines(), stream)
    assert handler.handle(record("one"))
    handler.close()
    assert written(stream) == ["one"]
    handler.handle(record("two"))
    handler.close()
    handler.close()
    assert written(stream) == ["one", "two"]


def test_filters_decide_and_may_put_another_record_in_the_place() -> None:
    stream = io.BytesIO()
    handler = LineHandler(JsonLines(), stream)

    def other(given: logging.LogRecord) -> logging.LogRecord | bool:
        return record("another") if given.msg == "change" else given.msg != "drop"

    handler.addFilter(other)
    texts = ("drop", "change", "keep")
    taken = [bool(handler.handle(record(text))) for text in texts]
    handler.close()
    assert taken == [False, True, True]
    # Before 3.12 a filter says yes or no.
    changed = "another" if sys.version_info >= (3, 12) else "change"
    assert written(stream) == [changed, "keep"]


def test_a_record_that_cannot_be_formatted_is_told_and_not_quoted() -> None:
    stream = io.BytesIO()
    handler = LineHandler(JsonLines(), stream)
    handler.handle(logging.LogRecord("x", logging.INFO, __file__, 0, "%d", ("planted",), None))
    handler.handle(record())
    handler.close()
    assert b"planted" not in stream.getvalue()
    assert written(stream) == ["A record of the log could not be formatted.", "request"]
    assert "TypeError at " in json.loads(stream.getvalue().splitlines()[0])["trace"]


def test_what_is_dropped_is_a_warning_in_its_place() -> None:
    reader = Reader()
    stream = os.fdopen(reader.write_end, "wb", buffering=0, closefd=False)
    handler = LineHandler(JsonLines(), stream, limit=200_000)
    for number in range(10_000):
        handler.handle(record(f"before {number}"))
    reader.begin()
    handler.close()
    lines = [json.loads(line) for line in reader.finish().splitlines()]
    told = [line for line in lines if line["level"] == "warning"]
    assert len(told) == 1
    assert int(told[0]["message"].split()[0]) + len(lines) - 1 == 10_000
    assert "were dropped" in told[0]["message"]


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


def test_a_process_ends_though_nobody_reads() -> None:
    reader = Reader()
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
