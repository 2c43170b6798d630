"""Every document of the corpus has the findings that it names, and no other."""

from pathlib import Path

import pytest

from codegen.lint.table import RULES
from tests.lint.corpus_file import FILES, read


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_findings_are_those_that_the_document_names(path: Path) -> None:
    corpus_file = read(path)
    found = [
        {
            "rule": each.rule,
            "effect": each.effect,
            "sure": each.sure,
            "place": each.place,
            "says": each.message,
        }
        for each in corpus_file.lint()
    ]
    assert found == corpus_file.expect


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_finding_has_a_line_and_a_mend_without_gaps(path: Path) -> None:
    for finding in read(path).lint():
        assert finding.line
        assert finding.mend
        assert not {"{where}", "{mend}", "{name}"} & set(finding.mend.split())


@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_every_rule_has_a_document_named_as_it_is(name: str) -> None:
    path = next(path for path in FILES if path.stem == name)
    assert name in {each["rule"] for each in read(path).expect}
