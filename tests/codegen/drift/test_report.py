import json

from codegen.drift.finding import Row
from codegen.drift.report import as_json, as_markdown, cells, summary

ROWS = [
    Row("narrower", "A/b", "`pattern`: `a|b` here, none there", ("GET /a",)),
    Row("wider", "", "is no operation of the vendor's", tuple(f"GET /{n}" for n in range(5))),
]


def test_a_row_names_the_first_operations() -> None:
    assert cells(ROWS[1])[1] == "-"
    assert cells(ROWS[1])[3] == "GET /0, GET /1, GET /2 and 2 more"


def test_the_summary_counts() -> None:
    assert summary(ROWS) == "2 differences: 1 narrower, 1 wider"
    assert summary([]) == "no differences"


def test_json_holds_every_operation() -> None:
    assert json.loads(as_json(ROWS))[1]["operations"][-1] == "GET /4"


def test_markdown_keeps_cells_together() -> None:
    text = as_markdown(ROWS, "Pets", "vendor.yaml")
    assert text.startswith("# How Pets differs from vendor.yaml\n\n2 differences: 1 narrower")
    assert "| A/b | `pattern`: `a\\|b` here, none there | GET /a |" in text
    assert "## Undecided" not in text
