import json

from codegen.lint.finding import LintFinding
from codegen.lint.render import render, summary

FINDINGS = [
    LintFinding(
        rule="operation-limit",
        message="OpenAPI spec can have a maximum of 30 operations",
        effect="blocks",
        place="/paths",
        mend="Take one away.",
        sure="B",
        line=7,
    ),
    LintFinding(
        rule="components-absent",
        message="There is no `components` section.",
        effect="advice",
        place="",
        mend="Write one.",
        sure="C",
        quoted=False,
    ),
]


def test_the_table_has_effect_sureness_place_words_and_mend() -> None:
    assert render(FINDINGS) == (
        "blocks  B  /paths (line 7)\n"
        "           OpenAPI spec can have a maximum of 30 operations\n"
        "           → Take one away.\n"
        "advice  C  (the whole document)\n"
        "           [There is no `components` section.]\n"
        "           → Write one.\n"
        "2 findings: 1 blocks, 1 advice\n"
    )


def test_json_has_every_member() -> None:
    rows = json.loads(render(FINDINGS, "json"))
    assert rows[0] == {
        "rule": "operation-limit",
        "message": "OpenAPI spec can have a maximum of 30 operations",
        "effect": "blocks",
        "place": "/paths",
        "mend": "Take one away.",
        "sure": "B",
        "quoted": True,
        "line": 7,
    }
    assert len(rows) == 2


def test_nothing_found_is_said() -> None:
    assert render([]) == "no findings\n"
    assert render([], "json") == "[]\n"
    assert summary(FINDINGS[:1]) == "1 finding: 1 blocks"
