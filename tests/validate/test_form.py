"""Form bodies: fields into the object that they stand for, and what is wrong with them."""

import time

import pytest

from gateway.contract.model import BodyType, PartEncoding
from gateway.errors import RelayError
from gateway.validate.form import MAX_FINDINGS, fields_to_object, form_findings
from gateway.validate.schemas import SchemaChecks

DOCUMENT = {
    "components": {
        "schemas": {
            "Item": {
                "type": "object",
                "required": ["price"],
                "additionalProperties": False,
                "properties": {
                    "price": {"type": "string"},
                    "count": {"type": "integer"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                },
            }
        }
    }
}
PROPERTIES = {
    "amount": {"type": "integer"},
    "live": {"type": "boolean"},
    "name": {"type": "string"},
    "expand": {"type": "array", "items": {"type": "string"}},
    "tags[]": {"type": "array", "items": {"type": "integer"}},
    "piped": {"type": "array", "items": {"type": "integer"}},
    "where": {"type": "object", "properties": {"lat": {"type": "number"}}},
    "metadata": {
        "anyOf": [{"type": "object", "additionalProperties": {"type": "string"}}, {"const": ""}]
    },
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
}
SCHEMA = {
    "type": "object",
    "required": ["amount"],
    "properties": PROPERTIES,
    "additionalProperties": False,
}
BODY = BodyType(
    "application/x-www-form-urlencoded",
    "form",
    SCHEMA,
    SchemaChecks(DOCUMENT, one_of="any").check(SCHEMA, ""),
    properties=PROPERTIES,
    encoding={
        "piped": PartEncoding(style="pipeDelimited", explode=False),
        "where": PartEncoding(style="form", explode=True),
        "metadata": PartEncoding(style="deepObject", explode=True),
    },
    pointer="/body",
)


def told(text):
    return [(f.param, f.message) for f in form_findings(b"amount=1&" + text.encode(), BODY)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("name=12&live=true", {"name": "12", "live": True}),
        ("expand=a", {"expand": ["a"]}),
        ("expand=a&expand=b", {"expand": ["a", "b"]}),
        ("expand[]=a&expand[]=b", {"expand": ["a", "b"]}),
        ("expand%5B1%5D=b&expand%5B0%5D=1", {"expand": ["1", "b"]}),
        ("tags[]=1&tags[]=2", {"tags[]": [1, 2]}),
        ("tags=1&tags=2", {"tags[]": [1, 2]}),
        ("tags[0]=1", {"tags[]": [1]}),
        ("piped=1|2", {"piped": [1, 2]}),
        ("piped=1&piped=2", {"piped": [1, 2]}),
        ("lat=1.5", {"where": {"lat": 1.5}}),
        ("where[lat]=2", {"where": {"lat": 2}}),
        ('where={"lat":2}', {"where": {"lat": 2}}),
        ("metadata[0]=1&metadata[k]=true", {"metadata": {"0": "1", "k": "true"}}),
        ("metadata=", {"metadata": ""}),
        (
            "items[][price]=1&items[][count]=2&items[][price]=3",
            {"items": [{"price": "1", "count": 2}, {"price": "3"}]},
        ),
        (
            "items[0][price]=1&items[0][parts][0][price]=2&items[1][price]=3",
            {"items": [{"price": "1", "parts": [{"price": "2"}]}, {"price": "3"}]},
        ),
    ],
)
def test_valid_forms(text, value):
    assert told(text) == []
    pairs = [
        tuple(pair.split("=", 1))
        for pair in text.replace("%5B", "[").replace("%5D", "]").split("&")
    ]
    assert fields_to_object(pairs, BODY) == (value, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("live=1", [("/live", "must be true or false")]),
        ("name=a&name=b", [("/name", "was given more than once; it takes one value")]),
        (
            "name=a&name[b]=2",
            [("/name", "must be given either as a value or by its members, not both")],
        ),
        ("name[]=a", [("/name", "must be a string")]),
        (
            "items[0][count]=x",
            [("/items/0/count", "must be an integer"), ("/items/0/price", "is required")],
        ),
        (
            "items[0][price]=1&items[0][prize]=1",
            [("/items/0/prize", "is not a known property. Did you mean 'price'?")],
        ),
        ("piped=1|x", [("/piped/1", "must be an integer")]),
        ("metadata=x", [("/metadata", 'must be "" or an object')]),
        ("a]b=1", [("/a]b", "is not a known property")]),
        ("name" + "[x]" * 40 + "=1", [("/name", "must not be nested more than 32 deep")]),
    ],
)
def test_findings(text, expected):
    assert told(text) == expected


def test_what_is_wrong_is_told_together():
    found = form_findings(b"amount=secret&live=secret&other=secret&name=a", BODY)
    assert {finding.param for finding in found} == {"/amount", "/live", "/other"}
    assert "secret" not in str(found)
    assert [f.param for f in form_findings(b"name=a", BODY)] == ["/amount"]
    assert found[0].schema == "/body"


def test_at_most_twenty():
    text = "&".join(f"x{i}=1" for i in range(50))
    assert len(told(text)) == MAX_FINDINGS


@pytest.mark.parametrize(
    "data", [b"name=%zz", b"name=%ff", b"\xff=1", b"&".join([b"a=1"] * 20_000)]
)
def test_what_is_no_form(data):
    with pytest.raises(RelayError) as caught:
        form_findings(data, BODY)
    assert (caught.value.code, caught.value.status) == ("invalid_form", 400)


def test_a_large_form_is_read_quickly():
    data = b"amount=1&" + b"&".join(b"items[%d][price]=1" % i for i in range(9_000))
    start = time.thread_time()
    assert form_findings(data, BODY) == []
    assert time.thread_time() - start < 1


def test_a_body_without_a_schema_takes_any_form():
    assert form_findings(b"a=1&a[b]=2", BodyType("x", "form", None, None)) != []
    assert form_findings(b"a=1&a=2&b[c]=3", BodyType("x", "form", None, None)) == []
