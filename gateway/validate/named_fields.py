"""Which parameter a named field of a query or of a Cookie header belongs to."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.contract.model import Parameter
from gateway.errors import Finding
from gateway.validate.brackets import MAX_DEPTH, Path, last_bracket
from gateway.validate.parameter_reader import Field, ParameterReader

_Owner = tuple[ParameterReader, Path]


class NamedFields:
    """Sorts named fields to the parameters that they stand for. Made once, at start.

    A name stands for the parameter of that name; for one declared with or without `[]` at its end;
    for a member of an exploded object; and, with brackets, for the parameter that the longest
    declared beginning names.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self.readers = [ParameterReader(parameter) for parameter in parameters]
        self.required = [reader for reader in self.readers if reader.parameter.required]
        self.owners: dict[str, _Owner] = {
            reader.parameter.name: (reader, ()) for reader in self.readers
        }
        self._rest: ParameterReader | None = None
        for reader in self.readers:
            self._add_aliases(reader)

    def _add_aliases(self, reader: ParameterReader) -> None:
        said = reader.parameter
        if said.name.endswith("[]"):
            self.owners.setdefault(said.name[:-2], (reader, ()))
        if not reader.has_members:
            return
        for member in said.properties:
            self.owners.setdefault(member, (reader, (member,)))
        if self._rest is None and _is_open(said):
            self._rest = reader

    def missing(self, given: Mapping[ParameterReader, object]) -> list[Finding]:
        """Return a finding for each required parameter that is not among the given."""
        return [reader.missing() for reader in self.required if reader not in given]

    def owner(self, name: str) -> _Owner | None:
        """Return the parameter that a name stands for, and the place in it."""
        owner = self.owners.get(name)
        if owner is not None:
            return owner
        keys: list[str] = []
        root = name
        while (found := last_bracket(root)) is not None:
            root, key = found
            keys.append(key)
            if len(keys) > MAX_DEPTH:
                root = root.partition("[")[0]
            owner = self.owners.get(root)
            if owner is not None:
                return owner[0], (*owner[1], *reversed(keys))
        return (self._rest, (root, *reversed(keys))) if self._rest is not None else None


def field_findings(given: Mapping[ParameterReader, Sequence[Field]]) -> list[Finding]:
    """Return what is wrong with the given parameters."""
    found: list[Finding] = []
    for reader, fields in given.items():
        found += reader.field_findings(fields)
    return found


def _is_open(parameter: Parameter) -> bool:
    """Tell whether an object takes members of any name: it says so, or declares none."""
    schema = parameter.schema
    if parameter.types != {"object"} or not isinstance(schema, Mapping):
        return False
    extra = schema.get("additionalProperties")
    if extra is None:
        return not parameter.properties
    return extra is not False
