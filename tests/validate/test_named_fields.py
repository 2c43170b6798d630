"""Which parameter a named field belongs to."""

from gateway.validate.named_fields import NamedFields
from tests.validate.declared import parameter

STRING = {"type": "string"}
POINT = {"type": "object", "properties": {"x": STRING, "y": STRING}}


def owner(named: NamedFields, name: str) -> tuple[str, tuple[str, ...]] | None:
    found = named.owner(name)
    return (found[0].parameter.name, found[1]) if found else None


def test_owners() -> None:
    ids = {"type": "array", "items": STRING}
    declared = [
        parameter("y", STRING),
        parameter("point", POINT),
        parameter("deep", POINT, style="deepObject"),
        parameter("ids[]", ids),
    ]
    named = NamedFields(declared)
    assert owner(named, "y") == ("y", ())
    assert owner(named, "x") == ("point", ("x",))
    assert owner(named, "x[a][]") == ("point", ("x", "a", ""))
    assert owner(named, "point[y]") == ("point", ("y",))
    assert owner(named, "deep[x][y]") == ("deep", ("x", "y"))
    assert owner(named, "deep") == ("deep", ())
    assert owner(named, "ids") == owner(named, "ids[]") == ("ids[]", ())
    assert owner(named, "ids[3]") == ("ids[]", ("3",))
    for name in ("Y", "z", "z[x]", "deep[x", "deep]x[", "[x]", "", "deep[x]y"):
        assert owner(named, name) is None


def test_only_an_object_that_says_so_takes_other_names() -> None:
    open_schema = POINT | {"additionalProperties": True}
    assert owner(NamedFields([parameter("p", POINT)]), "z") is None
    assert owner(NamedFields([parameter("p", open_schema)]), "z") == ("p", ("z",))
    assert owner(NamedFields([parameter("p", open_schema)]), "z[a]") == ("p", ("z", "a"))
    assert owner(NamedFields([parameter("p", {"type": "object"})]), "z") == ("p", ("z",))
    closed = POINT | {"additionalProperties": False}
    assert owner(NamedFields([parameter("p", closed)]), "z") is None
    deep = parameter("p", open_schema, style="deepObject")
    assert owner(NamedFields([deep]), "z") is None


def test_missing() -> None:
    named = NamedFields([parameter("a", STRING, required=True), parameter("b", STRING)])
    assert [finding.param for finding in named.missing({})] == ["a"]
    assert named.missing({named.readers[0]: []}) == []
