"""Bytes and verdict do not depend on how a body is cut into chunks."""

import tracemalloc
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.validate.multipart import MultipartCheck
from tests.validate.multipart_bodies import (
    BODY,
    CONTENT_TYPE,
    END,
    FILE,
    PURPOSE,
    RULES,
    part,
    relayed,
)


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
