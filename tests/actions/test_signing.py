import pytest

from gateway.actions.signing import is_signed, sign, signing_key
from gateway.errors import StartError

KEY = b"k" * 32


def test_a_signature_is_of_its_parts() -> None:
    signature = sign(KEY, ("a", "bc"))
    assert is_signed(KEY, ("a", "bc"), signature)
    assert not is_signed(KEY, ("ab", "c"), signature)
    assert not is_signed(KEY, ("a", "bd"), signature)
    assert not is_signed(b"x" * 32, ("a", "bc"), signature)
    assert not is_signed(KEY, ("a", "bc"), "ä")


def test_where_the_key_comes_from() -> None:
    assert signing_key("a-long-random-text") == signing_key("a-long-random-text")
    assert signing_key(None) != signing_key(None)
    assert len(signing_key(None)) == 32
    with pytest.raises(StartError, match="fewer than 16"):
        signing_key("short")
