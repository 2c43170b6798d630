"""A schema as a list of plain alternatives: references followed, `allOf` merged, unions opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.contract.model import Schema
from gateway.contract.pointer import follow
from gateway.contract.types import TypeReader, type_of

MAX_BRANCHES = 64
SCALARS = ("string", "number", "integer", "boolean")
KINDS = ("object", "array", *SCALARS, "null")
# What says which types a schema without `type` is meant for (JSON Schema 2020-12 validation, 6).
TELLING: Mapping[str, str] = {
    "properties": "object",
    "additionalProperties": "object",
    "required": "object",
    "items": "array",
    "prefixItems": "array",
}
LOWER = ("minimum", "minLength", "minItems")
UPPER = ("maximum", "maxLength", "maxItems")
# What the projection does not repeat; the gateway checks it all the same.
UNSAID = (
    *("pattern", "multipleOf", "exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "not"),
    *("if", "contains", "patternProperties", "propertyNames", "dependentRequired"),
    *("dependentSchemas", "minProperties", "maxProperties", "unevaluatedProperties"),
)


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative. `kind` is its JSON type, "" for any; `refs` are the references above it.

    `properties` are the members' schemas, not yet opened; one that several parts of an `allOf`
    have is an `allOf` of them. `recursive` tells that a reference led back to where it came from.
    """

    kind: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Schema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    enum: tuple[Any, ...] | None = None
    refs: frozenset[str] = frozenset()
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class Flat:
    """A schema's alternatives, none of them null. `unsaid` are constraints that nothing repeats."""

    branches: tuple[Branch, ...]
    nullable: bool = False
    description: str = ""
    default: Any = None
    unsaid: frozenset[str] = frozenset()


class Flattener:
    """Flattens the schemas of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._types = TypeReader(document)

    def flat(self, schema: Schema, refs: frozenset[str] = frozenset()) -> Flat:
        """Return a schema's alternatives; `refs` are the references that led to it."""
        unsaid: set[str] = set()
        branches = self._branches(schema, refs, unsaid)
        texts = self._texts(schema, set())
        kept = tuple(branch for branch in branches if branch.kind != "null")
        nullable = len(kept) < len(branches)
        opened = [_without_null(branch) for branch in kept]
        nullable = nullable or any(new is not old for new, old in zip(opened, kept, strict=True))
        return Flat(tuple(opened), nullable, texts[0] or "", texts[1], frozenset(unsaid))

    def _texts(self, schema: Schema, seen: set[str]) -> tuple[str | None, Any]:
        """Return the description and the default that stand nearest."""
        if not isinstance(schema, Mapping):
            return None, None
        text, default = schema.get("description"), schema.get("default")
        parts: list[Schema] = []
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            parts.append(follow(self.document, schema)[0])
        parts += _list(schema, "allOf")
        for key in ("anyOf", "oneOf"):
            others = [part for part in _list(schema, key) if part != {"type": "null"}]
            parts += others if len(others) == 1 else []
        for part in parts:
            below = self._texts(part, seen)
            text = text if isinstance(text, str) else below[0]
            default = below[1] if default is None else default
        return (text if isinstance(text, str) else None), default

    def _branches(self, schema: Schema, refs: frozenset[str], unsaid: set[str]) -> list[Branch]:
        if not isinstance(schema, Mapping):
            return [Branch(refs=refs)] if schema is not False else []
        own = _own(schema, refs, unsaid)
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target, pointer = follow(self.document, schema)
            if pointer is not None and pointer in refs:
                # What comes back to itself is told by its types alone.
                kinds = sorted(self._types.types(target)) or [""]
                return [Branch(kind=kind, refs=refs, recursive=True) for kind in kinds]
            below = refs | {pointer} if pointer is not None else refs
            own = _both(own, self._branches(target, below, unsaid))
        for part in _list(schema, "allOf"):
            own = _both(own, self._branches(part, refs, unsaid))
        for key in ("anyOf", "oneOf"):
            parts = _list(schema, key)
            if parts:
                either = [b for part in parts for b in self._branches(part, refs, unsaid)]
                own = _both(own, either)
        return own[:MAX_BRANCHES]


def _own(schema: Mapping[str, Any], refs: frozenset[str], unsaid: set[str]) -> list[Branch]:
    """Return what a schema says itself: one branch for each of its types."""
    unsaid.update(key for key in UNSAID if key in schema)
    enum: tuple[Any, ...] | None = None
    if "const" in schema:
        enum = (schema["const"],)
    elif isinstance(schema.get("enum"), list):
        enum = tuple(schema["enum"])
    properties = schema.get("properties")
    branch = Branch(
        said=schema,
        properties=dict(properties) if isinstance(properties, Mapping) else {},
        required=frozenset(name for name in _list(schema, "required") if isinstance(name, str)),
        enum=enum,
        refs=refs,
    )
    return [_of_kind(branch, kind) for kind in _kinds(schema, enum)]


def _kinds(schema: Mapping[str, Any], enum: Sequence[Any] | None) -> list[str]:
    kinds = schema.get("type")
    if isinstance(kinds, str):
        return [kinds]
    if isinstance(kinds, list) and kinds:
        return [kind for kind in kinds if kind in KINDS]
    if enum:
        return list(dict.fromkeys(type_of(value) for value in enum))
    told = [kind for key, kind in TELLING.items() if key in schema]
    return told[:1] or [""]


def _of_kind(branch: Branch, kind: str) -> Branch:
    """Narrow a branch to a type: what is not said of that type goes."""
    if branch.kind == kind:
        return branch
    enum = branch.enum
    if enum is not None and kind:
        enum = tuple(value for value in enum if _fits(value, kind))
    if kind in ("object", ""):
        return replace(branch, kind=kind, enum=enum)
    return replace(branch, kind=kind, enum=enum, properties={}, required=frozenset())


def _fits(value: Any, kind: str) -> bool:
    own = type_of(value)
    return own == kind or (own == "integer" and kind == "number")


def _without_null(branch: Branch) -> Branch:
    if branch.enum is None or None not in branch.enum:
        return branch
    return replace(branch, enum=tuple(value for value in branch.enum if value is not None))


def _both(left: Sequence[Branch], right: Sequence[Branch]) -> list[Branch]:
    """Return what fits a branch of both sides."""
    found = [_met(one, other) for one in left for other in right]
    return [branch for branch in found if branch is not None][:MAX_BRANCHES]


def _met(left: Branch, right: Branch) -> Branch | None:
    """Return what fits two branches; None where their types exclude each other."""
    kind = _common(left.kind, right.kind)
    if kind is None:
        return None
    left, right = _of_kind(left, kind), _of_kind(right, kind)
    properties = dict(left.properties)
    for name, schema in right.properties.items():
        known = properties.get(name)
        same = known is None or known == schema
        properties[name] = schema if same else {"allOf": [known, schema]}
    enum = left.enum if right.enum is None else right.enum
    if left.enum is not None and right.enum is not None:
        enum = tuple(value for value in left.enum if value in right.enum)
    return Branch(
        kind=kind,
        said=_narrowed(left.said, right.said),
        properties=properties,
        required=left.required | right.required,
        enum=enum,
        refs=left.refs | right.refs,
        recursive=left.recursive or right.recursive,
    )


def _common(left: str, right: str) -> str | None:
    if not left or not right or left == right:
        return left or right
    return "integer" if {left, right} == {"integer", "number"} else None


def _narrowed(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of both, the narrower bound of each."""
    said = {**right, **left}
    for keys, choose in ((LOWER, max), (UPPER, min)):
        for key in keys:
            if key in left and key in right:
                said[key] = choose(left[key], right[key])
    if left.get("items") not in (None, right.get("items", left.get("items"))):
        said["items"] = {"allOf": [left["items"], right["items"]]}
    return said


def _list(schema: Mapping[str, Any], key: str) -> list[Any]:
    value = schema.get(key)
    return value if isinstance(value, list) else []
