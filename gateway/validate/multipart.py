"""Multipart bodies, checked while they stream to the upstream (RFC 7578). No I/O.

The upstream gets every byte as it came, but never a complete body that is not valid: a delimiter
and the part headers behind it go out when they are read and found well-formed, the closing
delimiter when all checks have passed. Files pass without a copy and are never collected.
"""

from collections.abc import Iterator

from gateway.contract.model import BodyType
from gateway.contract.pointer import escape
from gateway.errors import Finding, RelayError
from gateway.validate.media_types import UTF_8
from gateway.validate.multipart_fields import Fields
from gateway.validate.multipart_parser import (
    Closing,
    Content,
    Epilogue,
    Event,
    Malformed,
    MultipartParser,
    PartBegin,
)
from gateway.validate.part_headers import PartHead, read_boundary, read_part_head
from gateway.validate.part_rules import PartRule, PartRules
from gateway.validate.readings import MAX_FINDINGS

MAX_TEXT_BYTES = 1024 * 1024  # of one field that is read
MAX_TEXTS_BYTES = 8 * 1024 * 1024  # of all fields that are read


class MultipartCheck:
    """Checks one body. `feed` and `close` return what may go to the upstream.

    Both raise `RelayError` (`invalid_multipart`, `body_too_large`, `missing_body`); then nothing
    more may go out, and every later call raises the same error. The constructor raises for a
    `content_type` without a good boundary (`invalid_multipart`, `invalid_header`).

    Nothing goes out once a field is not valid; the error comes at the next part that is not read,
    or at the end, so that fields sent together are reported together. The verdict does not depend
    on how the body is cut into chunks.

    `max_body` is in bytes, None for no limit. `required` tells whether an empty body is an error.
    `rules` are the body's, made once and used for all requests; without them they are made here and
    know nothing of the document: what stands behind a `$ref` inside a property is then any value.
    """

    def __init__(
        self,
        body: BodyType,
        content_type: bytes,
        *,
        max_body: int | None,
        required: bool = True,
        rules: PartRules | None = None,
    ) -> None:
        try:
            boundary = read_boundary(content_type)
        except Malformed as error:
            raise _refusal([Finding("", error.message, body.pointer)]) from None
        self._body = body
        self._parser = MultipartParser(boundary)
        self._rules = PartRules(body, {}) if rules is None else rules
        self._fields = Fields(body, closed=self._rules.closed)
        self._max_body = max_body
        self._required = required
        self._size = 0
        self._texts_size = 0
        self._text: bytearray | None = None  # of the part that is being read, None: not read
        self._part: tuple[PartRule | None, PartHead] | None = None
        self._rest: list[bytes] = []  # the closing delimiter and the epilogue
        self._error: RelayError | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes of the body; return those that may go out now.

        Those of a chunk that lies inside a file are the chunk itself.
        """
        taken = chunk
        if self._max_body is not None:
            taken = chunk[: max(0, self._max_body - self._size)]
        self._size += len(chunk)
        out = self._take(self._parser.feed(taken))
        if len(taken) < len(chunk):
            raise self._failed(_too_large(self._max_body or 0))
        if self._fields.findings:
            return b""
        return out[0] if len(out) == 1 else b"".join(out)

    def close(self) -> bytes:
        """Take the end of the body; return the closing delimiter and what stands behind it."""
        if self._error is None and not self._size:
            if self._required:
                raise self._failed(RelayError("missing_body", "The body is empty; send one."))
            return b""
        self._take(self._parser.finish())
        return b"".join(self._rest)

    def _take(self, events: Iterator[Event]) -> list[bytes]:
        if self._error is not None:
            raise self._error
        out: list[bytes] = []
        try:
            for event in events:
                if isinstance(event, Closing | Epilogue):
                    self._rest.append(event.raw)
                    if isinstance(event, Closing):
                        self._finish()
                    continue
                if isinstance(event, PartBegin):
                    self._begin_part(event)
                elif self._text is not None and isinstance(event, Content):
                    self._gather(event.raw)
                out.append(event.raw)
        except Malformed as error:
            malformed = Finding(error.param, error.message, self._body.pointer)
            raise self._failed(_refusal([*self._fields.findings, malformed])) from None
        return out

    def _begin_part(self, event: PartBegin) -> None:
        self._end_part()
        head = read_part_head(event.head)
        rule = self._rules.rule_for(head.name)
        self._part = (rule, head)
        read = head.name == "_charset_" if rule is None else not rule.is_file(head)
        if rule is None:
            self._fields.note(head.name)
        else:
            self._texts_size += len(event.head)
            if not read:
                self._fields.add_file(rule, head)
        if read:
            self._text = bytearray()
        else:
            self._raise_findings()

    def _gather(self, raw: bytes) -> None:
        assert self._text is not None
        self._text += raw
        self._texts_size += len(raw)
        if len(self._text) > MAX_TEXT_BYTES:
            name = self._part[0].field if self._part and self._part[0] else ""
            raise Malformed(
                f"A field that is no file has more than {MAX_TEXT_BYTES} bytes.",
                "/" + escape(name) if name else "",
            )
        if self._texts_size > MAX_TEXTS_BYTES:
            raise Malformed(
                f"The fields that are no files have over {MAX_TEXTS_BYTES} bytes in all."
            )

    def _end_part(self) -> None:
        if self._part is None or self._text is None:
            return
        rule, head = self._part
        content, self._text = bytes(self._text), None
        if rule is not None:
            self._fields.add_text(rule, head, content)
        if head.name == "_charset_" and content.decode("latin-1").strip().lower() not in UTF_8:
            raise Malformed("The form's charset must be UTF-8.", "/_charset_")
        if len(self._fields.findings) >= MAX_FINDINGS:
            self._raise_findings()

    def _finish(self) -> None:
        self._end_part()
        self._fields.finish()
        self._raise_findings()

    def _raise_findings(self) -> None:
        if self._fields.findings:
            raise self._failed(_refusal(self._fields.findings))

    def _failed(self, error: RelayError) -> RelayError:
        self._error = error
        return error


def _refusal(findings: list[Finding]) -> RelayError:
    first = findings[0]
    place = f"{first.param} " if first.param else ""
    others = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
    return RelayError(
        "invalid_multipart",
        f"The multipart body is not valid: {place}{first.message}{others}",
        errors=findings[:MAX_FINDINGS],
    )


def _too_large(limit: int) -> RelayError:
    return RelayError(
        "body_too_large", f"The body is larger than the {limit} bytes that this operation takes."
    )
