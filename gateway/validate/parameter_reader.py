"""One declared parameter: the texts that a request gives for it, into findings."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from gateway.contract.model import Parameter
from gateway.errors import Finding, RelayError
from gateway.validate.brackets import Conflict, Path, nest
from gateway.validate.query import BadQuery
from gateway.validate.readings import Shape, judge
from gateway.validate.scalars import SCALARS, NotScalar, parse
from gateway.validate.strict_json import parse_json
from gateway.validate.styles import BadStyle, Form, Tree, decode, delimited

# Where it stands in its parameter (`a[b]` is `("b",)`), its text, and that text with its escapes
# where they matter.
Field = tuple[Path, str, str | None]


class ParameterReader:
    """Reads one parameter. Made once, at start."""

    __slots__ = (
        "_check",
        "_forms",
        "_is_valid",
        "_plain",
        "_shape",
        "_types",
        "parameter",
        "separated",
        "spread",
    )

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        self._check = parameter.check
        self._is_valid = parameter.check.is_valid
        self._types = parameter.types
        self._shape = Shape(parameter.types, parameter.items, parameter.properties)
        self._forms = _forms(parameter.types)
        composite = self._forms != ("scalar",) and parameter.media_type is None
        one_field = delimited(parameter.style, parameter.explode)
        # One field carries all items or members; or each is a field of its own (exploded form).
        self.separated = composite and one_field
        self.spread = composite and not one_field and parameter.style == "form"
        self._plain = (
            not composite
            and parameter.media_type is None
            and parameter.style not in ("label", "matrix")
        )

    @property
    def needs_escapes(self) -> bool:
        """Whether an escaped comma differs from a plain one."""
        return self.separated and self.parameter.style == "form"

    @property
    def has_members(self) -> bool:
        """Whether the members of an object are fields with names of their own."""
        return self.spread and "object" in self._forms

    @property
    def is_list(self) -> bool:
        """Whether only an array, or null, is admitted."""
        return "array" in self._types and self._types <= {"array", "null"}

    def missing(self) -> Finding:
        """Return the finding for a required parameter that a request does not give."""
        return self._finding("", f"is a required {self.parameter.place} parameter")

    def text_findings(self, text: str, raw: str | None = None) -> list[Finding]:
        """Return what is wrong with a parameter that is given once, as `text`."""
        if self._plain:
            try:
                value = parse(text, self._types)
            except NotScalar as error:
                return [self._finding("", str(error))]
            if self._is_valid(value):
                return []
        if self.parameter.media_type is not None:
            return self._content_findings(text, self.parameter.media_type)
        try:
            trees = self._trees(text, raw)
        except (BadStyle, BadQuery) as error:
            return [self._finding("", str(error))]
        return self._judged(trees)

    def field_findings(self, fields: Sequence[Field]) -> list[Finding]:
        """Return what is wrong with a parameter that is given by at least one field."""
        if len(fields) == 1 and not fields[0][0]:
            _, text, raw = fields[0]
            return [] if not text and self._may_be_empty() else self.text_findings(text, raw)
        bracketed = any(path for path, _, _ in fields)
        if self.parameter.media_type is not None or not (bracketed or "array" in self._forms):
            return [self._finding("", "must be given once")]
        try:
            tree = (
                nest((path, text) for path, text, _ in fields) if bracketed else self._list(fields)
            )
        except (Conflict, BadStyle, BadQuery) as error:
            return [self._finding("", str(error))]
        return self._judged([tree])

    def _may_be_empty(self) -> bool:
        # > This is valid only for `query` parameters. (OpenAPI 3.1.0, 4.8.12.2)
        return self.parameter.allow_empty and self.parameter.place == "query"

    def _list(self, fields: Sequence[Field]) -> Tree:
        if not self.separated:
            return [text for _, text, _ in fields]
        said = self.parameter
        lists = [
            decode(text, said.style, said.explode, "array", raw=raw)[0] for _, text, raw in fields
        ]
        return list(chain.from_iterable(lists))

    def _trees(self, text: str, raw: str | None) -> list[Tree]:
        said = self.parameter
        trees: list[Tree] = []
        failure: ValueError | None = None
        for form in self._forms:
            try:
                trees += decode(text, said.style, said.explode, form, name=said.name, raw=raw)
            except (BadStyle, BadQuery) as error:
                failure = failure or error
        if not trees and failure is not None:
            raise failure
        return trees

    def _judged(self, trees: list[Tree]) -> list[Finding]:
        found = judge(trees, self._shape, self._check, self.parameter.name)
        return self._placed(found)

    def _content_findings(self, text: str, media_type: str) -> list[Finding]:
        """Judge a parameter with `content` (OpenAPI 3.1.0, 4.8.12.2.3): JSON, or text as it is."""
        kind = media_type.partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            return self._judged([text]) if kind.startswith("text/") else []
        try:
            value: Any = parse_json(text.encode())
        except RelayError:
            return [self._finding("", "must be JSON, each name once in an object")]
        if self._is_valid(value):
            return []
        return self._placed(self._check.findings(value, self.parameter.name))

    def _placed(self, found: list[Finding]) -> list[Finding]:
        return [Finding(item.param, item.message, self.parameter.pointer) for item in found]

    def _finding(self, at: str, message: str) -> Finding:
        return Finding(self.parameter.name + at, message, self.parameter.pointer)


def _forms(types: frozenset[str]) -> tuple[Form, ...]:
    """Return the forms that a value of `types` may take, likeliest first."""
    forms: list[Form] = []
    if not types or types & SCALARS:
        forms.append("scalar")
    if not types or "array" in types:
        forms.append("array")
    if not types or "object" in types:
        forms.append("object")
    return tuple(forms)
