import pytest

from codegen.actions.names import fit_name, member_name


@pytest.mark.parametrize(
    ("name", "taken", "fit"),
    [
        ("getThing", (), "getThing"),
        ("get thing/all", (), "get_thing_all"),
        ("a" * 70, (), "a" * 64),
        ("ä", (), "value"),
        ("x", ("x", "x_2"), "x_3"),
        ("a" * 64, ("a" * 64,), "a" * 62 + "_2"),
    ],
)
def test_names_fit_and_are_unique(name: str, taken: tuple[str, ...], fit: str) -> None:
    assert fit_name(name, taken) == fit


def test_a_member_is_told_apart_by_its_place() -> None:
    assert member_name("id", "query", {"id"}) == "query_id"
    assert member_name("id", "query", {"id", "query_id"}) == "query_id_2"
