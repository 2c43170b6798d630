"""Which of a call's files goes into which field of the operation's form."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.actions.adapter import FILE_REFERENCES
from gateway.errors import Finding, RelayError
from gateway.projection import Call


def assign_files(
    call: Call, arguments: Mapping[str, Any], names: Sequence[str]
) -> list[tuple[str, int]]:
    """Return (multipart field, index into `names`) for every file of a call, in their order.

    `names` are the names of the files that came. The first of `call.files` takes all that no other
    asks for; the others are asked for by name: the member of the field's name holds the name of
    its file, or a list of names. Raises `invalid_body` with everything that does not fit.
    """
    if not call.files:
        if names:
            rule = "has files, and the call takes none"
            message = f"{call.name} takes no files; leave out {FILE_REFERENCES}."
            raise RelayError("invalid_body", message, errors=[Finding(FILE_REFERENCES, rule)])
        return []
    first, *others = call.files
    findings: list[Finding] = []
    fields = dict.fromkeys(range(len(names)), first.target)
    asked = {member.target: member.name for member in call.members if member.place == "body"}
    for each in others:
        wanted = arguments.get(asked.get(each.target, each.target))
        if wanted is None:
            if each.required:
                findings.append(Finding(each.target, "must name one of the files"))
            continue
        for name in wanted if isinstance(wanted, list) else [wanted]:
            if name in names:
                fields[list(names).index(name)] = each.target
            else:
                rule = f"names no file of {FILE_REFERENCES}; give the name of one of them"
                findings.append(Finding(each.target, rule))
    left = [index for index, target in fields.items() if target == first.target]
    if first.required and not left:
        findings.append(Finding(FILE_REFERENCES, f"has no file for {first.target}"))
    if len(left) > 1 and not first.many:
        findings.append(Finding(FILE_REFERENCES, f"has several files; {first.target} takes one"))
    if findings:
        message = f"The files do not fit {call.name}: {findings[0].param} {findings[0].message}."
        raise RelayError("invalid_body", message, errors=findings[:20])
    return sorted(((target, index) for index, target in fields.items()), key=lambda pair: pair[1])
