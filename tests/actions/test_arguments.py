from typing import Any

import pytest

from gateway.actions.arguments import read_arguments
from gateway.errors import RelayError
from gateway.projection import Call, Member, Rewrite

TEXT = {"type": "string"}
CALL = Call(
    name="putThing",
    kind="direct",
    operation="putThing",
    method="POST",
    path="/things/{id}",
    summary="",
    description="",
    members=(
        Member("id", "path", "id", True, TEXT),
        Member("tags", "query", "tags", False, TEXT),
        Member("limit", "query", "limit", False, TEXT),
        Member("name", "body", "name", False, TEXT),
    ),
    rewrites=(Rewrite(("tags",), "csv"),),
)


def read(query: bytes = b"", body: bytes = b"") -> Any:
    return read_arguments(CALL, ["a b"], query, body)


def test_path_query_and_body_make_one_flat_object() -> None:
    found = read(b"tags=a%2Cb&limit=3", b'{"name": "x"}')
    assert found == {"id": "a b", "tags": "a,b", "limit": "3", "name": "x"}


def test_a_member_counts_wherever_it_stands() -> None:
    assert read(b"name=x", b'{"limit": 3}') == {"id": "a b", "name": "x", "limit": 3}


def test_a_list_may_be_repeated_too() -> None:
    assert read(b"tags=a&tags=b&tags=c")["tags"] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        (b"limit=1&limit=2", b"", "invalid_parameter"),
        (b"limt=1", b"", "invalid_parameter"),
        (b"limit=%ff", b"", "invalid_parameter"),
        (b"limit=\xff", b"", "invalid_parameter"),
        (b"id=2", b"", "invalid_parameter"),
        (b"limit=1", b'{"limit": 2}', "invalid_body"),
        (b"", b'{"nam": 1}', "invalid_body"),
        (b"", b"[1]", "invalid_body"),
        (b"", b"{", "invalid_json"),
        (b"", b'{"name": 1, "name": 2}', "invalid_json"),
    ],
)
def test_what_does_not_fit_is_refused(query: bytes, body: bytes, code: str) -> None:
    with pytest.raises(RelayError) as raised:
        read(query, body)
    assert raised.value.code == code


def test_a_name_that_is_nearly_right_gets_a_suggestion() -> None:
    with pytest.raises(RelayError, match="Did you mean 'limit'"):
        read(b"limt=1")
