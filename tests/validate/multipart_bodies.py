"""Multipart bodies, the contract that they are checked by, and what becomes of them."""

import jsonschema_rs

from gateway.contract.model import BodyType
from gateway.contract.parts import PartsCompiler
from gateway.errors import Finding, RelayError
from gateway.validate.multipart import MultipartCheck
from gateway.validate.part_rules import PartRules

BINARY = {"type": "string", "format": "binary"}
DOCUMENT = {
    "components": {
        "schemas": {
            "After": {
                "type": "object",
                "required": ["anchor"],
                "properties": {"anchor": {"const": "created_at"}, "seconds": {"type": "integer"}},
            },
            "Purpose": {"type": "string", "enum": ["batch", "evals"]},
        }
    }
}
CONTENT_TYPE = b"multipart/form-data; boundary=b"


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


FILES = {
    "type": "object",
    "required": ["file", "purpose"],
    "properties": {
        "file": BINARY,
        "purpose": ref("Purpose"),
        "expires_after": ref("After"),
        "n": {"type": "integer", "minimum": 1},
        "stream": {"type": ["boolean", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "image": {"anyOf": [BINARY, {"type": "array", "items": BINARY, "maxItems": 2}]},
        "pair": {"type": "array", "items": BINARY, "minItems": 2},
        "input": {"oneOf": [BINARY, ref("After")]},
        "strategy": {"anyOf": [{"const": "auto"}, ref("After")]},
        "session": {"allOf": [ref("After")]},
        "list": {"type": "array", "items": ref("After")},
        "code": {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["7"]}]},
        "mixed": {
            "type": "array",
            "items": {"anyOf": [BINARY, {"const": "x"}]},
            "maxItems": 3,
        },
        "typed": BINARY,
        "any": {},
    },
}
ENCODING = {
    "typed": {"contentType": "image/*, text/csv"},
    "session": {"contentType": "application/json"},
}


class Check:
    """The engine itself, with the place of each error."""

    def __init__(self, schema: object) -> None:
        whole = {"allOf": [schema], **DOCUMENT}
        self._validator = jsonschema_rs.Draft202012Validator(whole)
        self.is_valid = self._validator.is_valid

    def findings(self, value: object, prefix: str = "") -> list[Finding]:
        return [
            Finding(prefix + "".join(f"/{part}" for part in error.instance_path), "is not valid")
            for error in self._validator.iter_errors(value)
        ]


def body_type(schema: object = None, encoding: object = None) -> BodyType:
    media = {"schema": schema or FILES, "encoding": encoding or ENCODING}
    compiler = PartsCompiler(DOCUMENT, lambda _: "multipart")
    node = {"content": {"multipart/form-data": media}}
    body = compiler.body(node, "", lambda schema, _: Check(schema))
    assert body is not None
    return body.types[0]


BODY = body_type()
RULES = PartRules(BODY, DOCUMENT)


def part(
    name: str, content: bytes | str, *, file: str | None = None, kind: str | None = None
) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    head += f'; filename="{file}"' if file is not None else ""
    head += f"\r\nContent-Type: {kind}" if kind is not None else ""
    data = content.encode() if isinstance(content, str) else content
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"


FILE = part("file", b"\x00\r\n\xff", file="f.bin", kind="application/octet-stream")
PURPOSE = part("purpose", "batch")
END = b"--b--\r\n"


def relayed(
    chunks: list[bytes], body: BodyType = BODY, max_body: int | None = None
) -> bytes | tuple[str, tuple[Finding, ...]]:
    """What the upstream gets in all, or the refusal."""
    rules = PartRules(body, DOCUMENT)
    check = MultipartCheck(body, CONTENT_TYPE, max_body=max_body, rules=rules)
    sent = b""
    try:
        for chunk in chunks:
            sent += check.feed(chunk)
            assert b"\r\n--b--" not in sent
        return sent + check.close()
    except RelayError as error:
        return error.code, error.errors


def refused(data: bytes, body: BodyType = BODY) -> list[str]:
    verdict = relayed([data], body)
    assert isinstance(verdict, tuple), verdict
    assert verdict[0] == "invalid_multipart"
    assert relayed([data[at : at + 1] for at in range(len(data))], body) == verdict
    return [finding.param for finding in verdict[1]]


def passes(*parts: bytes, body: BodyType = BODY) -> None:
    data = b"".join(parts) + (FILE + PURPOSE if body is BODY else b"") + END
    assert relayed([data], body) == data
    assert relayed([data[at : at + 1] for at in range(len(data))], body) == data


def fails(pointer: str, *parts: bytes, body: BodyType = BODY) -> None:
    data = b"".join(parts) + (FILE + PURPOSE if body is BODY else b"") + END
    assert pointer in refused(data, body)
