import pytest

from codegen.diff.change import Change
from codegen.diff.changelog import unnamed

CHANGE = Change("clients", "breaking", "createPet", "Pet/tag", "is required now")
BEFORE = "# Changelog\n\n## [1.0] - then\n\n### Changed\n- `createPet` takes more.\n"


def with_section(text: str, title: str = "[Unreleased]") -> str:
    return BEFORE.replace("## [1.0]", f"## {title}\n\n{text}\n\n## [1.0]")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("### Changed\n- `createPet` needs a tag.", True),
        ("### Removed\n- Pets without a tag: createPet.", True),
        ("### Changed\n- Every `Pet` needs a tag.", True),
        ("### Added\n- `createPet` needs a tag.", False),
        ("### Changed\n- `createPets` needs a tag.", False),
        ("### Changed\n- Nothing of note.", False),
        ("", False),
    ],
)
def test_a_breaking_change_is_named_under_unreleased(text: str, named: bool) -> None:
    assert unnamed([CHANGE], with_section(text), BEFORE) == ([] if named else [CHANGE])


def test_a_release_since_then_counts_and_an_older_one_does_not() -> None:
    since = with_section("### Changed\n- `createPet` needs a tag.", "[1.1] - now")
    assert unnamed([CHANGE], since, BEFORE) == []
    assert unnamed([CHANGE], BEFORE, BEFORE) == [CHANGE]


def test_only_what_breaks_must_be_named() -> None:
    quiet = Change("clients", "compatible", "createPet", "", "is new")
    assert unnamed([quiet], "", "") == []
