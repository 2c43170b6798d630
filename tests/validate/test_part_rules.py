import pytest

from gateway.contract.parts import PartsCompiler
from gateway.validate.multipart_parser import Malformed
from gateway.validate.part_headers import PartHead
from gateway.validate.part_rules import PartRules, covers

BINARY = {"type": "string", "format": "binary"}
DOCUMENT = {
    "components": {
        "schemas": {
            "File": BINARY,
            "Reference": {"type": "object", "properties": {"id": {"type": "string"}}},
            "Tree": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Trees"}]},
            "Trees": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        }
    }
}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def rules(properties: dict[str, object], encoding: dict[str, object] | None = None) -> PartRules:
    media = {"schema": {"type": "object", "properties": properties}, "encoding": encoding or {}}
    compiler = PartsCompiler(DOCUMENT, lambda _: "multipart")
    check = None
    body = compiler.body({"content": {"multipart/form-data": media}}, "", lambda *_: check)
    assert body is not None
    return PartRules(body.types[0], DOCUMENT)


@pytest.mark.parametrize(
    ("schema", "carrier"),
    [
        (BINARY, "file"),
        ({"type": ["string", "null"], "format": "binary"}, "file"),
        ({"type": "string", "contentMediaType": "image/png"}, "file"),
        ({"contentMediaType": "application/octet-stream"}, "file"),
        ({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}, "text"),
        ({"type": "string", "format": "byte"}, "text"),
        ({"type": "array", "items": BINARY}, "file"),
        ({"type": "array", "items": ref("File")}, "file"),
        ({"type": "array", "items": {"type": "string"}}, "text"),
        ({"anyOf": [BINARY, {"type": "array", "items": BINARY}]}, "file"),
        ({"anyOf": [BINARY, {"type": "null"}]}, "file"),
        ({"allOf": [ref("File"), {"description": "x"}]}, "file"),
        ({"oneOf": [ref("Reference"), BINARY]}, "either"),
        ({"oneOf": [{"type": "string"}, ref("File")]}, "either"),
        (ref("Reference"), "text"),
        (ref("Trees"), "text"),
        ({"type": "integer"}, "text"),
        ({}, "either"),
        (True, "either"),
        ({"description": "any"}, "either"),
        ({"$ref": "#/components/schemas/Missing"}, "either"),
    ],
)
def test_what_carries_a_property(schema: object, carrier: str) -> None:
    rule = rules({"p": schema}).rule_for("p")
    assert rule is not None
    assert rule.carrier == carrier


def test_an_empty_schema_with_a_content_type_is_a_file() -> None:
    rule = rules({"p": {}}, {"p": {"contentType": "image/png"}}).rule_for("p")
    assert rule is not None
    assert rule.carrier == "file"


def test_either_is_a_file_by_its_file_name_or_content_type() -> None:
    rule = rules({"p": {"oneOf": [{"type": "string"}, BINARY]}}).rule_for("p")
    assert rule is not None
    assert rule.is_file(PartHead("p", file=True))
    assert rule.is_file(PartHead("p", media_type="image/png"))
    for media_type in ("", "text/plain", "application/json", "application/x+json"):
        assert not rule.is_file(PartHead("p", media_type=media_type))


def test_names_in_brackets_stand_for_the_declared_property() -> None:
    found = rules(
        {
            "image": {"type": "array", "items": BINARY},
            "after": {"type": "object", "properties": {"file": BINARY, "at": {"type": "string"}}},
            "list": {"type": "array", "items": {"type": "object", "properties": {"file": BINARY}}},
            "own[]": {"type": "string"},
        }
    )
    for name, field, nested, carrier in (
        ("image", "image", False, "file"),
        ("image[]", "image", False, "file"),
        ("image[3]", "image", False, "file"),
        ("after[at]", "after", True, "text"),
        ("after[file]", "after", True, "file"),
        ("after[other]", "after", True, "either"),
        ("list[0][file]", "list", True, "file"),
        ("list[][file]", "list", True, "file"),
        ("own[]", "own[]", False, "text"),
    ):
        rule = found.rule_for(name)
        assert rule is not None
        assert (rule.field, rule.nested, rule.carrier) == (field, nested, carrier), name
    for name in ("other", "own", "image[", "image]", "[image]", "other[]", "image[]x", ""):
        assert found.rule_for(name) is None, name


@pytest.mark.parametrize(
    ("schema", "bounds"),
    [
        ({"type": "array", "items": BINARY, "minItems": 2, "maxItems": 3}, (2, 3)),
        ({"type": "array", "items": BINARY}, (0, None)),
        ({"anyOf": [BINARY, {"type": "array", "items": BINARY, "maxItems": 16}]}, (0, 16)),
        ({"anyOf": [BINARY, {"type": "array", "items": BINARY, "minItems": 2}]}, (0, None)),
        (BINARY, (0, None)),
    ],
)
def test_bounds_of_arrays(schema: object, bounds: tuple[int, int | None]) -> None:
    rule = rules({"p": schema}).rule_for("p")
    assert rule is not None
    assert (rule.least, rule.most) == bounds


def test_declared_content_types_are_lists_and_ranges() -> None:
    rule = rules({"p": BINARY}, {"p": {"contentType": "image/*, text/CSV; x=y"}}).rule_for("p")
    assert rule is not None
    assert rule.accepts("image/png")
    assert rule.accepts("text/csv")
    assert not rule.accepts("text/plain")
    assert covers("*/*", "a/b")
    assert not covers("imag/*", "image/png")


def test_a_name_nested_too_deep_is_refused() -> None:
    with pytest.raises(Malformed, match="nested"):
        rules({"p": True}).rule_for("p" + "[a]" * 99)
