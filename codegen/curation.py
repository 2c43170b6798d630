"""Which operations consumers reach directly: what the document says, or a curation made for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from codegen.actions.answers import is_binary
from codegen.actions.bodies import takes_files
from gateway.contract.model import Contract, Operation
from gateway.errors import Problem
from gateway.local.catalogue import ENVELOPE, local_kind

Class = Literal["direct", "wrap", "envelope", "never"]
LIMIT = 30  # operations of an Actions document
DERIVED = 28  # with the envelope and the job poll that makes 30
MAIN = "main"
KEY = "x-gateway"
CLASSES = "`x-gateway: {actions: direct}`, or wrap, envelope, never"


@dataclass(frozen=True, slots=True)
class Curation:
    """The class of every operation of the document, and the sets of those with a call.

    `sets` hold operationIds in their order; the document's own envelope may be among them.
    `own_envelope` is that operation; `envelope` tells whether every set has one. `problems` are
    fatal where the document contradicts itself.
    """

    classes: Mapping[str, Class]
    sets: Mapping[str, tuple[str, ...]]
    own_envelope: Operation | None
    envelope: bool
    derived: bool
    problems: tuple[Problem, ...]


def curate(contract: Contract) -> Curation:
    """Read the curation of a contract; derive one where no operation has a class."""
    operations = {o.id: o for o in contract.operations.values() if o.pointer}
    own = next((o for o in operations.values() if _is_envelope(o)), None)
    derived = not any(o.policy.actions for o in operations.values())
    problems: list[Problem] = []
    if derived:
        classes = _derived_classes(contract, operations)
        message = "No operation says how ChatGPT reaches it."
        mend = f"A choice was made; write your own as {CLASSES}."
        problems.append(Problem("/paths", message, mend, fatal=False))
    else:
        classes = {o.id: o.policy.actions or "envelope" for o in operations.values()}
        problems += [_unclassed(o) for o in operations.values() if not o.policy.actions]
    sets = _sets(contract, classes, problems)
    reachable = any(each == "envelope" for each in classes.values())
    envelope = reachable and own is None
    problems += _misplaced(operations, classes)
    problems += _too_large(sets, envelope, own)
    return Curation(classes, sets, own, envelope, derived, tuple(problems))


def _is_envelope(operation: Operation) -> bool:
    return operation.local and local_kind(operation) == ENVELOPE


def _unclassed(operation: Operation) -> Problem:
    message = f"{operation.id} does not say how ChatGPT reaches it, and others do."
    return Problem(operation.pointer, message, f"Write {CLASSES}.")


def natural_class(operation: Operation) -> Class:
    """Return the class that an operation has by what it takes and answers."""
    if operation.websocket:
        return "never"
    if operation.local:
        return "direct" if _is_envelope(operation) else "never"
    types = operation.body.types if operation.body else ()
    only_files = bool(types) and all(takes_files(each) for each in types)
    return "wrap" if only_files or is_binary(operation) else "direct"


def _derived_classes(contract: Contract, operations: Mapping[str, Operation]) -> dict[str, Class]:
    """Give the first operations a call of their own, or those that the document's sets name."""
    natural = {o.id: natural_class(o) for o in operations.values()}
    called = [name for name, each in natural.items() if each in ("direct", "wrap")]
    chosen = set(called[:DERIVED])
    if contract.action_sets:
        chosen = {name for names in contract.action_sets.values() for name in names}
    return {
        name: each if each == "never" or name in chosen else "envelope"
        for name, each in natural.items()
    }


def _sets(
    contract: Contract, classes: Mapping[str, Class], problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    called = tuple(name for name, each in classes.items() if each in ("direct", "wrap"))
    if not contract.action_sets:
        return {MAIN: called}
    for name, ids in contract.action_sets.items():
        for index, identity in enumerate(ids):
            if identity not in called and identity in classes:
                place = f"/{KEY}/action-sets/{name}/{index}"
                message = f"{identity} is {classes[identity]}, and the set {name!r} has it."
                problems.append(Problem(place, message, "Make it direct or wrap, or leave it out."))
    listed = {identity for ids in contract.action_sets.values() for identity in ids}
    for identity in called:
        if identity not in listed:
            message = f"{identity} is {classes[identity]}, and no action set has it."
            mend = "Add it to one; until then only the envelope reaches it."
            problems.append(Problem(f"/{KEY}/action-sets", message, mend, fatal=False))
    return {
        name: tuple(identity for identity in ids if identity in called)
        for name, ids in contract.action_sets.items()
    }


def _misplaced(operations: Mapping[str, Operation], classes: Mapping[str, Class]) -> list[Problem]:
    """Tell of classes that cannot be: a call that only a wrap can make, or none can."""
    found = []
    for operation in operations.values():
        given = classes[operation.id]
        if given not in ("direct", "wrap"):
            continue
        natural = natural_class(operation)
        if natural == "never":
            what = "a WebSocket" if operation.websocket else "answered by the gateway itself"
            message = f"{operation.id} is {given}, and it is {what}."
            found.append(Problem(operation.pointer, message, "Write `actions: never`."))
        elif given == "direct" and natural == "wrap":
            message = f"{operation.id} is direct, and it takes files or answers bytes."
            found.append(Problem(operation.pointer, message, "Write `actions: wrap`."))
    return found


def _too_large(
    sets: Mapping[str, tuple[str, ...]], envelope: bool, own: Operation | None
) -> list[Problem]:
    """Tell of documents with too many operations, the envelope and the job poll counted."""
    found = []
    for name, ids in sets.items():
        added = ["the job poll", *(["the envelope"] if envelope else [])]
        count = len(ids) + len(added)
        if count > LIMIT:
            surplus = ids[LIMIT - len(added) :]
            message = (
                f"The action set {name!r} has {count} operations, {' and '.join(added)} counted; "
                f"ChatGPT takes {LIMIT}. Over it: {', '.join(surplus)}."
            )
            mend = "Write `actions: envelope` on some, or make several action sets."
            found.append(Problem(f"/{KEY}/action-sets/{name}", message, mend))
    return found
