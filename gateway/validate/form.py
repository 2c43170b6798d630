"""Form fields into the object that they stand for (URL Standard, 5.1; OpenAPI 3.1.0, 4.8.14.3).

A form has no types of its own: the schema says what a text stands for. Names in brackets nest as
Stripe, Rack and PHP write them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gateway.contract.model import BodyType, PartEncoding
from gateway.contract.pointer import escape
from gateway.errors import Finding, RelayError
from gateway.validate.brackets import Conflict, nest
from gateway.validate.form_shape import FormShape
from gateway.validate.form_values import FormValues
from gateway.validate.query import BadQuery, query_pairs
from gateway.validate.styles import BadStyle, Tree, decode, delimited

MAX_FINDINGS = 20
_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_KEY = re.compile(r"\[([^\[\]]*)\]")
Path = tuple[str, ...]


def form_findings(data: bytes, body: BodyType) -> list[Finding]:
    """List what is wrong with a form-urlencoded body; raise `invalid_form` if it is none."""
    try:
        pairs = query_pairs(data)
    except BadQuery as error:
        param = "/" + escape(error.name) if error.name else None
        raise RelayError("invalid_form", f"The form {error.rule}.", param=param) from None
    value, findings = fields_to_object(pairs, body)
    if body.check is None or body.check.is_valid(value):
        return findings
    told = tuple(finding.param for finding in findings)
    more = [
        finding
        for finding in body.check.findings(value)
        if not any(finding.param == at or finding.param.startswith(at + "/") for at in told)
    ]
    return (findings + more)[:MAX_FINDINGS]


def fields_to_object(
    pairs: Sequence[tuple[str, str]], body: BodyType
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the object that fields make, and what is wrong with the fields themselves.

    Texts have the types that the schema gives them; of several readings of a text the one counts
    that the schema admits. A text that no declared type admits, fields of one name that do not fit
    together, and a value given twice are findings. The object has yet to be checked.
    """
    shape = FormShape.of(body)
    fields: dict[str, list[tuple[Path, str]]] = {}
    owners = _owners(body, shape)
    for name, text in pairs:
        root, path = _owner(name, body, owners)
        fields.setdefault(root, []).append((path, text))
    values = FormValues(shape)
    findings: list[Finding] = []
    for root, given in fields.items():
        schemas = shape.property(root)
        try:
            tree = _tree(given, body.encoding.get(root), shape.types(schemas))
        except (Conflict, BadStyle) as error:
            findings.append(Finding("/" + escape(root), str(error), body.pointer))
        else:
            values.add(root, tree, schemas)
    findings += [Finding(at, rule, body.pointer) for at, rule in values.unreadable.items()]
    found = values.choose(body.check if not findings else None)
    return found, findings[:MAX_FINDINGS]


def _owner(name: str, body: BodyType, owners: dict[str, Path]) -> tuple[str, Path]:
    """Return the property that a field stands for, and the place in it."""
    if name in body.properties:
        return name, ()
    match = _BRACKETED.fullmatch(name)
    root, path = (match[1], tuple(_KEY.findall(match[2]))) if match else (name, ())
    if root in body.properties:
        return root, path
    if f"{root}[]" in body.properties:
        return f"{root}[]", path
    owner, *keys = owners.get(root, (root,))
    return owner, (*keys, *path)


def _owners(body: BodyType, shape: FormShape) -> dict[str, Path]:
    """Return the members of properties that are spread over the form (style form, exploded)."""
    found: dict[str, Path] = {}
    for name, encoding in body.encoding.items():
        spread = encoding.style == "form" and encoding.explode is not False
        schemas = shape.property(name) if spread else []
        if shape.types(schemas) == {"object"}:
            found.update({member: (name, member) for member in sorted(shape.names(schemas))})
    return found


def _tree(
    given: list[tuple[Path, str]], encoding: PartEncoding | None, types: frozenset[str]
) -> Tree:
    if len(given) == 1 and not given[0][0]:
        for form in _serialised(encoding, types):
            assert encoding is not None
            assert encoding.style is not None
            return decode(given[0][1], encoding.style, encoding.explode is True, form)[0]
    return nest(given)


def _serialised(encoding: PartEncoding | None, types: frozenset[str]) -> Iterator[Any]:
    """Yield what one field carries as a whole, by its declared style: an array or an object."""
    if encoding is None or encoding.style is None:
        return
    explode = encoding.style == "form" if encoding.explode is None else encoding.explode
    if delimited(encoding.style, explode):
        yield from (form for form in ("array", "object") if form in types)
