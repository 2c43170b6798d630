"""A request's body that is read whole: from its bytes to what is wrong with them."""

from gateway.contract.model import BodyType, Check, Operation
from gateway.errors import Finding, RelayError
from gateway.validate.coding import decoded_body
from gateway.validate.form import form_findings
from gateway.validate.media_types import choose_type
from gateway.validate.strict_json import parse_json


def check_body(
    operation: Operation,
    content_type: bytes | None,
    content_encoding: bytes | None,
    data: bytes,
    chosen: BodyType | None = None,
) -> list[Finding]:
    """List at most 20 findings of a body; an empty list is a good one.

    `chosen` is what `choose_type` returned for it, where that was asked before.

    Multipart bodies are checked while they stream, by `MultipartCheck`; here they pass. What is no
    matter of the schema is raised as RelayError: `missing_body`, `unsupported_media_type`,
    `invalid_header`, `invalid_encoding`, `body_too_large`, `invalid_json`, `invalid_form`,
    `invalid_body` for a text that is not UTF-8. An empty body is none, whatever its type.
    """
    if not data:
        if operation.body is not None and operation.body.required:
            accepted = ", ".join(body_type.media_type for body_type in operation.body.types)
            raise RelayError("missing_body", f"{operation.id} needs a body: {accepted}.")
        return []
    body = chosen or choose_type(operation, content_type)
    if body.kind in ("raw", "multipart"):
        return _raw_findings(data, body)
    if content_encoding is not None:
        policy = operation.policy
        limit = policy.max_whole_body if policy.max_body is None else policy.max_body
        data = decoded_body(data, content_encoding, limit)
    if body.kind == "form":
        return form_findings(data, body)
    # Without a schema it must still be JSON: the upstream is told that it is.
    value = parse_json(data)
    check = body.check
    return [] if check is None or check.is_valid(value) else check.findings(value)


def _raw_findings(data: bytes, body: BodyType) -> list[Finding]:
    check: Check | None = body.check if body.media_type.startswith("text/") else None
    if check is None:
        return []
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise RelayError("invalid_body", "The body is not UTF-8.") from None
    return [] if check.is_valid(text) else check.findings(text)
