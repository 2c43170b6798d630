import json
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.model import Contract
from gateway.contract.types import TypeReader
from gateway.errors import RelayError
from gateway.local.inner_body import write_body
from tests.local.documents import body, contract_of, document, operation

OBJECT = {"type": "object"}
FORM = "application/x-www-form-urlencoded"
ENCODING = {
    "joined": {"style": "form", "explode": False},
    "deep": {"style": "deepObject", "explode": True},
    "json": {"contentType": "application/json"},
}
BODIES = {
    "object": body("application/json", OBJECT),
    "text": body("application/json", {"type": ["string", "null"], "maxLength": 3}),
    "union": body("application/json", {"anyOf": [OBJECT, {"$ref": "#/components/schemas/Text"}]}),
    "loose": body("application/json", {"maxLength": 3}),
    "anything": body("application/json"),
    "patch": body("application/merge-patch+json", OBJECT),
    "form": body(FORM, OBJECT, encoding=ENCODING),
    "plain": body("text/plain"),
    "any": body("*/*"),
    "picture": body("image/*"),
    "upload": body("multipart/form-data", OBJECT),
    "nothing": {},
    "either": {
        "requestBody": {
            "content": {
                "multipart/form-data": {"schema": OBJECT},
                "application/json": {"schema": OBJECT},
            }
        }
    },
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder: Path = tmp_path_factory.mktemp("document")
    paths = {f"/{name}": {"post": operation(name, **said)} for name, said in BODIES.items()}
    tree = document(paths)
    tree["components"]["schemas"] = {"Text": {"type": "string"}}
    return contract_of(tree, folder)


def written(contract: Contract, name: str, value: Any) -> tuple[bytes, bytes] | None:
    return write_body(contract.operations[name], value, TypeReader(contract.document))


JSON = b"application/json"


@pytest.mark.parametrize(
    ("name", "value", "content", "media_type"),
    [
        ("object", {"a": ["ü", 1.5, None]}, '{"a":["ü",1.5,null]}'.encode(), JSON),
        ("object", '{"a": 1e2}', b'{"a": 1e2}', JSON),
        ("object", '"[1]"', b'"[1]"', JSON),
        ("text", "[1]", b'"[1]"', JSON),
        ("text", "too long, for the check to tell", b'"too long, for the check to tell"', JSON),
        ("text", 7, b"7", JSON),
        ("union", "null", b'"null"', JSON),
        ("loose", "ab", b'"ab"', JSON),
        ("loose", '{"a":1}', b'{"a":1}', JSON),
        ("anything", "x", b'"x"', JSON),
        ("patch", {"a": 1}, b'{"a":1}', b"application/merge-patch+json"),
        ("plain", "ü", "ü".encode(), b"text/plain"),
        ("any", "x", b"x", b"application/octet-stream"),
        ("either", {"a": 1}, b'{"a":1}', JSON),
        ("form", {"a": 1, "b": [True, "x y"], "n": None}, b"a=1&b=true&b=x%20y", FORM.encode()),
        ("form", '{"a": 1}', b"a=1", FORM.encode()),
        ("form", {"joined": ["a", "b"]}, b"joined=a,b", FORM.encode()),
        ("form", {"deep": {"a": {"b": 1}}}, b"deep%5Ba%5D%5Bb%5D=1", FORM.encode()),
        ("form", {"deep": ["x"]}, b"deep%5B0%5D=x", FORM.encode()),
        ("form", {"a": [{"b": 1}]}, b"a%5B0%5D%5Bb%5D=1", FORM.encode()),
        ("form", {"json": {"a": 1}}, b"json=%7B%22a%22%3A%201%7D", FORM.encode()),
    ],
)
def test_bodies(
    contract: Contract, name: str, value: Any, content: bytes, media_type: bytes
) -> None:
    assert written(contract, name, value) == (content, media_type)


def test_no_body(contract: Contract) -> None:
    assert written(contract, "object", None) is None
    assert written(contract, "nothing", None) is None


@pytest.mark.parametrize(
    ("name", "value", "code", "param"),
    [
        ("object", "{", "invalid_envelope", "/body"),
        ("object", '{"a":1,"a":2}', "invalid_envelope", "/body"),
        ("form", [], "invalid_envelope", "/body"),
        ("form", {"a": [[[]], {}], "b~/": [1, None]}, "invalid_envelope", "/body/b~0~1"),
        ("plain", {"a": 1}, "invalid_envelope", "/body"),
        ("nothing", {}, "invalid_envelope", "/body"),
        ("upload", {"a": 1}, "unsupported_media_type", "/body"),
        ("picture", "x", "unsupported_media_type", "/body"),
    ],
)
def test_bodies_that_are_refused(
    contract: Contract, name: str, value: Any, code: str, param: str
) -> None:
    with pytest.raises(RelayError) as caught:
        written(contract, name, value)
    assert (caught.value.code, caught.value.param) == (code, param)


def test_no_message_quotes_the_body(contract: Contract) -> None:
    with pytest.raises(RelayError) as caught:
        written(contract, "object", '{"secret": hush}')
    said = json.dumps([caught.value.message, *map(str, caught.value.errors)])
    assert "secret" not in said
    assert "hush" not in said
