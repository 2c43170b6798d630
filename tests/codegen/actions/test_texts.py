import pytest

from codegen.actions.texts import clamp, is_cut, joined


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Short.", 10, "Short."),
        ("One. Two. Three.", 12, "One. Two."),
        ("One.\n\n  Two.", 20, "One. Two."),
        ("Version 1.5 is out. More.", 20, "Version 1.5 is out."),
        ("no end of a sentence here", 12, "no end of…"),
        ("unbreakable-word", 8, "unbreak…"),
        ("Is it? Yes! So.", 11, "Is it? Yes!"),
        ("", 5, ""),
    ],
)
def test_texts_end_with_a_sentence_or_a_word(text: str, limit: int, cut: str) -> None:
    assert clamp(text, limit) == cut
    assert len(cut) <= limit


def test_only_what_loses_something_is_cut() -> None:
    assert is_cut("a" * 11, 10)
    assert not is_cut("  a   b  ", 3)


def test_sentences_are_joined_with_their_points() -> None:
    assert joined("One", "", "Two.", "Three!") == "One. Two. Three!"
