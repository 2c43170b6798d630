import jsonschema_rs

from gateway.contract.model import BodyType
from gateway.errors import Finding
from gateway.validate.multipart_fields import Fields
from gateway.validate.part_headers import PartHead
from gateway.validate.part_rules import PartRule, PartRules

SCHEMA = {
    "type": "object",
    "required": ["file", "n", "extra"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "n": {"type": "integer"},
        "a/b": {"type": "integer"},
        "tags": {"type": "array", "items": {"enum": ["x"]}},
    },
    "dependentRequired": {"a/b": ["tags"]},
}


class Check:
    def __init__(self, schema: object) -> None:
        self._validator = jsonschema_rs.Draft202012Validator(schema)
        self.is_valid = self._validator.is_valid

    def findings(self, value: object, prefix: str = "") -> list[Finding]:
        return [Finding(prefix, "is not valid") for _ in self._validator.iter_errors(value)]


BODY = BodyType(
    media_type="multipart/form-data",
    kind="multipart",
    schema=SCHEMA,
    check=Check(SCHEMA),
    properties=SCHEMA["properties"],
    required=frozenset(SCHEMA["required"]),
    field_checks={name: Check(schema) for name, schema in SCHEMA["properties"].items()},
    pointer="/body",
)
RULES = PartRules(BODY, {})


def rule(name: str) -> PartRule:
    found = RULES.rule_for(name)
    assert found is not None
    return found


def fields(*texts: tuple[str, bytes], file: bool = True, extra: bool = True) -> Fields:
    gathered = Fields(BODY)
    if file:
        gathered.add_file(rule("file"), PartHead("file", file=True))
    if extra:
        gathered.note("extra")
    for name, content in texts:
        gathered.add_text(rule(name), PartHead(name), content)
    return gathered


def finished(*texts: tuple[str, bytes], file: bool = True, extra: bool = True) -> list[Finding]:
    gathered = fields(*texts, file=file, extra=extra)
    gathered.finish()
    return gathered.findings


def test_files_and_undeclared_parts_count_as_given() -> None:
    assert finished(("n", b"1")) == []
    assert [found.param for found in finished(file=False, extra=False)] == ["/extra", "/file", "/n"]


def test_a_property_with_one_part_is_checked_at_once_an_array_at_the_end() -> None:
    assert [found.param for found in fields(("n", b"x")).findings] == ["/n"]
    gathered = fields(("n", b"1"), ("tags", b"y"))
    assert gathered.findings == []
    gathered.finish()
    assert [found.param for found in gathered.findings] == ["/tags"]


def test_names_are_escaped_and_findings_have_a_place_in_the_document() -> None:
    assert fields(("a/b", b"x")).findings == [Finding("/a~1b", "must be an integer", "/body")]


def test_what_spans_properties_is_checked_at_the_end() -> None:
    assert finished(("n", b"1"), ("a/b", b"1")) == [Finding("", "is not valid")]
    assert finished(("n", b"1"), ("a/b", b"1"), ("tags[]", b"x")) == []


def test_findings_are_at_most_20() -> None:
    assert len(finished(*[("n", b"x")] * 30)) == 20
