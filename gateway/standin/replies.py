"""Write one response: an answer of the contract, or an error in OpenAI's shape."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from gateway.contract.model import Operation
from gateway.errors import RelayError
from gateway.standin.answers import EVENT_STREAM, NO_CONTENT, Choice, essence, is_json
from gateway.standin.binary import SIZE, sample
from gateway.standin.contents import JSON_LINES, Contents, encode_body, is_text
from gateway.standin.echo import echo
from gateway.standin.faults import Asked, BadRequestField
from gateway.standin.record import Recorded
from gateway.standin.wire import Wire

Field = tuple[bytes, bytes]
KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class Reply:
    """The response to one request. `fields` are added to whatever it is."""

    def __init__(self, wire: Wire, entry: Recorded, fields: Sequence[Field] = ()) -> None:
        self._wire = wire
        self._entry = entry
        self._fields = fields

    async def refusal(self, error: RelayError | BadRequestField) -> None:
        """Answer with an error of the stand-in's own."""
        status, fields, value = describe(error)
        await self.json(status, value, fields)

    async def json(self, status: int, value: Any, fields: Sequence[Field] = ()) -> None:
        """Answer with a JSON value."""
        body = encode_body("application/json", value)
        await self._whole(status, "application/json", body, fields)

    async def pieces(self, pieces: Iterable[bytes]) -> None:
        """Answer with JSON whose pieces are made while they are sent."""
        await self._start(200, [(b"content-type", b"application/json")])
        for piece in pieces:
            self._wire.check()
            await self._wire.body(piece, more=True)
        await self._wire.body(b"", more=False)

    async def choice(
        self,
        operation: Operation,
        choice: Choice,
        contents: Contents,
        said: Mapping[str, Any],
        asked: Asked,
    ) -> None:
        """Answer as the contract declares it; `said` is what the answer may repeat."""
        declared = contents.fields(operation, choice)
        if choice.media_type is None or choice.declared is None:
            if choice.status >= 400:
                value = error_value(choice.status, "The stand-in was asked for this status.")
                await self.json(choice.status, value, declared)
            else:
                await self._whole(choice.status, None, b"", declared)
        elif choice.media_type == EVENT_STREAM:
            events = contents.events(operation, choice)
            await self._events(choice, events, declared, asked.pace or 0.0)
        elif _is_made(choice.media_type):
            value = contents.value(operation, choice)
            value = echo(value, choice.media.get("schema", True), contents.maker, said)
            body = encode_body(choice.media_type, value)
            await self._whole(choice.status, _named(choice), body, declared)
        else:
            size = SIZE if asked.size is None else asked.size
            await self._binary(choice, size, declared)

    async def _start(self, status: int, fields: Sequence[Field]) -> None:
        self._entry.status = status
        own = (b"x-request-id", self._entry.request_id.encode())
        await self._wire.start(status, (own, *self._fields, *fields))

    async def _whole(
        self, status: int, media_type: str | None, body: bytes, fields: Sequence[Field]
    ) -> None:
        framing: list[Field] = []
        if media_type is not None:
            framing.append((b"content-type", media_type.encode("latin-1")))
        if status not in NO_CONTENT:
            framing.append((b"content-length", str(len(body)).encode()))
        await self._start(status, [*framing, *fields])
        await self._wire.body(b"" if self._is_head else body, more=False)

    async def _events(
        self, choice: Choice, events: Sequence[bytes], fields: Sequence[Field], pace: float
    ) -> None:
        await self._start(choice.status, [(b"content-type", _named(choice).encode()), *fields])
        for index, event in enumerate(events):
            await self._wire.pause(pace if index else 0.0)
            await self._wire.body(event, more=True)
        await self._wire.body(b"", more=False)

    async def _binary(self, choice: Choice, size: int, fields: Sequence[Field]) -> None:
        framing = [
            (b"content-type", _named(choice).encode("latin-1")),
            (b"content-length", str(size).encode()),
        ]
        await self._start(choice.status, [*framing, *fields])
        if not self._is_head:
            for piece in sample(choice.media_type or "", size):
                self._wire.check()
                await self._wire.body(piece, more=True)
        await self._wire.body(b"", more=False)

    @property
    def _is_head(self) -> bool:
        return self._entry.method == "HEAD"


def error_value(status: int, message: str, code: str | None = None) -> dict[str, Any]:
    """Return an error in OpenAI's shape."""
    kind = KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def describe(error: RelayError | BadRequestField) -> tuple[int, Sequence[Field], dict[str, Any]]:
    """Return the status, fields and value that answer an error of the stand-in's own."""
    if isinstance(error, RelayError):
        value = error_value(error.status, error.message, error.code)
        return int(error.status), error.headers, value
    return HTTPStatus.BAD_REQUEST, (), error_value(400, str(error), "invalid_header")


def _is_made(media_type: str) -> bool:
    return is_json(media_type) or is_text(media_type) or essence(media_type) in JSON_LINES


def _named(choice: Choice) -> str:
    """Return the Content-Type: as declared, a range as what it was made."""
    declared, concrete = choice.declared or "", choice.media_type or ""
    return declared if essence(declared) == concrete else concrete
