"""How a request's body is read and checked: whole, while it streams, or not at all."""

from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive

from gateway.contract.model import BodyType, Operation
from gateway.errors import Finding, RelayError
from gateway.exchange import Exchange
from gateway.stages.body_bytes import check_length, limited, missing_body, read_whole, replay
from gateway.validate.body import check_body
from gateway.validate.coding import refuse_coding
from gateway.validate.media_types import choose_type
from gateway.validate.multipart import MultipartCheck
from gateway.validate.part_rules import PartRules

KEPT = 16  # ways to write a Content-Type, per operation
LONGEST_KEPT = 256  # bytes of one


class BodyReader:
    """Reads the bodies of one operation."""

    def __init__(self, operation: Operation, document: Mapping[str, Any]) -> None:
        """`document` is the contract's own, in which the schemas' references lead."""
        self.operation = operation
        self.mode = operation.policy.request
        body = operation.body
        self._needed = body is not None and body.required and self.mode != "off"
        self._types: dict[bytes | None, BodyType] = {}  # by the Content-Type that was sent
        self._rules = {
            body_type.media_type: PartRules(body_type, document)
            for body_type in (body.types if body else ())
            if body_type.kind == "multipart"
        }

    async def checked(self, receive: Receive, exchange: Exchange) -> Receive:
        """Return a `receive` that gives the body's original bytes, checked.

        Raises RelayError for a body that was read whole; a streamed one raises from `receive`.
        """
        said = exchange.fields
        limit = self.operation.policy.max_body
        if not exchange.has_body:
            if self._needed:
                self._refuse(missing_body(self.operation), exchange)
            return receive
        if self.mode == "off":
            return limited(receive, said, limit)
        try:
            chosen = self._choose(said.get(b"content-type"))
        except RelayError as error:
            # Whether there is a body at all may be known only once it is read.
            if self.mode == "report" or b"content-length" in said:
                self._refuse(error, exchange)
                return limited(receive, said, limit)
            chosen = None
        if chosen is not None and chosen.kind == "multipart":
            return self._streamed(chosen, receive, exchange)
        if chosen is not None and chosen.kind == "raw" and chosen.check is None:
            needed = self._needed and self.mode == "enforce"
            return limited(receive, said, limit, self.operation if needed else None)
        whole = limit if limit is not None else self.operation.policy.max_whole_body
        check_length(said, whole)
        data = await read_whole(receive, whole, self.operation.policy.timeouts.idle or None)
        self._check_whole(chosen, data, exchange)
        exchange.body = data
        return replay(data, receive)

    def _choose(self, content_type: bytes | None) -> BodyType | None:
        """Return the declared type; raises RelayError as `choose_type` does."""
        chosen = self._types.get(content_type)
        if chosen is None:
            chosen = choose_type(self.operation, content_type)
            # A boundary is another one each time: only what comes again is kept, and not much.
            kept = chosen.kind != "multipart" and len(content_type or b"") <= LONGEST_KEPT
            if kept and len(self._types) < KEPT:
                self._types[content_type] = chosen
        return chosen

    def _streamed(self, chosen: BodyType, receive: Receive, exchange: Exchange) -> Receive:
        said = exchange.fields
        limit = self.operation.policy.max_body
        check_length(said, limit)
        try:
            refuse_coding(said.get(b"content-encoding"))
            check = MultipartCheck(
                chosen,
                said.get(b"content-type", b""),
                max_body=limit,
                required=self._needed,
                rules=self._rules[chosen.media_type],
            )
        except RelayError as error:
            self._refuse(error, exchange)
            return limited(receive, said, limit)
        return _Streamed(receive, check, self.mode, exchange).receive

    def _refuse(self, error: RelayError, exchange: Exchange) -> None:
        """Raise an error of the head; `request: report` notes it alone."""
        if self.mode == "enforce":
            raise error
        exchange.findings += (error.code,)

    def _check_whole(
        self,
        chosen: BodyType | None,
        data: bytes,
        exchange: Exchange,
    ) -> None:
        said = exchange.fields
        try:
            findings = check_body(
                self.operation,
                said.get(b"content-type"),
                said.get(b"content-encoding"),
                data,
                chosen,
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
