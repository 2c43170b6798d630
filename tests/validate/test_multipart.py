import tracemalloc
from itertools import pairwise

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contract.model import BodyType
from gateway.contract.parts import PartsCompiler
from gateway.errors import Finding, RelayError
from gateway.validate.multipart import MAX_TEXT_BYTES, MultipartCheck
from gateway.validate.part_rules import PartRules

BINARY = {"type": "string", "format": "binary"}
DOCUMENT = {
    "components": {
        "schemas": {
            "After": {
                "type": "object",
                "required": ["anchor"],
                "properties": {"anchor": {"const": "created_at"}, "seconds": {"type": "integer"}},
            },
            "Purpose": {"type": "string", "enum": ["batch", "evals"]},
        }
    }
}
CONTENT_TYPE = b"multipart/form-data; boundary=b"


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


FILES = {
    "type": "object",
    "required": ["file", "purpose"],
    "properties": {
        "file": BINARY,
        "purpose": ref("Purpose"),
        "expires_after": ref("After"),
        "n": {"type": "integer", "minimum": 1},
        "stream": {"type": ["boolean", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "image": {"anyOf": [BINARY, {"type": "array", "items": BINARY, "maxItems": 2}]},
        "pair": {"type": "array", "items": BINARY, "minItems": 2},
        "input": {"oneOf": [BINARY, ref("After")]},
        "strategy": {"anyOf": [{"const": "auto"}, ref("After")]},
        "session": {"allOf": [ref("After")]},
        "list": {"type": "array", "items": ref("After")},
        "code": {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["7"]}]},
        "mixed": {
            "type": "array",
            "items": {"anyOf": [BINARY, {"const": "x"}]},
            "maxItems": 3,
        },
        "typed": BINARY,
        "any": {},
    },
}
ENCODING = {
    "typed": {"contentType": "image/*, text/csv"},
    "session": {"contentType": "application/json"},
}


class Check:
    """The engine itself, with the place of each error."""

    def __init__(self, schema: object) -> None:
        whole = {"allOf": [schema], **DOCUMENT}
        self._validator = jsonschema_rs.Draft202012Validator(whole)
        self.is_valid = self._validator.is_valid

    def findings(self, value: object, prefix: str = "") -> list[Finding]:
        return [
            Finding(prefix + "".join(f"/{part}" for part in error.instance_path), "is not valid")
            for error in self._validator.iter_errors(value)
        ]


def body_type(schema: object = None, encoding: object = None) -> BodyType:
    media = {"schema": schema or FILES, "encoding": encoding or ENCODING}
    compiler = PartsCompiler(DOCUMENT, lambda _: "multipart")
    node = {"content": {"multipart/form-data": media}}
    body = compiler.body(node, "", lambda schema, _: Check(schema))
    assert body is not None
    return body.types[0]


BODY = body_type()
RULES = PartRules(BODY, DOCUMENT)


def part(
    name: str, content: bytes | str, *, file: str | None = None, kind: str | None = None
) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    head += f'; filename="{file}"' if file is not None else ""
    head += f"\r\nContent-Type: {kind}" if kind is not None else ""
    data = content.encode() if isinstance(content, str) else content
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"


FILE = part("file", b"\x00\r\n\xff", file="f.bin", kind="application/octet-stream")
PURPOSE = part("purpose", "batch")
END = b"--b--\r\n"


def relayed(
    chunks: list[bytes], body: BodyType = BODY, max_body: int | None = None
) -> bytes | tuple[str, tuple[Finding, ...]]:
    """What the upstream gets in all, or the refusal."""
    rules = PartRules(body, DOCUMENT)
    check = MultipartCheck(body, CONTENT_TYPE, max_body=max_body, rules=rules)
    sent = b""
    try:
        for chunk in chunks:
            sent += check.feed(chunk)
            assert b"\r\n--b--" not in sent
        return sent + check.close()
    except RelayError as error:
        return error.code, error.errors


def refused(data: bytes, body: BodyType = BODY) -> list[str]:
    verdict = relayed([data], body)
    assert isinstance(verdict, tuple), verdict
    assert verdict[0] == "invalid_multipart"
    assert relayed([data[at : at + 1] for at in range(len(data))], body) == verdict
    return [finding.param for finding in verdict[1]]


def passes(*parts: bytes, body: BodyType = BODY) -> None:
    data = b"".join(parts) + (FILE + PURPOSE if body is BODY else b"") + END
    assert relayed([data], body) == data
    assert relayed([data[at : at + 1] for at in range(len(data))], body) == data


def fails(pointer: str, *parts: bytes, body: BodyType = BODY) -> None:
    data = b"".join(parts) + (FILE + PURPOSE if body is BODY else b"") + END
    assert pointer in refused(data, body)


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


def test_scalars() -> None:
    passes(part("n", "3"), part("stream", "true"), part("code", "7"))
    passes(part("stream", ""), part("n", "3", kind="text/plain; charset=UTF-8"))
    for text in ("0", "3.5", "x", "", " 3"):
        fails("/n", part("n", text))
    fails("/stream", part("stream", "True"))
    fails("/code", part("code", "x"))


def test_a_property_that_is_no_array_comes_once() -> None:
    fails("/n", part("n", "3"), part("n", "3"))
    fails("/file", FILE)
    fails("/input", part("input", "x", file="f"), part("input", '{"anchor": "created_at"}'))


def test_arrays_may_repeat_in_all_spellings() -> None:
    passes(part("tags", "a"))
    passes(part("tags", "a"), part("tags", "b"))
    passes(part("tags[]", "a"), part("tags[]", "1"), part("sizes[0]", "1"), part("sizes[1]", "2"))
    passes(part("sizes", "[1, 2]", kind="application/json"))
    fails("/tags", *[part("tags[]", "a")] * 4)
    fails("/sizes/1", part("sizes[]", "1"), part("sizes[]", "x"))
    fails("/sizes/0", part("sizes", '["x"]', kind="application/json"))


def test_objects_come_in_brackets_or_as_json() -> None:
    good = '{"anchor": "created_at", "seconds": 3600}'
    for name in ("expires_after", "strategy", "session", "input"):
        passes(part(name, good))
        passes(part(name, good, kind="application/json"))
        passes(part(f"{name}[anchor]", "created_at"), part(f"{name}[seconds]", "3600"))
    passes(part("strategy", "auto"))
    passes(part("list", good), part("list", good))
    passes(part("list", f"[{good}, {good}]"))
    passes(part("list[0][anchor]", "created_at"), part("list[1][anchor]", "created_at"))


def test_objects_that_are_wrong() -> None:
    fails("/expires_after/anchor", part("expires_after", '{"anchor": "x"}'))
    fails("/expires_after/anchor", part("expires_after[anchor]", "x"))
    fails("/expires_after/seconds", part("expires_after[seconds]", "x"))
    fails("/expires_after", part("expires_after", "{"))
    fails("/expires_after", part("expires_after", '{"anchor": 1, "anchor": 2}'))
    fails("/expires_after", part("expires_after", "text"))
    fails("/session", part("session", "{", kind="application/json"))
    fails("/session", part("session", '{"anchor": "created_at"}', kind="application/xml"))
    fails("/strategy", part("strategy", "other"))
    fails("/list/1/anchor", part("list", '{"anchor": "created_at"}'), part("list", '{"anchor": 1}'))
    mixed = part("expires_after", '{"anchor": "created_at"}')
    fails("/expires_after", mixed, part("expires_after[seconds]", "1"))


def test_files_are_counted() -> None:
    image = part("image[]", b"x", file="a.png", kind="image/png")
    passes(image)
    passes(image, image)
    passes(part("image", b"x"), part("image", b"x"))
    fails("/image", image, image, image)
    pair = part("pair", b"x", file="a")
    passes(pair, pair)
    fails("/pair", pair)


def test_texts_and_files_of_one_array_may_mix() -> None:
    passes(part("mixed[]", "x"), part("mixed[]", b"\xff", file="a"), part("mixed", "x"))
    passes(part("mixed[0]", "x"), part("mixed[1]", b"\xff", file="a"))
    fails("/mixed", part("mixed[]", "x"), *[part("mixed[]", b"\xff", file="a")] * 3)


def test_declared_content_types_of_files() -> None:
    passes(part("typed", b"x", file="a", kind="image/png"))
    passes(part("typed", b"x", file="a", kind="text/csv"))
    passes(part("typed", b"x", file="a", kind="application/octet-stream"))
    fails("/typed", part("typed", b"x", file="a", kind="application/pdf"))
    fails("/typed", part("typed", b"x", file="a"))


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
    passes(part("id", "1"), part("other", "x"), body=union)
    assert refused(part("other", "x") + END, union) == [""]


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


def test_a_long_upload_is_not_collected() -> None:
    check = MultipartCheck(BODY, CONTENT_TYPE, max_body=None, rules=RULES)
    head, chunk = FILE[: FILE.index(b"\x00")], bytes(range(256)) * 256
    check.feed(PURPOSE + head)
    tracemalloc.start()
    try:
        for _ in range(2048):
            assert check.feed(chunk)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()
    check.feed(b"\r\n" + END)
    assert check.close() == b"\r\n" + END


PARTS = st.sampled_from(
    [
        FILE,
        PURPOSE,
        part("n", "3"),
        part("n", "x"),
        part("tags[]", "a"),
        part("expires_after[anchor]", "created_at"),
        part("expires_after", '{"anchor": 1}'),
        part("image", b"\r\n--", file="a"),
        part("other", "x" * 40),
        part("tags", b"\xff"),
        b"--b\r\n\r\n\r\n",
        END,
        b"\r\n",
        b"junk",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PARTS, max_size=7).map(b"".join),
    st.booleans(),
    st.lists(st.integers(0, 2000), max_size=10),
    st.none() | st.integers(0, 600),
)
def test_bytes_and_verdict_do_not_depend_on_chunks(
    data: bytes, complete: bool, cuts: list[int], max_body: int | None
) -> None:
    data = FILE + PURPOSE + data + END if complete else data
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    whole = relayed([data], max_body=max_body)
    assert whole == data or isinstance(whole, tuple)
    assert relayed([data[start:end] for start, end in pairwise(edges)], max_body=max_body) == whole
    assert relayed([data[at : at + 1] for at in range(len(data))], max_body=max_body) == whole
