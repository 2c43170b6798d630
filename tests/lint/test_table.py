"""The table of rules has every fact that is known of the importer, in its exact words."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.lint.finding import EFFECTS, SURENESS
from codegen.lint.table import RULES
from tests.lint.corpus_file import FILES, read

FACTS = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text(encoding="utf-8"))
ROWS = [row for rows in FACTS.values() for row in rows]
TABLE = {rule.name: rule for rule in RULES}


def pattern(words: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, words.split("…"))))


def fact(row: dict[str, Any]) -> str:
    return str(row["fact"])


@pytest.mark.parametrize("row", FACTS["document"], ids=fact)
def test_a_fact_about_documents_has_its_words_effect_and_sureness(row: dict[str, Any]) -> None:
    rules = [TABLE[name] for name in row["rules"]]
    assert {rule.effect for rule in rules} == {row["effect"]}
    assert {rule.sure for rule in rules} == {row["sure"]}
    said = [
        each["says"] for path in FILES for each in read(path).expect if each["rule"] in row["rules"]
    ]
    for words in row["says"]:
        assert any(pattern(words).search(message) for message in said), words
    assert all(rule.quoted for rule in rules) == bool(row["says"])


@pytest.mark.parametrize("row", ROWS, ids=fact)
def test_a_fact_has_a_rule_or_cannot_be_seen_in_a_document(row: dict[str, Any]) -> None:
    assert bool(row.get("rules")) != bool(row.get("unseen"))
    assert set(row.get("rules", ())) <= set(TABLE)


def test_every_rule_stands_for_a_fact() -> None:
    assert {name for row in ROWS for name in row.get("rules", ())} == set(TABLE)


def test_rules_have_names_of_their_own_and_say_all_that_a_reader_needs() -> None:
    assert len(TABLE) == len(RULES)
    for rule in RULES:
        assert rule.about.endswith(".")
        assert rule.says
        assert rule.mend
        assert rule.effect in EFFECTS
        assert rule.sure in SURENESS


def test_our_own_words_are_never_taken_for_the_importer_s() -> None:
    assert all(rule.quoted for rule in RULES if rule.effect in ("blocks", "ignored"))
    assert not any(rule.quoted for rule in RULES if rule.effect == "advice")
