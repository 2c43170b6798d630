import pytest

from codegen.tool_text import MAX_DESCRIPTION, clamped, tool_description


@pytest.mark.parametrize(
    ("summary", "description", "expected"),
    [
        ("List files", "", "Use this when you want to list files."),
        ("Lists files.", "Newest first", "Use this when you want to list files. Newest first."),
        ("Searches by name", "", "Use this when you want to search by name."),
        ("Pet removal", "", "Use this when you need: Pet removal."),
        ("Any", "Use this when you are lost.", "Use this when you are lost."),
        ("", "", "Use this when nothing else fits."),
        ("Get  a\nfile", "Of\n  yours.", "Use this when you want to get a file. Of yours."),
    ],
)
def test_it_says_when_to_use_a_tool(summary: str, description: str, expected: str) -> None:
    assert tool_description(summary, description) == expected


def test_it_is_cut_at_the_end_of_a_sentence() -> None:
    said = tool_description("List files", "A sentence of some length. " * 60)
    assert len(said) <= MAX_DESCRIPTION
    assert said.endswith("length.")


def test_what_has_no_sentence_is_cut_at_a_word() -> None:
    assert clamped("one two three", 9) == "one two…"
    assert clamped("one two", 7) == "one two"
