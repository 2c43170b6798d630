import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.multipart import parse_options_header

from gateway.errors import RelayError
from gateway.validate.multipart_parser import Malformed
from gateway.validate.part_headers import PartHead, read_boundary, read_part_head

FORM = b"Content-Disposition: form-data; "


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (FORM + b'name="a"', PartHead("a")),
        (b"content-disposition:form-data;name=a", PartHead("a")),
        (b'CONTENT-DISPOSITION: Form-Data ; NAME = "a b;c" ', PartHead("a b;c")),
        (FORM + b'name="image[]"; filename="x.png"', PartHead("image[]", True)),
        (FORM + 'name="fïle"; filename="ü.txt"'.encode(), PartHead("fïle", True)),
        (FORM + b"name=a; filename*=UTF-8''%c3%bc.txt; filename=u.txt", PartHead("a", True)),
        (FORM + b'name="a"; filename=""', PartHead("a", True)),
        (FORM + b'name="a"; filename="C:\\dir\\f.txt";', PartHead("a", True)),
        (FORM + b'name="a"; filename="say \\"hi\\".txt"', PartHead("a", True)),
        (
            FORM + b'name="a"\r\nContent-Type: Text/Plain; Charset="UTF-8"\r\nX-Other: 1',
            PartHead("a", False, "text/plain", "utf-8"),
        ),
        (FORM + b'name="a"\r\nContent-Transfer-Encoding: 8BIT', PartHead("a")),
    ],
)
def test_heads_that_clients_send(head: bytes, expected: PartHead) -> None:
    assert read_part_head(head) == expected


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "no Content-Disposition"),
        (b"Content-Type: text/plain", "no Content-Disposition"),
        (b'Content-Disposition: attachment; name="a"', "not `form-data`"),
        (b"Content-Disposition: form-data", "no name"),
        (FORM + b'name=""', "no name"),
        (FORM + b'filename="a"', "no name"),
        (FORM + b'name="a"; name="b"', "more than once"),
        (FORM + b'name="a"; filename="b"; filename="c"', "more than once"),
        (FORM + b"name*=UTF-8''a", "extended"),
        (FORM + b'name="a"; name*0="b"', "extended"),
        (FORM + b'name="a\\"b"', "backslash"),
        (FORM + b'name="a"; filename="x\\"; name=\\"b"', "escaped quote"),
        (FORM + b'name="a', "malformed"),
        (FORM + b'name="a" x', "malformed"),
        (FORM + b"name=a, name=b", "malformed"),
        (b"Content-Disposition: =; name=a", "malformed"),
        (FORM + b'name="a"\r\n' + FORM + b'name="b"', "Content-Disposition more than once"),
        (
            FORM + b'name="a"\r\nContent-Type: a/b\r\ncontent-type: a/b',
            "Content-Type more than once",
        ),
        (FORM + b'name="a"\r\nContent-Type: text', "malformed"),
        (FORM + b'name="a"\r\nContent-Type: /text', "malformed"),
        (FORM + b'name="a"\r\nContent-Transfer-Encoding: base64', "7bit, 8bit or binary"),
        (FORM + b'name="a"\nX: y', "bare CR or LF"),
        (FORM + b'name="a"\rX: y', "bare CR or LF"),
        (FORM + b'\r\n name="a"', "do not fold"),
        (b"Content-Disposition : form-data; name=a", "not `name: value`"),
        (FORM + b'name="a"\r\nnonsense', "not `name: value`"),
        (FORM + b'name="a\x00"', "control character"),
        (FORM + b'name="\xff"', "not UTF-8"),
        (FORM + b'name="a"' + b"\r\nX: y" * 64, "more than 64 headers"),
    ],
)
def test_heads_that_receivers_read_differently_are_refused(head: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words.replace("(", r"\(")):
        read_part_head(head)


def test_an_error_behind_the_name_points_to_the_field() -> None:
    with pytest.raises(Malformed) as caught:
        read_part_head(FORM + b'name="a/b"\r\nContent-Type: x')
    assert caught.value.param == "/a~1b"
    with pytest.raises(Malformed) as caught:
        read_part_head(FORM + b"name=" + b"a" * 200 + b"\r\nContent-Type: x")
    assert caught.value.param == ""


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        (b"multipart/form-data; boundary=----WebKitFormBoundaryAbC123", None),
        (b'Multipart/Form-Data;charset=utf-8;BOUNDARY="a b\'()+_,-./:=?"', b"a b'()+_,-./:=?"),
        (b'multipart/form-data; boundary="==1=="', b"==1=="),
        (b"multipart/form-data; boundary=" + b"x" * 70, b"x" * 70),
    ],
)
def test_boundaries(content_type: bytes, boundary: bytes | None) -> None:
    expected = boundary or b"----WebKitFormBoundaryAbC123"
    assert read_boundary(content_type) == expected


@pytest.mark.parametrize(
    "content_type",
    [
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b'multipart/form-data; boundary=""',
        b'multipart/form-data; boundary="a "',
        b"multipart/form-data; boundary=" + b"x" * 71,
        b"multipart/form-data; boundary=a; boundary=a",
        b"multipart/form-data; boundary=a$",
        b"multipart/form-data; boundary=a b",
        b"multipart/form-data; boundary=\xe4",
        b"",
    ],
)
def test_a_boundary_that_is_missing_or_odd_is_refused(content_type: bytes) -> None:
    with pytest.raises((Malformed, RelayError)):
        read_boundary(content_type)


PRINTABLE = st.text(st.characters(exclude_categories=["C"], exclude_characters='"\\'), min_size=1)


@given(
    PRINTABLE, st.none() | PRINTABLE, st.sampled_from(["form-data; ", "Form-Data;", "form-data ;"])
)
def test_names_are_read_as_the_peer_reads_them(name: str, file: str | None, kind: str) -> None:
    value = f'{kind}name="{name}"' + ("" if file is None else f'; filename="{file}"')
    head = read_part_head(f"Content-Disposition: {value}".encode())
    _, parameters = parse_options_header(value.encode())
    assert head.name.encode() == parameters[b"name"]
    assert head.file == (b"filename" in parameters)
