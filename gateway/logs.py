"""The log: one line per request, JSON or pretty, written off the way of the requests."""

import contextlib
import json
import logging
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import orjson

from gateway.exchange import Exchange

PAUSE = 0.05  # seconds in which records gather
TURN = 8  # records written in a row, and more of them the more there are
# uvicorn logs what we cut or refuse on purpose; the access log tells of it already.
ON_PURPOSE = (
    "ASGI callable returned without completing response.",
    "ASGI callable returned without completing handshake.",
)


def members(exchange: Exchange) -> dict[str, Any]:
    """Return what a line says of an exchange; times are milliseconds, sizes bytes.

    `overhead_ms` is what is left of the total when the upstream's own time is taken off.
    """
    upstream = exchange.upstream_first - exchange.upstream_sent
    operation = exchange.operation
    said: dict[str, Any] = {"request_id": exchange.request_id}
    if exchange.parent_id is not None:
        said["parent_id"] = exchange.parent_id
    if exchange.upstream_id is not None:
        said["upstream_id"] = exchange.upstream_id
    said["status"] = exchange.status
    said["method"] = exchange.method
    if operation is not None:
        said["path"] = operation.path  # the template: a path that no operation has holds anything
        said["operation"] = operation.id
    if exchange.key_id is not None:
        said["key"] = exchange.key_id
    said["bytes_in"] = exchange.bytes_in
    said["bytes_out"] = exchange.bytes_out
    said["upstream_ms"] = round(upstream * 1000, 2) if upstream > 0 else 0.0
    said["total_ms"] = round((exchange.ended - exchange.started) * 1000, 2)
    said["overhead_ms"] = round(exchange.overhead * 1000, 2)
    said["outcome"] = exchange.outcome
    if exchange.code is not None:
        said["code"] = exchange.code
    if exchange.findings:
        said["findings"] = list(exchange.findings)
    if exchange.drift:
        said["drift"] = list(exchange.drift)
    if exchange.usage:
        said["usage"] = exchange.usage
    return said


def message(record: logging.LogRecord) -> str:
    """Return a record's message; of the event loop's only what happened.

    Its further lines show the objects that it happened to, whatever they hold.
    """
    text = record.getMessage()
    return text.partition("\n")[0] if record.name == "asyncio" else text.strip()


def trace(error: BaseException | None) -> str:
    """Tell what an error is and where it came from; its own words could quote a request."""
    told = []
    while error is not None:
        frames = []
        at = error.__traceback__
        while at is not None:
            frames.append(f"{at.tb_frame.f_code.co_qualname}:{at.tb_lineno}")
            at = at.tb_next
        told.append(f"{type(error).__qualname__} at {' > '.join(frames)}")
        error = error.__cause__
    return " from ".join(told)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    _second, _text = -1, ""  # the last second that was written, and how

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; its time is UTC (RFC 3339)."""
        said: dict[str, Any] = {
            "time": self._time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        exchange = getattr(record, "exchange", None)
        if isinstance(exchange, Exchange):
            said.update(members(exchange))
        else:
            said["message"] = message(record)
            if record.exc_info:
                said["trace"] = trace(record.exc_info[1])
        try:
            return orjson.dumps(said).decode()
        except TypeError:  # half of a surrogate pair, a count beyond 64 bits
            return json.dumps(said, separators=(",", ":"))

    def _time(self, created: float) -> str:
        second = int(created)
        if second != self._second:
            self._second = second
            self._text = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        return f"{self._text}.{int(created % 1 * 1000):03}+00:00"


class PrettyFormatter(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; its time is local."""
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        exchange = getattr(record, "exchange", None)
        if not isinstance(exchange, Exchange):
            text = message(record)
            if record.exc_info:
                text += " " + trace(record.exc_info[1])
            return f"{time} {record.levelname.lower()} {text}"
        said = members(exchange)
        ends = [said["outcome"]] if said["outcome"] != "complete" else []
        ends += [said[name] for name in ("code",) if name in said]
        return (
            f"{time} {said['status']} {said['method']} {said.get('path', '(no operation)')} "
            f"{said['total_ms']:.0f} ms (ours {said['overhead_ms']:.1f}) "
            f"{said['bytes_in']} in {said['bytes_out']} out "
            f"{' '.join(ends)} {said['request_id']}"
        ).replace("  ", " ")


class BatchHandler(logging.Handler):
    """Formats and writes records in a thread of its own, many at a time.

    A record costs the caller an append. A thread that woke for each one would fight for the
    interpreter lock with the loop that serves (measured: half the throughput).
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._records: deque[logging.LogRecord] = deque()
        self._some = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def createLock(self) -> None:
        """Make none: a deque takes records from any thread by itself."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Keep a record that the filters let through."""
        passed = self.filter(record)
        if passed:
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record for the next batch."""
        self._records.append(record)
        if not self._some.is_set():
            self._some.set()

    def close(self) -> None:
        """Write what is left, and end."""
        self._ending = True
        self._some.set()
        self._thread.join(5)
        if not self._thread.is_alive():
            self._write()
        super().close()

    def _run(self) -> None:
        while not self._ending:
            self._some.wait()
            if not self._ending:
                time.sleep(PAUSE)
            self._write()
            # Under load there is always more, and nobody has to be woken.
            if not self._records:
                self._some.clear()
                if self._records:  # one came in between
                    self._some.set()
        self._write()

    def _write(self) -> None:
        lines: list[str] = []
        turn = 0
        while self._records:
            if turn == 0:
                time.sleep(0)  # the loop that serves waits for the interpreter's lock
                turn = TURN + len(self._records) // TURN
            turn -= 1
            record = self._records.popleft()
            try:
                lines.append(self.format(record) + "\n")
            except Exception:
                self.handleError(record)
        with contextlib.suppress(OSError, ValueError):  # nobody reads the log any more
            self._stream.write("".join(lines))
            self._stream.flush()


def set_up_logs(level: str, form: Literal["auto", "json", "pretty"]) -> BatchHandler:
    """Send all logs to standard error; close the returned handler to write the rest."""
    if form == "auto":
        form = "pretty" if sys.stderr.isatty() else "json"
    handler = BatchHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else PrettyFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("specrelay").setLevel(level.upper())
    server = logging.getLogger("uvicorn")
    server.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: record.getMessage() not in ON_PURPOSE
    )
    return handler
