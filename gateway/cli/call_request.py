"""One call of an operation, put together from what the command line says of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote, urlencode

from cyclopts import CycloptsError

from gateway.contract.model import BodyType, Operation, Parameter, Place
from gateway.suggest import did_you_mean

FILE_SIGN = "@"
PATH_LEAD: Mapping[str, str] = {"label": ".", "matrix": ";"}

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A request without its body. `media_type` is the body's, None where there is none."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    media_type: str | None = None


def wrong(message: str) -> NoReturn:
    """Refuse the command line."""
    raise CycloptsError(msg=message)


def pairs(texts: Iterable[str], option: str) -> Pairs:
    """Split each `NAME=VALUE` at its first equals sign."""
    found = [text.partition("=") for text in texts]
    if any(not sign or not name for name, sign, _ in found):
        wrong(f"Write {option} NAME=VALUE.")
    return [(name, value) for name, _, value in found]


def find_operation(operations: Mapping[str, Operation], name: str) -> Operation:
    """Return the operation of that name, or suggest one."""
    operation = operations.get(name)
    if operation is None:
        wrong(f"No operation is named {name!r}. {did_you_mean(name, operations)}")
    if operation.websocket:
        wrong(f"{name} is a WebSocket, which `call` does not speak.")
    return operation


def build_request(operation: Operation, params: Pairs, body: str | None) -> CallRequest:
    """Put every parameter in its declared place.

    `body` is what carries the body: `body`, `fields`, or None where there is none.
    """
    placed: dict[Place, list[tuple[Parameter, str, str]]] = {}
    for name, value in params:
        parameter = _parameter(operation, name)
        placed.setdefault(parameter.place, []).append((parameter, name, value))
    _check_required(operation, placed)
    if body is None and operation.body is not None and operation.body.required:
        wrong(f"{operation.id} needs a body: give --body or --field.")
    headers = [(name, value) for _, name, value in placed.get("header", ())]
    cookies = "; ".join(f"{name}={value}" for _, name, value in placed.get("cookie", ()))
    if cookies:
        headers.append(("Cookie", cookies))
    query = [
        *(f"{quote(name)}={quote(value)}" for name, value in operation.fixed_query),
        *(
            f"{quote(name, safe='[]')}={quote(value, safe=_literal(parameter))}"
            for parameter, name, value in placed.get("query", ())
        ),
    ]
    path = _path(operation, placed.get("path", ()))
    return CallRequest(
        method=operation.method,
        target="?".join([path, *(["&".join(query)] if query else [])]),
        headers=tuple(headers),
        media_type=_body_type(operation, body).media_type if body else None,
    )


def _parameter(operation: Operation, name: str) -> Parameter:
    """Return the parameter that `name` is, or that it stands for: `filter[a]` for `filter`."""
    known = {parameter.name: parameter for parameter in operation.parameters}
    lowered = {key.lower(): each for key, each in known.items() if each.place == "header"}
    found = known.get(name) or known.get(name.partition("[")[0]) or lowered.get(name.lower())
    if found is None:
        wrong(f"{operation.id} has no parameter {name!r}. {did_you_mean(name, known)}".strip())
    return found


def _check_required(
    operation: Operation, placed: Mapping[Place, list[tuple[Parameter, str, str]]]
) -> None:
    given = {
        (parameter.place, parameter.name) for each in placed.values() for parameter, _, _ in each
    }
    missing = [
        parameter.name
        for parameter in operation.parameters
        if parameter.required and (parameter.place, parameter.name) not in given
    ]
    if missing:
        wrong(f"{operation.id} needs {' '.join(f'--param {name}=…' for name in missing)}")


def _literal(parameter: Parameter) -> str:
    """Return what is written unescaped: the comma of an array that is one value."""
    return "," if parameter.types & {"array", "object"} and not parameter.explode else ""


def _path(operation: Operation, values: Iterable[tuple[Parameter, str, str]]) -> str:
    path = operation.path
    for parameter, name, value in values:
        literal = "," if parameter.types & {"array", "object"} else ""
        written = quote(value, safe=literal)
        lead = PATH_LEAD.get(parameter.style, "")
        if parameter.style == "matrix":
            lead += f"{name}="
        path = path.replace(f"{{{parameter.name}}}", lead + written)
    return path


def _body_type(operation: Operation, body: str) -> BodyType:
    """Choose the media type that can carry the body as it was given."""
    types = operation.body.types if operation.body else ()
    kinds = ("json", "raw", "form") if body == "body" else ("multipart", "form")
    for kind in kinds:
        for each in types:
            if each.kind == kind:
                return each
    accepted = ", ".join(each.media_type for each in types)
    if not accepted:
        wrong(f"{operation.id} takes no body.")
    other = "--field" if body == "body" else "--body"
    wrong(f"{operation.id} takes {accepted}: give {other}.")


def form_body(fields: Pairs) -> bytes:
    """Encode fields as `application/x-www-form-urlencoded`."""
    return urlencode(fields).encode()
