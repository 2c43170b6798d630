"""The stand-in: an upstream that answers every operation of a contract from the contract itself.

Nothing is stored and nothing is random: the same request gets the same answer, but for its
request id, which counts.
"""

import itertools
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from gateway.contract.model import Contract
from gateway.contract.router import Match, Router
from gateway.errors import RelayError
from gateway.standin.answers import choose
from gateway.standin.contents import Contents
from gateway.standin.echo import said_by
from gateway.standin.faults import Asked, BadRequestField, read_asked
from gateway.standin.record import Record, Recorded
from gateway.standin.replies import Reply, describe, error_value
from gateway.standin.uploads import Receive, Upload, read_upload
from gateway.standin.websocket import echo_messages, refuse_upgrade
from gateway.standin.wire import Over, Send, Wire

RECORD_PATH = "/-/record"
PACE = 0.02  # seconds between two events
UPGRADE = ((b"upgrade", b"websocket"), (b"connection", b"upgrade"))


def standin_app(
    contract: Contract, *, faults: bool = False, pace: float = PACE, record: Record | None = None
) -> "StandIn":
    """Return the stand-in of a contract, an ASGI app.

    It is asked at the paths at which the operations are served. With `faults` requests may ask for
    delays, errors and broken connections (see `gateway.standin.faults`); `pace` is the time between
    two events in seconds; what arrives is kept in `record`, which `GET /-/record` shows: whole,
    with whatever keys the requests carried.
    """
    return StandIn(contract, faults=faults, pace=pace, record=record)


class StandIn:
    """The ASGI app. Safe for any number of requests at once on one event loop."""

    def __init__(
        self, contract: Contract, *, faults: bool, pace: float, record: Record | None
    ) -> None:
        self._router = Router(contract.operations.values())
        self._contents = Contents(contract.document)
        self._faults = faults
        self._pace = pace
        self._record = record
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        entry = self._arrived(scope)
        answer = self._answer_websocket if scope["type"] == "websocket" else self._answer_http
        try:
            await answer(scope, receive, send, entry)
            entry.ended = "complete"
        except Over as over:
            entry.ended = "fault" if over.fault else "client-gone"
        finally:
            if entry.ended == "open":
                entry.ended = "client-gone"

    def _arrived(self, scope: Any) -> Recorded:
        query = scope["query_string"]
        entry = Recorded(
            request_id=f"req_standin_{next(self._numbers):08d}",
            method=scope.get("method", "GET"),
            target=scope["raw_path"] + (b"?" + query if query else b""),
            headers=tuple(scope["headers"]),
        )
        if self._record is not None and scope["path"] != RECORD_PATH:
            self._record.add(entry)
        return entry

    def _match(self, scope: Any, entry: Recorded) -> Match:
        match = self._router.match(entry.method, scope["raw_path"], scope["query_string"])
        entry.operation = match.operation.id
        return match

    async def _answer_websocket(
        self, scope: Any, receive: Receive, send: Send, entry: Recorded
    ) -> None:
        await receive()  # websocket.connect
        try:
            asked = read_asked(entry.headers, faults=self._faults)
            if not self._match(scope, entry).operation.websocket:
                raise RelayError("invalid_upgrade", "This operation is not a WebSocket.")
        except (RelayError, BadRequestField) as error:
            status, fields, value = describe(error)
        else:
            await self._delay(receive, send, asked)
            if asked.status is None:
                entry.status = 101
                await echo_messages(scope, receive, send, asked)
                return
            message = "The stand-in was asked for this status."
            status, fields, value = asked.status, (), error_value(asked.status, message)
        entry.status = status
        named = [(b"x-request-id", entry.request_id.encode()), *fields]
        await refuse_upgrade(scope, send, status, named, value)

    async def _delay(self, receive: Receive, send: Send, asked: Asked) -> None:
        wire = Wire(receive, send, asked)
        try:
            if asked.delay:
                await wire.pause(asked.delay)
            if asked.reset:
                await wire.reset()
        finally:
            await wire.aclose()

    async def _answer_http(self, scope: Any, receive: Receive, send: Send, entry: Recorded) -> None:
        try:
            asked = read_asked(entry.headers, faults=self._faults)
        except BadRequestField as error:
            await Reply(Wire(receive, send, Asked()), entry).refusal(error)
            return
        wire = Wire(receive, send, asked)
        try:
            upload = Upload() if asked.early else await read_upload(receive, entry.headers)
            if self._record is not None:
                self._record.note_body(entry, upload)
            if not upload.whole:
                raise Over(fault=False)
            if asked.delay:
                await wire.pause(asked.delay)
            if asked.reset:
                await wire.reset()
            await self._reply(scope, entry, asked, upload, Reply(wire, entry, _counted(upload)))
        finally:
            await wire.aclose()

    async def _reply(
        self, scope: Any, entry: Recorded, asked: Asked, upload: Upload, reply: Reply
    ) -> None:
        if self._record is not None and (entry.method, scope["path"]) == ("GET", RECORD_PATH):
            await reply.pieces(self._record.as_json())
            return
        try:
            match = self._match(scope, entry)
        except RelayError as error:
            await reply.refusal(error)
            return
        operation = match.operation
        if operation.websocket and asked.status is None:
            message = "This operation is a WebSocket; connect with an upgrade."
            await reply.json(426, error_value(426, message), UPGRADE)
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        accept = dict(entry.headers).get(b"accept", b"").decode("latin-1")
        choice = choose(operation, accept, upload.members, query, asked.status)
        said = said_by(operation, match.path_values, upload.members)
        if asked.pace is None:
            asked = replace(asked, pace=self._pace)
        await reply.choice(operation, choice, self._contents, said, asked)


def _counted(upload: Upload) -> list[tuple[bytes, bytes]]:
    """Tell what of a body came in."""
    if not upload.size:
        return []
    return [
        (b"x-stand-in-bytes", str(upload.size).encode()),
        (b"x-stand-in-sha256", upload.sha256.encode()),
    ]


async def _live(receive: Receive, send: Send) -> None:
    """Take part in the lifespan protocol; there is nothing to start or to stop."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
