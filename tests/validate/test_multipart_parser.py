from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_multipart.multipart import MultipartParser as PeerParser

from gateway.validate.multipart_parser import (
    MAX_HEADER_BYTES,
    MAX_OUTSIDE_BYTES,
    MAX_PARTS,
    Closing,
    Content,
    Epilogue,
    Malformed,
    MultipartParser,
    PartBegin,
    Preamble,
)

HEAD = b'Content-Disposition: form-data; name="a"'


def part(content: bytes, head: bytes = HEAD) -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def split(body: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


def events(chunks: list[bytes], boundary: bytes = b"b"):
    parser = MultipartParser(boundary)
    found = [event for chunk in chunks for event in parser.feed(chunk)]
    return found + list(parser.finish())


def reading(chunks: list[bytes], boundary: bytes = b"b"):
    """What a body says, or why it is refused: independent of how it is cut into chunks."""
    try:
        found = events(chunks, boundary)
    except Malformed as error:
        return error.message
    parts: list[list[bytes]] = []
    outside = {Preamble: b"", Epilogue: b""}
    for event in found:
        if isinstance(event, PartBegin):
            parts.append([event.head, b""])
        elif isinstance(event, Content):
            parts[-1][1] += event.raw
        elif not isinstance(event, Closing):
            outside[type(event)] += event.raw
    assert b"".join(event.raw for event in found) == b"".join(chunks)
    return parts, outside[Preamble], outside[Epilogue]


def peer_parts(body: bytes, boundary: bytes) -> list[bytes]:
    """The parts' contents as python-multipart reads them."""
    parts: list[bytes] = []

    def begin() -> None:
        parts.append(b"")

    def data(data: bytes, start: int, end: int) -> None:
        parts[-1] += data[start:end]

    parser = PeerParser(boundary, {"on_part_begin": begin, "on_part_data": data})
    parser.write(body)
    parser.finalize()
    return parts


def test_parts_preamble_and_epilogue() -> None:
    body = b"hello\r\n" + part(b"1") + part(b"", b"X: y") + b"--b--\r\nbye"
    parts, preamble, epilogue = reading([body])
    assert parts == [[HEAD, b"1"], [b"X: y", b""]]
    assert (preamble, epilogue) == (b"hello", b"\r\nbye")


def test_a_body_without_parts() -> None:
    assert reading([b"--b--\r\n"]) == ([], b"", b"\r\n")
    assert reading([b"--b--"]) == ([], b"", b"")


def test_a_part_without_headers_is_read() -> None:
    assert reading([b"--b\r\n\r\nx\r\n--b--"])[0] == [[b"", b"x"]]


def test_a_chunk_inside_a_part_is_not_copied() -> None:
    parser = MultipartParser(b"b")
    list(parser.feed(b"--b\r\n" + HEAD + b"\r\n\r\n"))
    chunk = bytes(65536)
    (event,) = parser.feed(chunk)
    assert event.raw is chunk


def test_what_looks_like_a_delimiter_is_content() -> None:
    for content in (
        b"--b",
        b"x--b--",
        b"\r\n--",
        b"\r\n-",
        b"\r",
        b"\n",
        b"\r\r\n\n--c",
        b"--" * 9,
    ):
        if content == b"--b":
            continue
        body = part(content) + b"--b--"
        for cut in range(len(body)):
            assert reading([body[:cut], body[cut:]])[0] == [[HEAD, content]], (content, cut)


def test_content_full_of_boundaries_in_mid_line_is_read() -> None:
    content = b"x" + b"--b" * 50_000
    assert reading([part(content) + b"--b--"])[0] == [[HEAD, content]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "does not begin"),
        (b"x", "does not begin"),
        (b"--c\r\n" + HEAD + b"\r\n\r\nx\r\n--c--", "does not begin"),
        (b"--b", "without the closing"),
        (b"--b\r\n" + HEAD, "without the closing"),
        (part(b"x"), "without the closing"),
        (part(b"x") + b"--b", "without the closing"),
        (part(b"x") + b"--b-", "without the closing"),
        (part(b"x") + b"--b--x", "Only CRLF may follow the closing"),
        (part(b"x") + b"--b--\n", "Only CRLF may follow the closing"),
        (part(b"x") + b"--b--\r", "Only CRLF may follow the closing"),
        (part(b"x") + b"--b--\r\n" + part(b"y") + b"--b--", "follows the closing"),
        (part(b"x") + b"--b \r\n\r\n\r\n--b--", "Only CRLF or two hyphens"),
        (part(b"x") + b"--bb\r\n\r\n\r\n--b--", "Only CRLF or two hyphens"),
        (part(b"x\n--b\r\n" + HEAD + b"\r\n\r\ny") + b"--b--", "bare CR or LF"),
        (part(b"x\r--b\r\n" + HEAD + b"\r\n\r\ny") + b"--b--", "bare CR or LF"),
        (part(b"--b--"), "without CRLF between"),
        (part(b"--b") + b"--b--", "without CRLF between"),
        (b"\n" + part(b"x") + b"--b--", "bare CR or LF"),
        (b"--b\r\nA: b\n\nx\r\n--b--", "bare CR or LF"),
        (b"--b\r\nA: b\n\n" + b"x" * MAX_HEADER_BYTES + b"\r\n--b--", "bare CR or LF"),
        (part(b"x", b"A: " + b"b" * MAX_HEADER_BYTES) + b"--b--", "bytes of headers"),
        (b"x" * (MAX_OUTSIDE_BYTES + 9) + b"\r\n" + part(b"x") + b"--b--", "does not begin"),
        (part(b"x") + b"--b--\r\n" + b"x" * MAX_OUTSIDE_BYTES, "Too much follows"),
        (part(b"") * (MAX_PARTS + 1) + b"--b--", f"more than {MAX_PARTS} parts"),
    ],
)
def test_a_malformed_body_is_refused_however_it_is_cut(body: bytes, words: str) -> None:
    refusal = reading([body])
    assert words in refusal
    if len(body) < 2000:
        for cut in range(len(body)):
            assert reading([body[:cut], body[cut:]]) == refusal
        assert reading([body[at : at + 1] for at in range(len(body))]) == refusal
    else:
        assert reading([body[at : at + 7777] for at in range(0, len(body), 7777)]) == refusal


def test_the_longest_header_block_passes() -> None:
    body = part(b"x", b"A: " + b"b" * (MAX_HEADER_BYTES - 5)) + b"--b--"
    edge = MAX_HEADER_BYTES
    for cut in range(edge - 4, edge + 16):
        assert isinstance(reading([body[:cut], body[cut:]]), tuple)


FRAGMENTS = st.sampled_from(
    [
        b"--b",
        b"--b--",
        b"\r\n",
        b"\r",
        b"\n",
        b"-",
        b"--",
        b"b",
        b"x",
        HEAD,
        b"\r\n\r\n",
        b"\0",
        b":",
    ]
)


@settings(max_examples=400)
@given(st.lists(FRAGMENTS, max_size=14).map(b"".join), st.lists(st.integers(0, 400), max_size=8))
def test_the_reading_of_any_bytes_does_not_depend_on_chunks(body: bytes, cuts: list[int]) -> None:
    whole = reading([body])
    assert reading(split(body, cuts)) == whole
    assert reading([body[at : at + 1] for at in range(len(body))]) == whole


@settings(max_examples=200)
@given(
    st.lists(st.lists(FRAGMENTS | st.binary(max_size=9), max_size=6).map(b"".join), min_size=1),
    st.lists(st.integers(0, 900), max_size=12),
    st.sampled_from([b"b", b"-", b"--b", b"a" * 70, b"x'()+_,-./:=?y"]),
)
def test_valid_bodies_read_as_the_peer_reads_them(
    contents: list[bytes], cuts: list[int], boundary: bytes
) -> None:
    dashes = b"--" + boundary
    contents = [content for content in contents if dashes not in b"\n" + content]
    body = b"".join(dashes + b"\r\n" + HEAD + b"\r\n\r\n" + c + b"\r\n" for c in contents)
    body += dashes + b"--\r\n"
    found = reading(split(body, cuts), boundary)
    assert [content for _, content in found[0]] == contents
    if contents:
        assert peer_parts(body, boundary) == contents
