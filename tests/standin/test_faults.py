import re

import pytest

from gateway.standin import faults
from gateway.standin.faults import Asked, BadRequestField, read_asked


def ask(*values, on=True):
    return read_asked([(b"X-Stand-In", value.encode()) for value in values], faults=on)


def test_the_grammar():
    assert ask("delay=0.5, status=429 ,cut=100") == Asked(delay=0.5, status=429, cut=100)
    assert ask("early", "reset,") == Asked(early=True, reset=True)
    assert ask("stall") == Asked(stall=0)
    assert ask("stall=7, pace=0, SIZE=0, close=1011") == Asked(stall=7, pace=0, size=0, close=1011)
    assert ask() == Asked()


def test_only_size_counts_without_faults():
    assert ask("size=5, status=500, reset", on=False) == Asked(size=5)


@pytest.mark.parametrize(
    "value",
    [
        *("nonsense", "delay", "delay=-1", "delay=nan", "delay=1e9", "status=99", "status"),
        *("cut=x", "reset=1", "size=-1", "size=9999999999999999", "close=5", "=1"),
    ],
)
def test_everything_else_is_refused_without_quoting_it(value):
    with pytest.raises(BadRequestField) as caught:
        ask(value)
    assert "9999" not in str(caught.value)
    assert "nonsense" not in str(caught.value)


def test_every_word_is_documented():
    documented = re.findall(r"^    (\w+)(?:\[?=\w+\]?)? ", faults.__doc__, re.MULTILINE)
    assert set(documented) == set(Asked.__dataclass_fields__)
