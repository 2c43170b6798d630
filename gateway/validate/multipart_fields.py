"""The fields of a multipart body, checked as their parts end (OpenAPI 3.1.0, section 4.8.14.4)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gateway.contract.model import BodyType
from gateway.contract.pointer import escape
from gateway.errors import Finding, RelayError
from gateway.validate.field_value import Field, FieldError, find_value
from gateway.validate.media_types import UTF_8, kind_of
from gateway.validate.part_headers import PartHead
from gateway.validate.part_rules import PartRule
from gateway.validate.readings import MAX_FINDINGS
from gateway.validate.strict_json import parse_json


class Fields:
    """Gathers the fields of one body. `findings` grows as parts end; `finish` adds the rest.

    A property that takes one part is checked when that part ends; one that is put together from
    several (arrays, names in brackets) at the end of the body. Files are only counted.
    """

    def __init__(self, body: BodyType, *, closed: bool = False) -> None:
        """`closed`: a part that is not declared is a finding."""
        self._body = body
        self._closed = closed
        self._seen: set[str] = set()
        self._files: dict[str, list[Field]] = {}
        self._values: dict[str, Any] = {}
        self._later: dict[str, list[Field]] = {}
        self.findings: list[Finding] = []

    def note(self, name: str) -> None:
        """Note a part that is not declared."""
        if self._closed:
            self._find(name, "is not declared, and the body takes nothing else")
        if name in self._body.required:
            self._seen.add(name)

    def add_file(self, rule: PartRule, head: PartHead) -> None:
        """Count a part whose content is not read."""
        media_type = head.media_type or "text/plain"
        if media_type != "application/octet-stream" and not rule.accepts(media_type):
            self._find(rule.field, _wrong_type(rule))
        file = Field(rule, "")
        if rule.nested:
            self._later.setdefault(rule.field, []).append(file)
        else:
            self._count_file(file)
        self._seen.add(rule.field)

    def add_text(self, rule: PartRule, head: PartHead, content: bytes) -> None:
        """Take a part whose content is read: a text, a number, JSON and so on."""
        repeated = rule.field in self._seen
        self._seen.add(rule.field)
        try:
            field = _read_field(rule, head, content)
            if rule.path or rule.repeats:
                self._later.setdefault(rule.field, []).append(field)
            elif repeated:
                self._find(rule.field, "was given more than once; it takes one value")
            else:
                self._settle(rule.field, [field])
        except FieldError as error:
            self._find(rule.field, str(error))

    def finish(self) -> None:
        """Check what only the end of the body tells; nothing can be added afterwards."""
        for name, fields in self._later.items():
            rule = fields[0].rule
            if name in self._values or (name in self._files and not rule.repeats):
                self._find(name, "was given in two ways; give it in one")
            else:
                self._settle(name, fields + self._files.get(name, []))
        for name, files in self._files.items():
            least = files[0].rule.least
            if len(files) < least and name not in self._later:
                self._find(name, f"must have at least {least} items")
        for name in sorted(self._body.required - self._seen):
            self._find(name, "is required")
        if not self.findings:
            self._check_whole()
        del self.findings[MAX_FINDINGS:]

    def _count_file(self, file: Field) -> None:
        rule = file.rule
        if rule.field in self._seen and not rule.repeats:
            self._find(rule.field, "was given more than once; it takes one part")
        files = self._files.setdefault(rule.field, [])
        files.append(file)
        if rule.most is not None and len(files) > rule.most:
            self._find(rule.field, f"must have at most {rule.most} items")

    def _settle(self, name: str, fields: list[Field]) -> None:
        """Find the value that all fields of one property make, and check it."""
        check = self._body.field_checks.get(name) if fields[0].rule.alone else None
        encoding = self._body.encoding.get(name)
        try:
            self._values[name], found = find_value(fields, check, encoding, "/" + escape(name))
        except FieldError as error:
            return self._find(name, str(error))
        for finding in found:
            schema = finding.schema or self._body.pointer
            self.findings.append(replace(finding, schema=schema))
        return None

    def _check_whole(self) -> None:
        """Check what spans properties. What stands for a part that was not read counts as valid."""
        check = self._body.check
        if check is None:
            return
        unread = {name: _stand_in(files) for name, files in self._files.items()}
        unread |= dict.fromkeys((self._body.required & self._seen) - unread.keys(), "")
        whole = unread | self._values
        if not check.is_valid(whole):
            blind = {escape(name) for name in unread.keys() - self._values.keys()}
            self.findings.extend(_outside(blind, check.findings(whole)))

    def _find(self, name: str, message: str) -> None:
        self.findings.append(Finding("/" + escape(name), message, self._body.pointer))


def _read_field(rule: PartRule, head: PartHead, content: bytes) -> Field:
    """Read a part's text, and its JSON where it holds or may hold JSON."""
    if head.charset and head.charset not in UTF_8:
        raise FieldError("must be in UTF-8; the part names another charset")
    # Forms made by hand seldom name a part's type, and text/plain stands for none.
    if head.media_type not in {"", "text/plain"} and not rule.accepts(head.media_type):
        raise FieldError(_wrong_type(rule))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise FieldError("is not UTF-8") from None
    declared, looks = kind_of(head.media_type) == "json", text.lstrip()[:1] in {"{", "["}
    if not declared and not (rule.composite and looks):
        return Field(rule, text)
    try:
        return Field(rule, text, is_json=True, json=parse_json(content))
    except RelayError as error:
        if (declared and looks) or not rule.textual:
            message = error.message.replace("The body", "The part", 1)
            raise FieldError(f"is not JSON: {message}") from None
        return Field(rule, text)


def _stand_in(files: list[Field]) -> Any:
    count = len(files)
    return [""] * count if count > 1 or files[0].rule.shape.types == {"array"} else ""


def _outside(names: set[str], findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that do not stand at or below a property of `names` (escaped)."""
    return [
        finding
        for finding in findings
        if finding.param.partition("/")[2].partition("/")[0] not in names
    ]


def _wrong_type(rule: PartRule) -> str:
    return f"must have the content type {' or '.join(rule.content_types)}"
