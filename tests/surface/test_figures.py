from tests.surface.figures import Figures, misses, table, total


def figures(valid: int, accepted: int, **more: int) -> Figures:
    made = Figures(operations=20, valid=valid, accepted=accepted, **more)
    made.mutants.update(required=100, type=100, enum=50, range=50)
    made.refused.update(required=95, type=90, enum=40, range=45)
    return made


def test_the_bars_are_reached_at_their_edge() -> None:
    assert not misses({"a": figures(1000, 995, failed=1)}, 0.1)


def test_each_bar_that_is_missed_is_told() -> None:
    low = figures(100, 97, failed=2)
    low.refused.update(required=94, type=89, enum=34, range=45)
    said = misses({"a": low, "b": figures(100, 100)}, 0.11)
    assert said[0].startswith("a: 97.00%")
    assert len(said) == 3 + 2 + 1
    assert not [each for each in said if each.startswith("b:")]


def test_the_total_adds_up() -> None:
    whole = total([figures(10, 9), figures(30, 30, unmade=2)])
    assert (whole.operations, whole.valid, whole.accepted, whole.unmade) == (40, 40, 39, 2)
    assert whole.mutants["required"] == 200
    assert whole.refusal("enum", "range") == 0.85


def test_the_table_has_a_line_for_each_family_and_the_total() -> None:
    lines = table({"b": figures(10, 9), "a": figures(30, 30)}).splitlines()
    assert [line.split()[0] for line in lines] == ["family", "a", "b", "total"]
    assert len({len(line) for line in lines}) == 1


def test_what_was_never_made_misses_nothing() -> None:
    assert not misses({"a": Figures()}, 0.0)
