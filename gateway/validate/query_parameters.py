"""The query parameters of an operation."""

from collections.abc import Collection, Sequence

from gateway.contract.model import Parameter
from gateway.errors import Finding
from gateway.suggest import did_you_mean
from gateway.validate.named_fields import NamedFields, field_findings
from gateway.validate.parameter_reader import Field, ParameterReader
from gateway.validate.query import BadQuery, query_pairs, raw_pairs

MAX_NAME = 100  # characters of an unknown name that a finding repeats


class QueryCheck:
    """Checks a query string. Made once, at start.

    `known` are names that are no parameters and not unknown: the fixed part of the path's key, and
    keys. `refuse` makes a finding of every other undeclared name.
    """

    __slots__ = ("_absent", "_escapes", "_fields", "_idle", "_known", "_refuse")

    def __init__(
        self, parameters: Sequence[Parameter], known: Collection[str], refuse: bool
    ) -> None:
        self._fields = NamedFields(parameters)
        self._known = frozenset(known)
        self._refuse = refuse
        self._idle = not parameters and not refuse  # any query that can be read will do
        self._absent = tuple(self._fields.missing({}))
        self._escapes = any(reader.needs_escapes for reader in self._fields.readers)

    def findings(self, query_string: bytes) -> list[Finding]:
        """Return what is wrong with a query string."""
        if not query_string:
            return list(self._absent)
        if self._idle and b"%" not in query_string and query_string.isascii():
            return []
        try:
            pairs = query_pairs(query_string)
        except BadQuery as error:
            return [Finding(error.name[:MAX_NAME] or "query", error.rule)]
        raw: list[str | None] = []
        if self._escapes and b"%" in query_string:
            raw = [value for _, value in raw_pairs(query_string)]
        given: dict[ParameterReader, list[Field]] = {}
        found: list[Finding] = []
        for index, (name, value) in enumerate(pairs):
            owner = None if name in self._known else self._fields.owner(name)
            if owner is None:
                if self._refuse and name not in self._known:
                    found.append(self._unknown(name))
                continue
            reader, path = owner
            field = (path, value, raw[index] if raw else None)
            given.setdefault(reader, []).append(field)
        found += field_findings(given)
        return found + self._fields.missing(given) if self._fields.required else found

    def _unknown(self, name: str) -> Finding:
        known = [reader.parameter.name for reader in self._fields.readers]
        name = name[:MAX_NAME]
        hint = did_you_mean(name, known)
        return Finding(name, f"is not a query parameter of this operation. {hint}".strip())
