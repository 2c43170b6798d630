"""Rules about parameters: written out, by name, in path or query, plain."""

from collections.abc import Iterator

from codegen.lint.rule import Hit, advice, rule
from codegen.lint.tree import below, members_of, target, text, types_of
from codegen.lint.view import Operation, View

MAX_TEXT = 700
LONGEST_QUOTE = 200


@rule(
    "drops the operation",
    "B",
    says="{where}, parameter {written} is has missing or non-string name; skipping",
    mend="{mend}",
)
def parameter_name(view: View) -> Iterator[Hit]:
    """Every parameter is written out, with its name."""
    for operation in view.operations:
        for parameter in operation.parameters:
            written = parameter.written
            if isinstance(written, dict) and text(written.get("name")):
                continue
            refers = isinstance(written, dict) and "$ref" in written
            mend = (
                "Write the parameter out in place of the reference."
                if refers
                else "Give the parameter a name."
            )
            said = repr(written)
            quote = said if len(said) <= LONGEST_QUOTE else f"{said[:LONGEST_QUOTE]}…"
            yield Hit(parameter.place, {**operation.said, "written": quote, "mend": mend})


@rule(
    "drops the operation",
    "B",
    says="{where}, parameter {name} is duplicated; skipping function due to errors",
    mend="Use the name once over path, query and body: rename one, or take it away.",
)
def parameter_repeated(view: View) -> Iterator[Hit]:
    """A name is used once over path, query and body."""
    for operation in view.operations:
        seen: set[str] = set()
        for name, place in _names(view, operation):
            if name in seen:
                yield Hit(place, {**operation.said, "name": name})
            seen.add(name)


def _names(view: View, operation: Operation) -> Iterator[tuple[str, str]]:
    """Walk the names that the model is to fill in, in path, query and body."""
    for parameter in operation.parameters:
        if parameter.name and parameter.location in ("path", "query"):
            yield parameter.name, parameter.place
    if operation.body is not None and operation.body.json:
        body = operation.body
        members = members_of(view.document, body.schema, body.schema_place)
        yield from ((name, place) for name, (place, _) in members.items())


@rule(
    "ignored",
    "B",
    says="{where}, parameter {name} has location {location}; ignoring",
    mend="{mend}",
)
def parameter_location(view: View) -> Iterator[Hit]:
    """Parameters stand in path and query."""
    for operation in view.operations:
        for parameter in operation.parameters:
            if parameter.location in ("header", "cookie"):
                needed = parameter.node.get("required") is True
                mend = "It is never sent: take it away" + (
                    ", and let the server do without it." if needed else "."
                )
                values = {"name": parameter.name, "location": parameter.location, "mend": mend}
                yield Hit(parameter.place, {**operation.said, **values})


@rule(
    "blocks",
    "A",
    says="{where}, parameter {name} description has length {length} exceeding limit of 700",
    mend="Cut the description to 699 characters.",
)
def parameter_text(view: View) -> Iterator[Hit]:
    """A parameter's description has at most 700 characters."""
    for operation in view.operations:
        for parameter in operation.parameters:
            length = len(text(parameter.node.get("description")))
            if length > MAX_TEXT:
                values = {**operation.said, "name": parameter.name, "length": length}
                yield Hit(below(parameter.found, "description"), values)


@advice(
    "C",
    "The description of the body's member {name} has length {length}, over 700.",
    "Cut it to 699 characters: the limit of parameters may hold for members of the body too.",
)
def member_text(view: View) -> Iterator[Hit]:
    """The description of a body's member has at most 700 characters."""
    for operation in view.operations:
        body = operation.body
        if body is None or not body.json:
            continue
        members = members_of(view.document, body.schema, body.schema_place)
        for name, (place, member) in members.items():
            said = text(member.get("description")) if isinstance(member, dict) else ""
            if len(said) > MAX_TEXT:
                yield Hit(below(place, "description"), {"name": name, "length": len(said)})


@advice(
    "C",
    "The query parameter {name} is an array, which is serialized wrongly.",
    "Declare a string of values at commas, and split it on the server.",
)
def query_array(view: View) -> Iterator[Hit]:
    """No query parameter is an array."""
    for operation in view.operations:
        for parameter in operation.parameters:
            schema = target(view.document, parameter.node.get("schema"))
            if parameter.location == "query" and "array" in types_of(schema):
                yield Hit(parameter.place, {"name": parameter.name})


RULES = (
    parameter_name,
    parameter_repeated,
    parameter_location,
    parameter_text,
    member_text,
    query_array,
)
