"""What a projection hands to the running gateway: data only; `codegen` makes it once, at start.

A projected request is mapped back by the table that projected it. A *call* is one operation as
a consumer sees it: a flat object of members. Each has a place in the operation's request, and
rewrites that undo what the projection did to its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Place = Literal["path", "query", "header", "body"]
CallKind = Literal["direct", "wrap", "envelope", "job"]
RewriteKind = Literal["json", "csv", "rename", "fixed"]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One thing that the projection did to a value, to be undone on the way in.

    `path` leads to the value inside the body as it is projected: member names, `*` for every item
    of an array; `("query", name)` is a query parameter. `json`: a string that holds JSON (with a
    tuple of types as `value`, plain text is taken too); `csv`: a comma-separated string that was
    an array; `rename`: the last name of `path` stands for `value`; `fixed`: set the member to
    `value`.
    """

    path: tuple[str, ...]
    kind: RewriteKind
    value: Any = None


@dataclass(frozen=True, slots=True)
class Member:
    """A projected member: `name` for the consumer, `target` in the operation's request.

    The target "" of a body member is the body itself, which is no object then. Members of place
    `header` stand in the query.
    """

    name: str
    place: Place
    target: str
    required: bool
    schema: Mapping[str, Any]
    description: str = ""


@dataclass(frozen=True, slots=True)
class FileMember:
    """A file of a *wrap* call: the multipart field that the fetched files go into."""

    target: str
    many: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One operation as consumers see it, and the way back.

    `name` is unique among the calls and at most 64 of `[A-Za-z0-9_-]`. `path` is the projected
    path below `/-/actions`; with several sets it begins with the set's name. `operation` is the
    contract's operationId. `body_type` is the media type that the operation's body goes out as
    ("" for none). `binary` tells that the operation answers bytes.
    """

    name: str
    kind: CallKind
    operation: str
    method: str
    path: str
    summary: str
    description: str
    members: tuple[Member, ...]
    rewrites: tuple[Rewrite, ...] = ()
    files: tuple[FileMember, ...] = ()
    body_type: str = ""
    binary: bool = False
    consequential: bool = True
    output_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A function tool or MCP tool: a call with one input schema."""

    name: str
    title: str
    description: str
    input_schema: Mapping[str, Any]
    strict: bool
    call: Call
    read_only: bool
    destructive: bool


@dataclass(frozen=True, slots=True)
class ActionSet:
    """One Actions document and its calls. `document` has the placeholder server."""

    name: str
    document: Mapping[str, Any]
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """All projections of one contract."""

    sets: Mapping[str, ActionSet]
    tools: tuple[Tool, ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict)
    plugin: Mapping[str, Any] = field(default_factory=dict)
    instructions: str = ""
