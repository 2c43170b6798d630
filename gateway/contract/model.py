"""What a compiled contract holds: built once, at start, and immutable; requests only look up."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from gateway.errors import Finding, Problem

Schema = Mapping[str, Any] | bool
Place = Literal["path", "query", "header", "cookie"]
Style = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"
]
Kind = Literal["json", "form", "multipart", "raw"]
Mode = Literal["enforce", "report", "off"]


class Check(Protocol):
    """A compiled schema: checks a value, and lists what is wrong with it."""

    def is_valid(self, value: Any) -> bool:
        """Tell whether `value` is valid. The quick check of the hot path."""
        ...

    def findings(self, value: Any, prefix: str = "") -> list[Finding]:
        """List at most 20 findings; each `param` is `prefix` + a JSON Pointer into `value`."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter (OpenAPI 3.1.0, section 4.8.12); style and explode are filled in.

    `schema` is the mended schema with its own `$ref`s intact; `types` the JSON types that it can
    take, worked out through `$ref`, `allOf` and unions (empty: any). `properties` and `items` are
    the types of an object's members and of an array's items, by the same rule.
    `media_type` is set for a parameter with `content` (then `style` does not matter).
    """

    name: str
    place: Place
    required: bool
    style: Style
    explode: bool
    allow_empty: bool
    schema: Schema
    check: Check
    types: frozenset[str]
    items: frozenset[str] = frozenset()
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    media_type: str | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class PartEncoding:
    """The `encoding` of one property of a form or multipart body (OpenAPI 3.1.0, 4.8.15)."""

    content_types: tuple[str, ...] = ()
    style: Style | None = None
    explode: bool | None = None


@dataclass(frozen=True, slots=True)
class BodyType:
    """One media type that an operation accepts.

    `media_type` is lower-case and without parameters; it may be a range (`image/*`, `*/*`).
    `check` is None where the body has no schema. For `form` and `multipart`, `properties` gives
    each property's mended schema (resolved through `$ref` and `allOf`; unions contribute their
    members' properties), and `check` validates the object that the fields make; `field_checks`
    validates one property's value by itself, for bodies that are checked while they stream.
    """

    media_type: str
    kind: Kind
    schema: Schema | None
    check: Check | None
    properties: Mapping[str, Schema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    field_checks: Mapping[str, Check] = field(default_factory=dict)
    encoding: Mapping[str, PartEncoding] = field(default_factory=dict)
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What bodies an operation takes."""

    required: bool
    types: tuple[BodyType, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One declared response: `status` is "200", "2XX" or "default"; `content` by media type."""

    status: str
    content: Mapping[str, Mapping[str, Any]]
    headers: Mapping[str, Mapping[str, Any]]
    pointer: str


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; 0 is none. `first_byte` runs from the end of the request's body."""

    connect: float = 5.0
    first_byte: float = 600.0
    idle: float = 300.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """What `x-gateway` says about one operation, the defaults filled in."""

    upstream: str = "default"
    public: bool = False
    request: Mode = "enforce"
    response: Literal["off", "report"] = "off"
    max_body: int | None = None  # bytes; the operation's own limit, streamed bodies included
    max_whole_body: int = 32 << 20  # bytes; for bodies that are read whole, where max_body is None
    timeouts: Timeouts = Timeouts()
    headers: tuple[tuple[bytes, str, str | None], ...] = ()  # name, variable, default
    retry: Literal["connect", "idempotent", "never"] = "connect"
    usage: str | None = None
    scope: str = ""
    actions: Literal["direct", "wrap", "envelope", "never"] | None = None
    raw_path: bool = False
    one_of: Literal["any", "exact"] = "any"
    unknown_query: Literal["pass", "refuse"] = "pass"


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """Where a client puts its key, and the gateway the upstream's credential.

    `kind` "bearer" stands for http bearer, oauth2 and openIdConnect; "key" for apiKey, with its
    `place` and `name`.
    """

    name: str
    kind: Literal["bearer", "basic", "key"]
    place: Literal["header", "query", "cookie"] = "header"
    field: str = "authorization"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path of the contract.

    `path` is the template as it is served: server path included, no query. `server` is the origin
    of the document's server ("" if relative), `server_path` its path. `fixed_query` is the query
    that stands in the path key (`/responses?beta=true`), as pairs. `security` holds the document's
    alternatives: each a tuple of scheme names that go together; `((),)` where none is needed.
    """

    id: str
    method: str
    path: str
    key: str
    fixed_query: tuple[tuple[str, str], ...]
    server: str
    server_path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    answers: tuple[Answer, ...]
    security: tuple[tuple[str, ...], ...]
    policy: Policy
    websocket: bool
    pointer: str
    document: Mapping[str, Any] = field(repr=False, hash=False, compare=False)

    @property
    def local(self) -> bool:
        """Whether the gateway answers this operation itself."""
        return self.policy.upstream == "local"


@dataclass(frozen=True, slots=True)
class UpstreamPolicy:
    """An upstream as `x-gateway.upstreams` describes it. `url` and `headers` name variables."""

    name: str
    url: str
    url_env: str | None = None
    headers: tuple[tuple[bytes, str, str | None], ...] = ()
    connections: int = 0  # 0: no limit


@dataclass(frozen=True, slots=True)
class CredentialPolicy:
    """Which variable holds the upstream's credential for a scheme, and which setting its keys."""

    scheme: str
    env: str
    relay_keys: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A compiled document.

    `document` is the bundled, mended document (every `$ref` is `#/…`; always OpenAPI 3.1).
    `written` is the bundled document as it was written, less `x-gateway`, as JSON text. `warnings`
    are the mends.
    """

    title: str
    version: str
    document: Mapping[str, Any]
    written: bytes = field(repr=False)
    operations: Mapping[str, Operation]
    schemes: Mapping[str, SecurityScheme]
    upstreams: Mapping[str, UpstreamPolicy]
    credentials: Mapping[str, CredentialPolicy]
    errors: Literal["openai", "problem"]
    action_sets: Mapping[str, tuple[str, ...]]
    warnings: tuple[Problem, ...]
    check_for: Callable[[Schema, str], Check] = field(repr=False, compare=False)
    source: str = ""

    @property
    def bundle(self) -> dict[str, Any]:
        """The bundled document as it was written, less `x-gateway`; made anew at each use."""
        tree: dict[str, Any] = json.loads(self.written)
        return tree
