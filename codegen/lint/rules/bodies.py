"""Rules about request bodies: one JSON object, and the files that come in one."""

from collections.abc import Iterator

from codegen.lint.rule import Hit, advice, rule
from codegen.lint.tree import Tree, below, members_of, target, types_of
from codegen.lint.view import Body, Operation, View

FILES = "openaiFileIdRefs"


@rule(
    "drops the operation",
    "B",
    says="{where}, request body schema is not an object schema; skipping",
    mend="{mend}",
)
def body_object(view: View) -> Iterator[Hit]:
    """A request body is one JSON object, not an array, scalar or union."""
    for operation in view.operations:
        body = operation.body
        if body is None or not body.json:
            continue
        schema = target(view.document, body.schema)
        for key, mend in _MENDS.items():
            if key in schema:
                yield Hit(body.schema_place, {**operation.said, "mend": mend})
                break
        else:
            if types_of(schema) != ("object",):
                mend = "Make the body one object with `type: object` and `properties`."
                yield Hit(body.schema_place, {**operation.said, "mend": mend})


_MENDS = {
    "allOf": "Merge the parts of `allOf` into one object.",
    "oneOf": "Merge the branches into one object, with a member that tells which is meant.",
    "anyOf": "Merge the branches into one object, with a member that tells which is meant.",
}


@rule(
    "drops the operation",
    "C",
    says="The request body is {types}; a call sends application/json.",
    mend="Take the body as one JSON object; files come as `openaiFileIdRefs`.",
    quoted=False,
)
def body_media_type(view: View) -> Iterator[Hit]:
    """A request body is JSON."""
    for operation in view.operations:
        body = operation.body
        if body is not None and body.media_types and not body.json:
            yield Hit(below(body.place, "content"), {"types": " or ".join(body.media_types)})


def _file_members(view: View) -> Iterator[tuple[Operation, Body | None, str, Tree]]:
    """Walk what is declared as `openaiFileIdRefs`: operation, body if there, place, schema."""
    for operation in view.operations:
        for parameter in operation.parameters:
            if parameter.name == FILES:
                schema = target(view.document, parameter.node.get("schema"))
                yield operation, None, parameter.place, schema
        body = operation.body
        if body is not None and body.json:
            members = members_of(view.document, body.schema, body.schema_place)
            if FILES in members:
                place, member = members[FILES]
                yield operation, body, place, target(view.document, member)


@advice(
    "A",
    "`openaiFileIdRefs` is filled only in the body of a POST.",
    "Make the operation a POST, and the files a member of its body.",
)
def files_in_place(view: View) -> Iterator[Hit]:
    """Files come in the body of a POST."""
    for operation, body, place, _ in _file_members(view):
        if body is None or operation.method != "post":
            yield Hit(place)


@advice(
    "A",
    "`openaiFileIdRefs` is not declared as an array of strings.",
    "Write `{{type: array, items: {{type: string}}}}`; at run time it holds up to 10 objects.",
)
def files_in_shape(view: View) -> Iterator[Hit]:
    """`openaiFileIdRefs` is declared as an array of strings."""
    for _, _, place, schema in _file_members(view):
        inner = types_of(target(view.document, schema.get("items")))
        if types_of(schema) != ("array",) or inner != ("string",):
            yield Hit(place)


RULES = (body_object, body_media_type, files_in_place, files_in_shape)
