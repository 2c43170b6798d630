"""Check that what a contract's policies name is there, and that no two operations are one."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.contract.model import Operation
from gateway.contract.pointer import escape
from gateway.contract.policy import KEY
from gateway.contract.segments import shape
from gateway.errors import Problem
from gateway.suggest import did_you_mean


def check_names(
    document: Mapping[str, Any],
    root: Mapping[str, Any],
    operations: Mapping[str, Operation],
    schemes: Mapping[str, Any],
) -> list[Problem]:
    """List what is named and not there, and operations that no request can reach."""
    found = [*_upstreams(root, operations), *_credentials(root, schemes)]
    found += [*_action_sets(root, operations), *_unreachable(operations)]
    if not operations:
        what = "no operation" if document.get("paths") else "no `paths`"
        found.append(Problem("/paths", f"The document has {what}.", "Nothing can be served."))
    return found


def _upstreams(root: Mapping[str, Any], operations: Mapping[str, Operation]) -> Iterator[Problem]:
    known = {"local", "default", *root.get("upstreams", {})}
    for operation in operations.values():
        name = operation.policy.upstream
        if name not in known:
            place = f"{operation.pointer}/{KEY}/upstream"
            message = f"{operation.id}: the upstream {name!r} is not declared."
            yield Problem(place, message, did_you_mean(name, known - {"default"}))


def _credentials(root: Mapping[str, Any], schemes: Mapping[str, Any]) -> Iterator[Problem]:
    for scheme in root.get("credentials", {}):
        if scheme not in schemes:
            place = f"/{KEY}/credentials/{escape(scheme)}"
            message = f"No security scheme is named {scheme!r}."
            yield Problem(place, message, did_you_mean(scheme, schemes))


def _action_sets(root: Mapping[str, Any], operations: Mapping[str, Operation]) -> Iterator[Problem]:
    for name, ids in root.get("action-sets", {}).items():
        for index, one in enumerate(ids):
            if one not in operations:
                place = f"/{KEY}/action-sets/{escape(name)}/{index}"
                mend = did_you_mean(one, operations)
                yield Problem(place, f"No operation is named {one!r}.", mend)


def _unreachable(operations: Mapping[str, Operation]) -> Iterator[Problem]:
    first: dict[tuple[str, str, tuple[tuple[str, str], ...]], Operation] = {}
    for operation in operations.values():
        key = (operation.method, shape(operation.path), tuple(sorted(operation.fixed_query)))
        other = first.setdefault(key, operation)
        if other is not operation:
            message = f"{operation.id} takes the same requests as {other.id}."
            mend = f"Only {other.id} is served."
            yield Problem(operation.pointer, message, mend, fatal=False)
