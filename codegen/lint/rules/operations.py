"""Rules about path items and operations: methods, names, texts, consent."""

import re
from collections.abc import Iterator

from codegen.lint.rule import Hit, advice, rule
from codegen.lint.tree import below, items, text
from codegen.lint.view import METHODS, View

MAX_TEXT = 300
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
CONSENT = "x-openai-isConsequential"


@rule(
    "drops the operation",
    "B",
    says="Path {path} has unrecognized method {key}; skipping",
    mend="{mend}",
)
def path_keys(view: View) -> Iterator[Hit]:
    """A path item holds methods and nothing else; `head` is none."""
    for path, item, item_place in items(view.document.get("paths"), "/paths"):
        for key, _, place in items(item, item_place):
            if key not in METHODS:
                move = f"Move `{key}` into each operation of the path."
                mend = move if key == "parameters" else f"Take `{key}` away."
                yield Hit(place, {"path": path, "key": key, "mend": mend})


@rule(
    "drops the operation",
    "B",
    says="In path {path}, method {method} is missing operationId; skipping",
    mend="Give the operation an `operationId`.",
)
def operation_id_missing(view: View) -> Iterator[Hit]:
    """Every operation has an operationId."""
    for operation in view.operations:
        if not operation.id:
            values: dict[str, object] = {"path": operation.path, "method": operation.method}
            yield Hit(operation.place, values)


@advice(
    "B",
    "The operationId {name} is that of another operation.",
    "Give each operation a name of its own.",
)
def operation_id_repeated(view: View) -> Iterator[Hit]:
    """An operationId is used once."""
    seen: set[str] = set()
    for operation in view.operations:
        if operation.id and operation.id in seen:
            yield Hit(below(operation.place, "operationId"), {"name": operation.id})
        seen.add(operation.id)


@advice(
    "B",
    "The operationId {name} is not 1 to 64 letters, digits, `_` and `-`.",
    "Choose a name of 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`.",
)
def operation_id_form(view: View) -> Iterator[Hit]:
    """An operationId is 1 to 64 letters, digits, `_` and `-`."""
    for operation in view.operations:
        if operation.id and not NAME.fullmatch(operation.id):
            yield Hit(below(operation.place, "operationId"), {"name": operation.id})


@rule(
    "blocks",
    "A",
    says="{where}, {key} has length {length} exceeding limit of 300",
    mend="Cut the {key} to 299 characters; the rest belongs into the GPT's instructions.",
)
def operation_text(view: View) -> Iterator[Hit]:
    """An operation's summary and description have at most 300 characters each."""
    for operation in view.operations:
        for key in ("summary", "description"):
            length = len(text(operation.node.get(key)))
            if length > MAX_TEXT:
                values = {**operation.said, "key": key, "length": length}
                yield Hit(below(operation.place, key), values)


@advice(
    "C",
    "The {key} is just at the limit of 300, or over it if every emoji counts as two.",
    "Cut it to 299 characters: nobody can tell how the importer counts.",
)
def operation_text_at_limit(view: View) -> Iterator[Hit]:
    """An operation's texts stay below the limit however it is counted."""
    for operation in view.operations:
        for key in ("summary", "description"):
            said = text(operation.node.get(key))
            # JavaScript, in which the editor is written, counts UTF-16 units.
            units = len(said.encode("utf-16-le", "surrogatepass")) // 2
            if len(said) <= MAX_TEXT <= units:
                yield Hit(below(operation.place, key), {"key": key})


@advice(
    "A",
    "`x-openai-isConsequential` is not set: {meaning}.",
    "Write it on every operation: true asks before each call, false offers to allow all of them.",
)
def consequential(view: View) -> Iterator[Hit]:
    """Every operation says whether it is consequential."""
    for operation in view.operations:
        if not isinstance(operation.node.get(CONSENT), bool):
            asks = "a GET counts as false" if operation.method == "get" else "it counts as true"
            yield Hit(operation.place, {"meaning": asks})


RULES = (
    path_keys,
    operation_id_missing,
    operation_id_repeated,
    operation_id_form,
    operation_text,
    operation_text_at_limit,
    consequential,
)
