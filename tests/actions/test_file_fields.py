from typing import Any

import pytest

from gateway.actions.file_fields import assign_files
from gateway.errors import RelayError
from gateway.projection import Call, FileMember, Member

TEXT = {"type": "string"}
IMAGE = FileMember("image", many=True, required=True)
MASK = FileMember("mask", many=False, required=False)


def call(*files: FileMember) -> Call:
    return Call(
        name="edit",
        kind="wrap",
        operation="edit",
        method="POST",
        path="/edit",
        summary="",
        description="",
        members=(Member("body_mask", "body", "mask", False, TEXT),),
        files=files,
    )


@pytest.mark.parametrize(
    ("files", "arguments", "names", "fields"),
    [
        ((IMAGE,), {}, ["a"], ["image"]),
        ((IMAGE, MASK), {}, ["a", "b"], ["image", "image"]),
        ((IMAGE, MASK), {"body_mask": "b"}, ["a", "b", "c"], ["image", "mask", "image"]),
        ((IMAGE, MASK), {"body_mask": ["a"]}, ["a", "b"], ["mask", "image"]),
        ((MASK,), {}, [], []),
    ],
)
def test_files_go_where_they_are_named_and_else_to_the_first_field(
    files: Any, arguments: Any, names: list[str], fields: list[str]
) -> None:
    assert [target for target, _ in assign_files(call(*files), arguments, names)] == fields


@pytest.mark.parametrize(
    ("files", "arguments", "names", "param"),
    [
        ((IMAGE,), {}, [], "openaiFileIdRefs"),
        ((FileMember("file", False, True),), {}, ["a", "b"], "openaiFileIdRefs"),
        ((IMAGE, MASK), {"body_mask": "nowhere"}, ["a"], "mask"),
        ((IMAGE, FileMember("mask", False, True)), {}, ["a"], "mask"),
        ((IMAGE, MASK), {"body_mask": "a"}, ["a"], "openaiFileIdRefs"),
    ],
)
def test_what_does_not_fit_is_told(files: Any, arguments: Any, names: Any, param: str) -> None:
    with pytest.raises(RelayError) as raised:
        assign_files(call(*files), arguments, names)
    assert raised.value.code == "invalid_body"
    assert raised.value.errors[0].param == param
