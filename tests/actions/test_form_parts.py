import asyncio
import io
from typing import Any

import pytest

from gateway.actions.file_links import FileReference
from gateway.actions.files_in import FetchedFile
from gateway.actions.form_parts import FilePart, file_fields, form_body
from gateway.contract.model import BodyType, PartEncoding
from gateway.errors import RelayError

PLAIN = BodyType("multipart/form-data", "multipart", None, None)


def fetched(name: str, data: bytes) -> FetchedFile:
    return FetchedFile(FileReference(name, "text/plain", ""), io.BytesIO(data), len(data))


def written(
    members: dict[str, Any], *files: FilePart, body_type: BodyType = PLAIN, **how: Any
) -> str:
    async def collected() -> bytes:
        body = form_body(members, files, body_type, bracketed=how.get("bracketed", False))
        data = b"".join([chunk async for chunk in body.chunks])
        assert len(data) == body.size
        boundary = body.media_type.partition(b"boundary=")[2]
        return data.replace(boundary, b"B").replace(b"\r\n", b"\n")

    return asyncio.run(collected()).decode()


def names(text: str) -> list[str]:
    return [
        line.partition('name="')[2].split('"')[0] for line in text.splitlines() if 'name="' in line
    ]


def test_a_form_on_the_wire() -> None:
    text = written(
        {"prompt": "Bäume", "n": 2, "on": True, "no": None},
        FilePart("image", fetched('ä".txt', b"data")),
    )
    assert text == (
        '--B\nContent-Disposition: form-data; name="prompt"\n\nBäume\n'
        '--B\nContent-Disposition: form-data; name="n"\n\n2\n'
        '--B\nContent-Disposition: form-data; name="on"\n\ntrue\n'
        '--B\nContent-Disposition: form-data; name="image"; filename="ä%22.txt"\n'
        "Content-Type: text/plain\n\ndata\n--B--\n"
    )


def test_lists_and_objects_in_both_dialects() -> None:
    members = {"tags": ["a", "b"], "after": {"anchor": "x", "days": 3}, "many": [{"id": 1}]}
    plain = written(members)
    assert names(plain) == ["tags", "tags", "after", "many"]
    assert 'name="after"\nContent-Type: application/json\n\n{"anchor": "x", "days": 3}' in plain
    assert names(written(members, bracketed=True)) == [
        *("tags[]", "tags[]", "after[anchor]", "after[days]", "many[0][id]"),
    ]
    assert names(written({"tags[]": ["a", "b"]}, bracketed=True)) == ["tags[]", "tags[]"]


def test_what_the_document_says_of_a_field() -> None:
    encoding = {
        "meta": PartEncoding(content_types=("application/json",)),
        "tags": PartEncoding(style="form", explode=False),
    }
    body_type = BodyType("multipart/form-data", "multipart", None, None, encoding=encoding)
    text = written({"meta": ["a"], "tags": ["a", "b"]}, body_type=body_type, bracketed=True)
    assert 'name="meta"\nContent-Type: application/json\n\n["a"]' in text
    assert 'name="tags"\n\na,b' in text


def test_the_fields_of_files() -> None:
    files = [("image", fetched(name, b"")) for name in "ab"] + [("mask", fetched("m", b""))]
    found = [part.name for part in file_fields(files, bracketed=True)]
    assert found == ["image[]", "image[]", "mask"]
    assert [part.name for part in file_fields(files, bracketed=False)] == ["image", "image", "mask"]


def test_what_no_field_can_carry() -> None:
    with pytest.raises(RelayError) as caught:
        written({"text": "\ud83c"})
    assert caught.value.code == "invalid_body"
    deep: Any = "x"
    for _ in range(50):
        deep = {"a": deep}
    with pytest.raises(RelayError) as caught:
        written({"deep": deep}, bracketed=True)
    assert caught.value.param == "/deep"
