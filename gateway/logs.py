"""The log: one line per request, JSON or pretty."""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from gateway.exchange import Exchange
from gateway.log_handler import LineHandler, UnqueuedHandler
from gateway.log_sink import Descriptor, SharedDescriptor, Sink

# uvicorn logs what we cut or refuse on purpose; the access log tells of it already.
ON_PURPOSE = (
    "ASGI callable returned without completing response.",
    "ASGI callable returned without completing handshake.",
)


def members(exchange: Exchange) -> dict[str, Any]:
    """Return what a line says of an exchange; times are milliseconds, sizes bytes.

    `overhead_ms` is what is left of the total when the upstream's own time is taken off.
    """
    said: dict[str, Any] = {"request_id": exchange.request_id}
    if exchange.parent_id is not None:
        said["parent_id"] = exchange.parent_id
    if exchange.upstream_id is not None:
        said["upstream_id"] = exchange.upstream_id
    said["status"] = exchange.status
    said["method"] = exchange.method
    operation = exchange.operation
    if operation is not None:
        said["path"] = operation.path  # the template: a path that no operation has holds anything
        said["operation"] = operation.id
    if exchange.key_id is not None:
        said["key"] = exchange.key_id
    said["bytes_in"] = exchange.bytes_in
    said["bytes_out"] = exchange.bytes_out
    upstream = exchange.upstream_first - exchange.upstream_sent
    # To a hundredth of a millisecond; `round` goes by way of text, and takes three times as long.
    said["upstream_ms"] = int(upstream * 1e5 + 0.5) / 100 if upstream > 0 else 0.0
    said["total_ms"] = int((exchange.ended - exchange.started) * 1e5 + 0.5) / 100
    said["overhead_ms"] = int(exchange.overhead * 1e5 + 0.5) / 100
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


class JsonLines:
    """One JSON object a line."""

    _second, _text = -1, ""  # the last second that was written, and how

    def __call__(self, record: logging.LogRecord) -> bytes:
        """Write a record; its time is UTC (RFC 3339)."""
        said: dict[str, Any] = {
            "time": self._time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        exchange = getattr(record, "exchange", None)
        if isinstance(exchange, Exchange):
            said |= members(exchange)
        else:
            said["message"] = message(record)
            if record.exc_info:
                said["trace"] = trace(record.exc_info[1])
        try:
            return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError:  # half of a surrogate pair, a count beyond 64 bits
            return json.dumps(said, separators=(",", ":")).encode() + b"\n"

    def _time(self, created: float) -> str:
        second = int(created)
        if second != self._second:
            self._second = second
            self._text = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        return f"{self._text}.{int(created % 1 * 1000):03}+00:00"


class PrettyLines:
    """A line for people."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    def __call__(self, record: logging.LogRecord) -> bytes:
        """Write a record; what the encoding lacks is escaped."""
        return f"{self._text(record)}\n".encode(self._encoding, "backslashreplace")

    def _text(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")  # local
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


Form = Literal["auto", "json", "pretty"]


def set_up_logs(level: str, form: Form, sink: Sink | None = None) -> LineHandler:
    """Send all logs to standard error, or a sink; close the returned handler to write the rest."""
    handler = LineHandler(_lines(form), sink or Descriptor(sys.stderr.fileno()))
    _send(level, handler)
    return handler


def set_up_unqueued_logs(level: str, form: Form, sink: SharedDescriptor) -> None:
    """Send all logs to a sink at once, without a thread; what nobody reads is dropped."""
    _send(level, UnqueuedHandler(_lines(form), sink))


def _lines(form: Form) -> Callable[[logging.LogRecord], bytes]:
    pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    return PrettyLines(sys.stderr.encoding) if pretty else JsonLines()


def _send(level: str, handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("specrelay").setLevel(level.upper())
    # A level of its own: without one uvicorn makes a trace of each connection, for nobody.
    server = logging.getLogger("uvicorn.error")
    server.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    server.addFilter(_is_unplanned)


def _is_unplanned(record: logging.LogRecord) -> bool:
    return record.getMessage() not in ON_PURPOSE
