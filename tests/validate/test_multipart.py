"""What of a multipart body goes out when, and what is refused as a whole."""

import pytest

from gateway.errors import RelayError
from gateway.validate.multipart import MAX_TEXT_BYTES, MultipartCheck
from tests.validate.multipart_bodies import (
    BINARY,
    BODY,
    CONTENT_TYPE,
    END,
    FILE,
    PURPOSE,
    RULES,
    body_type,
    fails,
    part,
    passes,
    refused,
    relayed,
)


def test_a_valid_body_goes_out_as_it_came() -> None:
    data = b"pre\r\n" + FILE + PURPOSE + b"--b--\r\nepilogue\r\n--"
    assert relayed([data]) == data


def test_without_the_document_what_stands_behind_references_is_open() -> None:
    json = '{"anchor": "created_at"}'
    parts = [part("list", json), part("strategy", "auto"), part("input", b"\xff", file="a")]
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None)
    assert check.feed(b"".join(parts) + FILE + PURPOSE + END)
    assert check.close() == b"\r\n" + END
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None)
    with pytest.raises(RelayError) as caught:
        check.feed(part("list[][anchor]", "x") + FILE + PURPOSE + END)
    assert [finding.param for finding in caught.value.errors] == ["/list/0/anchor"]


def test_nothing_from_the_closing_delimiter_on_goes_out_before_the_end() -> None:
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None, rules=RULES)
    assert check.feed(FILE + PURPOSE + END) == (FILE + PURPOSE)[:-2]
    assert check.close() == b"\r\n" + END


def test_a_delimiter_goes_out_with_the_headers_behind_it() -> None:
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None, rules=RULES)
    split = FILE.index(b"\r\n\r\n") + 2
    assert check.feed(FILE[:split]) == b""
    assert check.feed(FILE[split:]) == FILE[:-2]


def test_a_file_chunk_passes_without_a_copy() -> None:
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None, rules=RULES)
    check.feed(FILE[:-2])
    chunk = bytes(65536)
    assert check.feed(chunk) is chunk


def test_required_fields_are_known_at_the_closing_delimiter() -> None:
    assert refused(FILE + END) == ["/purpose"]
    assert refused(END) == ["/file", "/purpose"]


def test_fields_sent_together_are_reported_together() -> None:
    bad = part("n", "0") + part("purpose", "other") + part("stream", "yes")
    assert refused(bad + END) == ["/n", "/purpose", "/stream", "/file"]


def test_a_bad_field_stops_the_upload_at_the_next_file() -> None:
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None, rules=RULES)
    sent = check.feed(PURPOSE + part("n", "zero"))
    assert check.feed(b"--b\r\n") == b""
    assert b"zero" in sent
    with pytest.raises(RelayError) as caught:
        check.feed(FILE[len(b"--b\r\n") : -4])
    assert [finding.param for finding in caught.value.errors] == ["/n"]
    for again in (lambda: check.feed(b"x"), check.close):
        with pytest.raises(RelayError) as repeated:
            again()
        assert repeated.value is caught.value


def test_what_is_not_declared_passes_unread() -> None:
    passes(part("other", b"\xff"), part("other", b"\xff"), part("other[x]", b"x" * 9))
    passes(part("any", "1"), part("image[", "x"), part("any", b"\xff", file="a"))


def test_texts_are_utf_8() -> None:
    passes(part("tags", "ü"), part("_charset_", "UTF-8"))
    fails("/tags", part("tags", b"\xff"))
    fails("/tags", part("tags", "a", kind="text/plain; charset=iso-8859-1"))
    fails("/_charset_", part("_charset_", "iso-8859-1"))
    passes(part("image", b"\xff", file="a", kind="text/plain; charset=iso-8859-1"))


def test_texts_are_bounded_and_files_are_not() -> None:
    long = b"x" * (MAX_TEXT_BYTES + 1)
    verdict = relayed([FILE, PURPOSE, part("tags", long), END])
    assert isinstance(verdict, tuple)
    assert verdict[1][0].param == "/tags"
    assert "bytes" in verdict[1][0].message
    data = part("image", long, file="a") + FILE + PURPOSE + END
    assert relayed([data]) == data
    many = [part("other[]", b""), *[part(f"tags[{n}]", long[:-1]) for n in range(9)], END]
    verdict = relayed(many)
    assert isinstance(verdict, tuple)
    assert "in all" in verdict[1][0].message


def test_max_body_is_exact_and_counts_everything() -> None:
    data = FILE + PURPOSE + END
    for chunks in ([data], [data[:9], data[9:]], [data[at : at + 1] for at in range(len(data))]):
        assert relayed(chunks, max_body=len(data)) == data
        assert relayed(chunks, max_body=len(data) - 1) == ("body_too_large", ())


def test_an_empty_body() -> None:
    assert relayed([]) == ("missing_body", ())
    assert relayed([b""]) == ("missing_body", ())
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None, required=False)
    assert check.close() == b""


@pytest.mark.parametrize("content_type", [b"multipart/form-data", b"multipart/form-data;boundary="])
def test_a_boundary_is_needed(content_type: bytes) -> None:
    with pytest.raises(RelayError) as caught:
        MultipartCheck(BODY, content_type, max_body=None)
    assert caught.value.status == 400


def test_what_receivers_read_differently_is_refused() -> None:
    assert refused(FILE + PURPOSE) == [""]
    assert refused(FILE.replace(b"\r\n\r\n", b"\n\n") + PURPOSE + END) == [""]
    encoded = part("purpose", "YmF0Y2g=", kind="text/plain\r\nContent-Transfer-Encoding: base64")
    assert refused(FILE + encoded + END) == ["/purpose"]
    assert refused(FILE + part('purpose"; name="other', "x") + END) == [""]
    assert refused(part("file", b"x\n--b\r\n" + PURPOSE[5:], file="a") + PURPOSE + END) == [""]


def test_no_message_quotes_the_body() -> None:
    data = part("purpose", "s3cret") + part("n", "s3cret") + part("list", '{"s3cret') + FILE + END
    with pytest.raises(RelayError) as caught:
        MultipartCheck(BODY, CONTENT_TYPE, max_body=None, rules=RULES).feed(data)
    assert "s3cret" not in caught.value.message
    assert "s3cret" not in str(caught.value.errors)


def test_unions_at_the_root_are_checked_with_files_taken_as_valid() -> None:
    union = body_type(
        {
            "type": "object",
            "properties": {"file": {**BINARY, "minLength": 9}, "id": {"type": "string"}},
            "anyOf": [{"required": ["file"]}, {"required": ["id"]}],
            "additionalProperties": False,
        }
    )
    passes(part("file", b"x", file="a"), body=union)
    passes(part("id", "1"), body=union)
    assert refused(part("id", "1") + part("other", "x") + END, union) == ["/other"]
    assert refused(END, union) == [""]


def test_members_of_a_union_may_declare_a_property_differently() -> None:
    union = body_type(
        {
            "anyOf": [
                {"properties": {"kind": {"const": "a"}}, "required": ["kind", "file"]},
                {"properties": {"kind": {"const": "b"}, "file": BINARY}, "required": ["kind"]},
            ]
        }
    )
    passes(part("kind", "b"), body=union)
    passes(part("kind", "a"), part("file", b"x", file="f"), body=union)
    assert refused(part("kind", "c") + END, union)
    assert refused(part("kind", "a") + END, union)
