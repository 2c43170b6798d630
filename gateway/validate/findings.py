"""What is wrong with a value, told after the quick check has failed.

The engine's own list is not used: its cost grows with the product of all alternatives of all
unions in the value (8 s for 230 KB), and it says of a union only that nothing in it fits. Here the
schema is walked, the engine tells at each place whether to go deeper, and no more is looked for
than is shown.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from gateway.errors import Finding
from gateway.validate.applicators import Place, below, steps
from gateway.validate.branches import BranchReader
from gateway.validate.rules import ASSERTIONS, broken, message
from gateway.validate.subschemas import Node, Subschemas
from gateway.validate.unions import Union, union_findings

MAX_FINDINGS = 20
SECONDS = 0.2  # of processor time; what is not told apart by then is told as a whole
STRIDE = 256  # members looked at between two looks at the clock
DEPTH = 80  # schemas entered one in another; each takes up to five frames of Python's stack
UNTOLD = "does not match its schema"


class Explainer:
    """Lists what is wrong with values, by the schemas of one document.

    `seconds` is the processor time that one listing may take.
    """

    def __init__(self, subschemas: Subschemas, seconds: float = SECONDS) -> None:
        self.subschemas = subschemas
        self.seconds = seconds
        self._branches = BranchReader(subschemas)

    def findings(self, node: Node, value: Any, prefix: str = "") -> list[Finding]:
        """List at most 20 findings of a value that is not valid under `node`, none of them twice.

        Each `param` is `prefix` and a JSON Pointer into `value` (RFC 6901); a missing property's
        is where it would stand. Inside a union they are those of the nearest alternative.
        """
        self.subschemas.take_up()  # before the clock of the search runs: no value asks for it twice
        found: dict[tuple[str, str], Finding] = {}
        search = _Search(self.subschemas, self._branches, self.seconds)
        for finding in search.explain(node, value, prefix):
            found.setdefault((finding.param, finding.message), finding)
        return list(found.values())


class _Search:
    """One listing: bounded in findings, in time and in depth."""

    def __init__(self, subschemas: Subschemas, branches: BranchReader, seconds: float) -> None:
        self._subschemas = subschemas
        self._branches = branches
        self._until = time.thread_time() + seconds
        self._depth = 0

    def explain(self, node: Node, value: Any, where: str) -> list[Finding]:
        """List what is wrong with a value that is known to be invalid: always one or more."""
        if node.schema is False:
            return [Finding(where, "is not allowed here", node.pointer or "")]
        if self._depth >= DEPTH or self._is_late():
            return [Finding(where, UNTOLD, node.pointer or "")]
        self._depth += 1
        try:
            found = list(islice(self._walk(node, value, where), MAX_FINDINGS))
            if not found and not self._is_late():
                found = self._unevaluated(node, value, where)
        finally:
            self._depth -= 1
        return found or [Finding(where, UNTOLD, node.pointer or "")]

    def _is_late(self) -> bool:
        return time.thread_time() > self._until

    def _walk(self, node: Node, value: Any, where: str) -> Iterator[Finding]:
        schema = node.keywords
        if "type" in schema and broken("type", schema["type"], value):
            # All else would be said of a value of another type.
            yield Finding(where, message("type", schema["type"]), node.at("type"))
            return
        for keyword in schema:
            if keyword in ASSERTIONS and broken(keyword, schema[keyword], value):
                yield Finding(where, message(keyword, schema[keyword]), node.at(keyword))
        for count, step in enumerate(steps(self._subschemas, node, value, where)):
            if count % STRIDE == STRIDE - 1 and self._is_late():
                return
            if isinstance(step, Finding):
                yield step
            elif not self._subschemas.fits(step.node, step.value):
                yield from self._at(step)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield from self._union(node, keyword, value, where)

    def _at(self, place: Place) -> Iterator[Finding]:
        for finding in self.explain(place.node, place.value, place.where):
            words = place.words + finding.message if place.words else finding.message
            yield replace(finding, message=words)

    def _union(self, node: Node, keyword: str, value: Any, where: str) -> list[Finding]:
        fitting = [
            index
            for index in range(len(node.keywords[keyword]))
            if self._subschemas.fits(node.child(keyword, index), value)
        ]
        if keyword == "oneOf" and len(fitting) > 1:
            numbers = " and ".join(str(index + 1) for index in fitting)
            words = f"must match one alternative of `oneOf` only, and matches {numbers}"
            return [Finding(where, words, node.at(keyword))]
        if fitting:
            return []
        declared = node.keywords.get("discriminator")
        name = declared.get("propertyName") if isinstance(declared, dict) else None
        branches = self._branches.read(node, keyword)
        union = Union(branches, value, where, node.at(keyword), name)
        return union_findings(union, lambda branch: self.explain(branch, value, where))

    def _unevaluated(self, node: Node, value: Any, where: str) -> list[Finding]:
        """Ask the engine what no subschema evaluated, when all that was evaluated is valid."""
        found = []
        for keyword in {"unevaluatedProperties", "unevaluatedItems"} & node.keywords.keys():
            for error in self._subschemas.compile(node).iter_errors(value):
                if error.kind.name != keyword or error.instance_path:
                    continue
                if keyword == "unevaluatedItems":  # the engine gives no index, but the item
                    found.append(Finding(where, "holds an unknown item", node.at(keyword)))
                else:
                    found += [
                        Finding(below(where, name), "is not a known property", node.at(keyword))
                        for name in error.kind.value
                    ]
        return found[:MAX_FINDINGS]
