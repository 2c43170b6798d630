import pytest

from gateway.suggest import did_you_mean


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("reqest", "Did you mean 'request'?"),
        ("Request", "Did you mean 'request'?"),
        ("zzz", "Known: public, request, response."),
        ("", "Known: public, request, response."),
    ],
)
def test_a_name_that_is_nearly_right(name: str, sentence: str) -> None:
    assert did_you_mean(name, ("response", "request", "public")) == sentence


def test_nothing_is_known() -> None:
    assert did_you_mean("a", ()) == ""


def test_a_long_list_is_cut() -> None:
    known = [f"name{number:03}" for number in range(300)]
    sentence = did_you_mean("zzz", known)
    assert sentence.startswith("Known: name000, name001, ")
    assert sentence.endswith(" and 288 more.")
