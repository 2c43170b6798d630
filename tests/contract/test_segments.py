import re
import time

from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.segments import Segment, is_templated, shape


def test_values() -> None:
    assert Segment("{id}").match("a") == ("a",)
    assert Segment("{id}").match("") is None
    assert Segment("{Sid}.json").match("AC1.json") == ("AC1",)
    assert Segment("{Sid}.json").match(".json") is None
    assert Segment("{Sid}.json").match("AC1.xml") is None
    assert Segment("v{major}.{minor}").match("v1.2.3") == ("1", "2.3")
    assert Segment("{a}{b}").match("xyz") == ("x", "yz")
    assert Segment("{a}{b}").match("x") is None
    assert Segment("{a}:cancel").match("7:cancel") == ("7",)
    assert Segment("caf%C3%A9-{a}").match("café-1") == ("1",)


TEXTS = st.text("ab.-", max_size=12)
LITERALS = st.lists(st.text("ab.-", max_size=2), min_size=2, max_size=4)


@given(LITERALS, TEXTS)
def test_it_reads_as_a_regular_expression_would(literals: list[str], text: str) -> None:
    segment = Segment("{p}".join(literals))
    pattern = re.compile("(.+?)".join(map(re.escape, literals)), re.DOTALL)
    found = pattern.fullmatch(text)
    assert segment.match(text) == (found.groups() if found else None)


def test_no_text_takes_long() -> None:
    segment = Segment("{a}-{b}-{c}-{d}-x")
    began = time.thread_time()
    assert segment.match("-" * 65_536) is None
    assert time.thread_time() - began < 0.1


def test_shapes() -> None:
    assert is_templated("{a}.json")
    assert not is_templated("a{")
    assert shape("/a/{b}/{c}.x") == shape("/a/{d}/{e}.x") == "/a/{}/{}.x"
