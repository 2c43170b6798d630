"""How a request's body is read and checked: whole, while it streams, or not at all."""

from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive, Scope

from gateway.contract.model import BodyType, Operation
from gateway.errors import ClientGone, Finding, RelayError
from gateway.exchange import Exchange
from gateway.relay.headers import expects_body, header
from gateway.validate.body import check_body
from gateway.validate.coding import refuse_coding
from gateway.validate.media_types import choose_type
from gateway.validate.multipart import MultipartCheck
from gateway.validate.part_rules import PartRules

Headers = list[tuple[bytes, bytes]]


class BodyReader:
    """Reads the bodies of one operation."""

    def __init__(self, operation: Operation, document: Mapping[str, Any]) -> None:
        """`document` is the contract's own, in which the schemas' references lead."""
        self.operation = operation
        self.mode = operation.policy.request
        self._rules = {
            body_type.media_type: PartRules(body_type, document)
            for body_type in (operation.body.types if operation.body else ())
            if body_type.kind == "multipart"
        }

    async def checked(self, scope: Scope, receive: Receive, exchange: Exchange) -> Receive:
        """Return a `receive` that gives the body's original bytes, checked.

        Raises RelayError for a body that was read whole; a streamed one raises from `receive`.
        """
        headers: Headers = scope["headers"]
        limit = self.operation.policy.max_body
        if not expects_body(headers):
            self._check_absence()
            return receive
        if self.mode == "off":
            return _limited(receive, headers, limit)
        chosen = self._choose(headers, exchange)
        if chosen is not None and chosen.kind == "multipart":
            refuse_coding(header(headers, b"content-encoding"))
            _check_length(headers, limit)
            check = self._multipart_check(chosen, headers)
            return _Streamed(receive, check, self.mode, exchange).receive
        if chosen is not None and chosen.kind == "raw" and chosen.check is None:
            return _limited(receive, headers, limit)
        whole = limit if limit is not None else self.operation.policy.max_whole_body
        _check_length(headers, whole)
        data = await _read_whole(receive, whole)
        self._check_whole(headers, data, exchange)
        return _replay(data, receive)

    def _multipart_check(self, chosen: BodyType, headers: Headers) -> MultipartCheck:
        body = self.operation.body
        return MultipartCheck(
            chosen,
            header(headers, b"content-type") or b"",
            max_body=self.operation.policy.max_body,
            required=body is not None and body.required,
            rules=self._rules[chosen.media_type],
        )

    def _check_absence(self) -> None:
        body = self.operation.body
        if body is not None and body.required and self.mode == "enforce":
            raise RelayError("missing_body", f"{self.operation.id} needs a body.")

    def _choose(self, headers: Headers, exchange: Exchange) -> BodyType | None:
        """Return the declared type of a body; None where the body may turn out to be empty."""
        try:
            return choose_type(self.operation, header(headers, b"content-type"))
        except RelayError as error:
            # Whether there is a body at all is known only once it is read.
            if header(headers, b"content-length") is None:
                return None
            if self.mode == "enforce":
                raise
            exchange.findings += (error.code,)
            return None

    def _check_whole(self, headers: Headers, data: bytes, exchange: Exchange) -> None:
        try:
            findings = check_body(
                self.operation,
                header(headers, b"content-type"),
                header(headers, b"content-encoding"),
                data,
            )
        except RelayError as error:
            if self.mode == "enforce":
                raise
            exchange.findings += (error.code,)
            return
        if findings:
            exchange.findings += tuple(finding.schema for finding in findings)
            if self.mode == "enforce":
                raise invalid_body(self.operation, findings)


def invalid_body(operation: Operation, findings: list[Finding]) -> RelayError:
    """Make the error for a body with findings."""
    first = findings[0]
    place = first.param or "the body"
    return RelayError("invalid_body", f"{operation.id}: {place}: {first.message}", errors=findings)


class _Streamed:
    """A multipart body that is checked while it passes."""

    def __init__(
        self, receive: Receive, check: MultipartCheck, mode: str, exchange: Exchange
    ) -> None:
        self._receive = receive
        self._check: MultipartCheck | None = check
        self._enforce = mode == "enforce"
        self._exchange = exchange
        self._held = b""

    async def receive(self) -> Message:
        """Give the next bytes that may go to the upstream; raises RelayError at a finding."""
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            chunk, more = message.get("body", b""), message.get("more_body", False)
            passed = self._pass(chunk, more)
            if passed or not more:
                return {"type": "http.request", "body": passed, "more_body": more}

    def _pass(self, chunk: bytes, more: bool) -> bytes:
        if self._check is None:
            return chunk
        if self._enforce:
            passed = self._check.feed(chunk)
            return passed if more else passed + self._check.close()
        self._held += chunk
        try:
            passed = self._check.feed(chunk)
            if not more:
                passed += self._check.close()
        except RelayError as error:
            # `request: report`: say what is wrong, and let everything pass from here on.
            self._exchange.findings += tuple(f.schema for f in error.errors) or (error.code,)
            self._check = None
            held, self._held = self._held, b""
            return held
        self._held = self._held[len(passed) :]
        return passed


def _limited(receive: Receive, headers: Headers, limit: int | None) -> Receive:
    """Pass a body unread but for its size."""
    if limit is None:
        return receive
    _check_length(headers, limit)
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
        return message

    return counting


def _check_length(headers: Headers, limit: int | None) -> None:
    length = header(headers, b"content-length")
    if limit is not None and length is not None and length.isdigit() and int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> RelayError:
    return RelayError("body_too_large", f"The body is larger than {limit} bytes, the limit here.")


async def _read_whole(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _replay(data: bytes, receive: Receive) -> Receive:
    """Give a body that was read whole once more, then what the connection says."""
    given = False

    async def replaying() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": data, "more_body": False}

    return replaying
