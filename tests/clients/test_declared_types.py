"""The strict walk finds what the SDK lets pass when it builds a model."""

from typing import Any, Literal

import pytest
from openai._models import BaseModel
from openai.pagination import SyncPage
from openai.types import FileObject

from tests.clients.declared_types import complaints


class Inner(BaseModel):
    kind: Literal["inner"]
    size: float


class Outer(BaseModel):
    id: str
    count: int | None = None
    inner: Inner | list[Inner] | None = None
    tags: dict[str, bool] | None = None


RIGHT: dict[str, Any] = {
    "id": "a",
    "count": 1,
    "inner": {"kind": "inner", "size": 1},
    "tags": {"a": True},
    "more": object(),
}


def test_what_is_right_passes() -> None:
    assert complaints(Outer.construct(**RIGHT), Outer) == []
    assert complaints(RIGHT, Outer) == []
    assert complaints(Outer.construct(id="a"), Outer) == []
    assert complaints(Outer.construct(id="a", count=None), Outer) == []


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"id": 5}, "result.id"),
        ({"id": None}, "result.id"),
        ({"count": "1"}, "result.count"),
        ({"count": True}, "result.count"),
        ({"inner": {"kind": "inner"}}, "result.inner.size"),
        ({"inner": {"kind": "other", "size": 1}}, "result.inner.kind"),
        ({"inner": [{"kind": "inner", "size": "1"}]}, "result.inner[0].size"),
        ({"inner": "text"}, "result.inner"),
        ({"tags": {"a": "true"}}, "result.tags['a']"),
        ({"tags": []}, "result.tags"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, Any], place: str) -> None:
    (found,) = complaints(RIGHT | wrong, Outer)
    assert found.startswith(place + ":")


def test_a_missing_field_is_told() -> None:
    assert complaints({}, Outer) == ["result.id: missing"]
    assert complaints(Outer.construct(), Outer)


def test_the_items_of_a_page_are_walked() -> None:
    page = SyncPage[FileObject].construct(data=[FileObject.construct(id="a")], object="list")
    found = complaints(page, SyncPage[FileObject])
    assert any(each.startswith("result.data[0].filename:") for each in found)


def test_a_value_that_is_no_model_is_told() -> None:
    assert complaints("a", Outer)
    assert complaints("", None)
    assert complaints(None, None) == []
