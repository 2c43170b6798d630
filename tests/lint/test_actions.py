"""Findings as a whole: their order, documents of one GPT, and trees that hold anything anywhere."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.lint.actions import lint_actions, lint_together
from codegen.lint.finding import EFFECTS, has_blocking
from codegen.lint.render import render
from gateway.contract.pointer import resolve
from tests.lint.corpus_file import FILES, read

Json = Any
CORPUS = {path.stem: read(path) for path in FILES}
CLEAN = CORPUS["clean"].document
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["$ref", "type", "properties", "items", "schema", "get", "url", "enum"])
            | st.integers(0, 3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


def worst_of_all() -> dict[str, Json]:
    document = copy.deepcopy(CORPUS["server-hosts"].document)
    document["paths"]["/x"]["head"] = {}
    document["openapi"] = "3.0.0"
    return document


def test_the_worst_findings_come_first() -> None:
    effects = [finding.effect for finding in lint_actions(worst_of_all())]
    assert effects[0] == "blocks"
    assert effects == sorted(effects, key=EFFECTS.index)
    assert set(effects) == {"blocks", "drops the operation", "ignored"}


@pytest.mark.parametrize("name", CORPUS)
def test_what_blocks_or_drops_is_told(name: str) -> None:
    corpus_file = CORPUS[name]
    bad = {"blocks", "drops the operation"} & {each["effect"] for each in corpus_file.expect}
    assert has_blocking(corpus_file.lint()) == bool(bad)


@pytest.mark.parametrize("name", CORPUS)
def test_every_place_is_one_of_the_document(name: str) -> None:
    for finding in CORPUS[name].lint():
        resolve(CORPUS[name].document, finding.place)


def test_the_documents_of_one_gpt_need_a_domain_each() -> None:
    other = {**CLEAN, "servers": [{"url": "https://other.example.com"}]}
    told = lint_together([("a", CLEAN, None), ("b", other, None), ("c", CLEAN, None)])
    assert [(name, [finding.rule for finding in findings]) for name, findings in told] == [
        ("a", []),
        ("b", []),
        ("c", ["duplicate-domains"]),
    ]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_anything_may_stand_anywhere(data: st.DataObject) -> None:
    document = copy.deepcopy(CORPUS[data.draw(st.sampled_from(sorted(CORPUS)))].document)
    node: Json = document
    while isinstance(node, dict | list) and node:
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or data.draw(st.integers(0, 4)) == 0:
            node[key] = data.draw(values)
            break
        node = node[key]
    findings = lint_actions(document)
    assert render(findings)
    assert render(findings, "json")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["openapi", "paths", "components", "servers"]), values))
def test_no_document_is_too_strange(document: dict[str, Json]) -> None:
    assert has_blocking(lint_actions(document))


def test_an_alias_that_holds_itself_ends() -> None:
    schema: dict[str, Json] = {"type": "object"}
    schema["properties"] = {"again": schema}
    schema["allOf"] = [schema]
    document = copy.deepcopy(CLEAN)
    content = document["paths"]["/x"]["post"]["requestBody"]["content"]
    content["application/json"]["schema"] = schema
    assert [finding.rule for finding in lint_actions(document)] == ["body-object"]


def test_depth_ends_nothing() -> None:
    schema: dict[str, Json] = {"type": "string"}
    for _ in range(3_000):
        schema = {"type": "object", "properties": {"a": schema}}
    document = copy.deepcopy(CLEAN)
    document["components"]["schemas"] = {"Deep": schema}
    assert lint_actions(document) == []


def test_a_long_chain_of_references_is_no_circle_until_it_closes() -> None:
    document = copy.deepcopy(CLEAN)
    schemas = document["components"]["schemas"] = {
        f"S{number}": {
            "type": "object",
            "properties": {"next": {"$ref": f"#/components/schemas/S{number + 1}"}},
        }
        for number in range(2_000)
    }
    schemas["S2000"] = {"type": "string"}
    assert lint_actions(document) == []
    schemas["S2000"] = {"$ref": "#/components/schemas/S0"}
    (finding,) = lint_actions(document)
    assert finding.rule == "circular-reference"


def test_the_same_circle_is_told_once_and_two_are_told_twice() -> None:
    document = copy.deepcopy(CLEAN)

    def node(*names: str) -> dict[str, Json]:
        refs = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
        return {"type": "object", "properties": refs}

    schemas = {"A": node("B"), "B": node("A", "C"), "C": node("C"), "D": node("A")}
    document["components"]["schemas"] = schemas
    found = sorted(finding.place for finding in lint_actions(document))
    assert found == ["/components/schemas/A", "/components/schemas/C"]
