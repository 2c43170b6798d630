"""Which alternative of a union a value comes nearest to (`anyOf` and `oneOf` of JSON Schema)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.contract.pointer import escape
from gateway.errors import Finding
from gateway.validate.branches import Branch, among
from gateway.validate.rules import one_of_values, type_of
from gateway.validate.scalars import rule
from gateway.validate.subschemas import Node

REQUIRED = "is required"
MAX_NAMED = 6  # alternatives that a message names


@dataclass(frozen=True, slots=True)
class Union:
    """A union and a value that no alternative admits.

    `where` is the value's pointer, `rule` the keyword's in the document, `discriminator` the
    property that the document names as such.
    """

    branches: Sequence[Branch]
    value: Any
    where: str
    rule: str
    discriminator: str | None = None


def union_findings(union: Union, explain: Callable[[Node], list[Finding]]) -> list[Finding]:
    """List what keeps a value from the alternative that it comes nearest to.

    Nearest is the one that its discriminating properties name, then the ones of its type, then the
    one with the fewest findings, then the one with the deepest. `explain` lists the findings of
    one alternative.
    """
    branches = union.branches
    kind = type_of(union.value)
    kinds = {kind, "number"} if kind == "integer" else {kind}
    typed = [branch for branch in branches if not branch.types or branch.types & kinds]
    if not typed:
        types = frozenset[str]().union(*(branch.types for branch in branches))
        return [Finding(union.where, rule(types), union.rule)]
    if isinstance(union.value, dict):
        chosen = _by_tags(typed, union)
        if isinstance(chosen, Finding):
            return [chosen]
        typed = chosen
    elif all(branch.values is not None for branch in typed):
        return [Finding(union.where, _values_or_types(typed, branches), union.rule)]
    if len(typed) == 1:
        return explain(typed[0].node)
    return _fewest([explain(branch.node) for branch in typed], union)


def _values_or_types(typed: Sequence[Branch], branches: Sequence[Branch]) -> str:
    """Name the values that alternatives list, and the types of the others."""
    words = one_of_values(value for branch in typed for value in branch.values or ())
    others = frozenset[str]().union(*(branch.types for branch in branches if branch not in typed))
    return f"{words} or {rule(others).removeprefix('must be ')}" if others else words


def _by_tags(branches: list[Branch], union: Union) -> list[Branch] | Finding:
    """Keep the alternatives that the value's properties name, or say which names there are."""
    name = _discriminator(branches, union.discriminator)
    if name is None:
        return _unrefuted(branches, union.value) or branches
    tagged = [branch for branch in branches if name in branch.tags]
    # That a tag may be null tells no alternative.
    known = [value for branch in tagged for value in branch.tags[name] if value is not None]
    where = f"{union.where}/{escape(name)}"
    if name in union.value:
        named = [branch for branch in tagged if among(union.value[name], branch.tags[name])]
        if named:
            return _unrefuted(named, union.value) or named
        if len(tagged) * 2 > len(branches):
            return Finding(where, one_of_values(known), union.rule)
        return [branch for branch in branches if name not in branch.tags]
    likely = _unrefuted(branches, union.value)
    hinted = [branch for branch in likely if branch.tags.keys() & union.value.keys()]
    if hinted:
        return hinted
    if len(tagged) == len(branches) and all(name in branch.required for branch in branches):
        words = one_of_values(known).removeprefix("must be ")
        return Finding(where, f"{REQUIRED}: {words}", union.rule)
    return likely or branches


def _discriminator(branches: list[Branch], declared: str | None) -> str | None:
    """Return the property whose fixed values tell the most alternatives apart."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for branch in branches:
        for name, values in branch.tags.items():
            found.setdefault(name, set()).add(tuple(map(repr, values)))
    if declared in found:
        return declared
    telling = {name: len(values) for name, values in found.items() if len(values) > 1}
    return max(telling, key=lambda name: (telling[name], name == "type"), default=None)


def _unrefuted(branches: list[Branch], value: Mapping[str, Any]) -> list[Branch]:
    """Keep the alternatives none of whose fixed values the value contradicts."""
    return [
        branch
        for branch in branches
        if all(name not in value or among(value[name], v) for name, v in branch.tags.items())
    ]


def _fewest(results: list[list[Finding]], union: Union) -> list[Finding]:
    below = len(union.where) + 1
    missing = [
        [finding.param[below:] for finding in result]
        for result in results
        if all(f.message == REQUIRED and "/" not in f.param[below:] for f in result)
    ]
    if len(missing) == len(results):
        ways = list(dict.fromkeys(" and ".join(map(repr, names)) for names in missing))
        return [Finding(union.where, f"must have {' or '.join(ways[:MAX_NAMED])}", union.rule)]
    return min(results, key=lambda result: (len(result), -_depth(result)))


def _depth(findings: list[Finding]) -> int:
    return max((finding.param.count("/") for finding in findings), default=0)
