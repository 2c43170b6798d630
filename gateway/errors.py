"""Every error that Specrelay raises on purpose.

::

    SpecrelayError
    ├── StartError               the gateway cannot start; holds every finding, each with its mend
    └── RelayError               answered to a client; `code` decides the status
        ├── UpstreamError        unreachable, or failed before its response began
        └── UpstreamCut          the upstream failed after its response began
    ClientGone                   the client went away; nobody is left to answer

`code` is stable and has a heading in `docs/errors.md`. No message ever quotes a key, a header
value that could be one, or body content.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

# The status of each code. A code that is not here cannot be raised.
CODES: dict[str, HTTPStatus] = {
    "invalid_path": HTTPStatus.BAD_REQUEST,
    "invalid_parameter": HTTPStatus.BAD_REQUEST,
    "invalid_header": HTTPStatus.BAD_REQUEST,
    "invalid_body": HTTPStatus.BAD_REQUEST,
    "invalid_json": HTTPStatus.BAD_REQUEST,
    "invalid_form": HTTPStatus.BAD_REQUEST,
    "invalid_multipart": HTTPStatus.BAD_REQUEST,
    "invalid_encoding": HTTPStatus.BAD_REQUEST,
    "missing_body": HTTPStatus.BAD_REQUEST,
    "invalid_envelope": HTTPStatus.BAD_REQUEST,
    "invalid_upgrade": HTTPStatus.BAD_REQUEST,
    "missing_relay_key": HTTPStatus.UNAUTHORIZED,
    "invalid_relay_key": HTTPStatus.UNAUTHORIZED,
    "key_not_allowed": HTTPStatus.FORBIDDEN,
    "host_not_allowed": HTTPStatus.FORBIDDEN,
    "origin_not_allowed": HTTPStatus.FORBIDDEN,
    "operation_not_allowed": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "body_timeout": HTTPStatus.REQUEST_TIMEOUT,
    "body_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "upgrade_required": HTTPStatus.UPGRADE_REQUIRED,
    "too_many_jobs": HTTPStatus.TOO_MANY_REQUESTS,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "upstream_unreachable": HTTPStatus.BAD_GATEWAY,
    "upstream_disconnected": HTTPStatus.BAD_GATEWAY,
    "upstream_protocol_error": HTTPStatus.BAD_GATEWAY,
    "answer_too_large": HTTPStatus.BAD_GATEWAY,
    "upstream_credential_missing": HTTPStatus.SERVICE_UNAVAILABLE,
    "upstream_timeout": HTTPStatus.GATEWAY_TIMEOUT,
    "http_version_not_supported": HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a request.

    `param` is a JSON Pointer into the body (RFC 6901; "" is the whole body) or a parameter's name.
    `message` tells the rule and never quotes the value. `schema` is where the rule stands in the
    document (a JSON Pointer); logs show it, clients do not see it.
    """

    param: str
    message: str
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document or a setting.

    `place` is a JSON Pointer into the document or a setting's name. `mend` says what to do.
    """

    place: str
    message: str
    mend: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.mend}".strip()


class SpecrelayError(Exception):
    """The root of the tree."""


class StartError(SpecrelayError):
    """The gateway cannot start. `problems` holds every finding, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RelayError(SpecrelayError):
    """An answer to a client: `code` decides the status; `message` says what to do.

    `errors` lists all findings (at most 20); `headers` are added to the answer (raw pairs).
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        param: str | None = None,
        errors: Sequence[Finding] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(message)
        self.status = CODES[code]
        self.code = code
        self.message = message
        self.param = param if param is not None or not errors else errors[0].param
        self.errors = tuple(errors)
        self.headers = tuple(headers)


class UpstreamError(RelayError):
    """The upstream failed before its response began.

    `sent` tells whether a byte of the request was written: if so, the answer carries
    `x-should-retry: false`, because a repetition could do the work twice.
    """

    def __init__(self, code: str, message: str, *, sent: bool) -> None:
        headers = ((b"x-should-retry", b"false"),) if sent else ()
        super().__init__(code, message, headers=headers)
        self.sent = sent


class UpstreamCut(RelayError):
    """The upstream failed after its response began; the client's response must not end well."""


class ClientGone(SpecrelayError):
    """The client closed its connection; the upstream request is cancelled."""
