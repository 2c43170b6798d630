from pathlib import Path
from typing import Any

from tests.contract.loading import Loader, body_of
from tests.surface.open_sets import PAGE, page, shipped_page


def test_the_page_is_that_of_the_document(tmp_path: Path) -> None:
    mend = "Run: python -m tests.surface.open_sets"
    assert PAGE.read_text(encoding="utf-8") == shipped_page(tmp_path), mend


def test_each_mark_has_a_line_with_its_place(load: Loader) -> None:
    rest: dict[str, Any] = {"properties": {"kind": {"not": {"enum": ["a"]}}}, "x-open-set": True}
    schema = {"properties": {"voice": {"x-open-set": True}, "part": {"anyOf": [rest]}}}
    document = body_of({"$ref": "#/components/schemas/S"})
    answers = {"type": "string", "x-open-set": True}
    document["components"] = {"schemas": {"S": schema, "Answer": answers}}
    asked, _, others = page(load(document)).partition("## In answers only: 1")
    assert "## In requests: 2" in asked
    assert "| `/components/schemas/S/properties/voice` | texts |" in asked
    assert "| `/components/schemas/S/properties/part/anyOf/0` | objects by `kind` |" in asked
    assert "| `/components/schemas/Answer` | texts |" in others
