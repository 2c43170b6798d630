"""Type hints of the `openai` package's parameters as JSON Schemas."""

import datetime
import inspect
import os
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, Required, Union

import typing_extensions

from codegen.drift.sdk_calls import Members
from gateway.contract.pointer import reference

FILE: dict[str, Any] = {"type": "string", "format": "binary"}
PLAIN: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    None: {"type": "null"},
    bytes: FILE,
    datetime.datetime: {"type": "string"},
    datetime.date: {"type": "string"},
}
WRAPPERS = (Annotated, Required, NotRequired, typing_extensions.Required)
LITERALS = (Literal, typing_extensions.Literal)


class SdkTypes:
    """Turns hints into schemas; TypedDicts become `components` with names of their own."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Any]] = {}
        self._names: dict[int, str] = {}

    def schema(self, hint: Any) -> dict[str, Any]:
        """Return the schema of a hint; one that says nothing of JSON takes anything."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in WRAPPERS:
            return self.schema(arguments[0])
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin in LITERALS:
            return {"enum": list(arguments)}
        if typing_extensions.is_typeddict(hint):
            return {"$ref": reference(f"/components/schemas/{self._component(hint)}")}
        if origin is typing.IO or (inspect.isclass(origin) and issubclass(origin, os.PathLike)):
            return dict(FILE)
        if inspect.isclass(origin) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.schema(arguments[1])}
        if origin is not None and _is_list(origin):
            return {"type": "array", "items": self.schema(arguments[0])}
        return dict(PLAIN.get(hint, {})) if _is_plain(hint) else {}

    def members(self, each: Members) -> dict[str, Any]:
        """Return the schema of what is sent of a TypedDict, or of a union of them."""
        if not typing_extensions.is_typeddict(each.typed):
            options = typing.get_args(each.typed)
            if typing.get_origin(each.typed) in (Union, types.UnionType) and all(
                typing_extensions.is_typeddict(option) for option in options
            ):
                return {"anyOf": [self.members(Members(one, each.names)) for one in options]}
            return self.schema(each.typed)
        return self._object(each.typed, each.names)

    def _union(self, members: Sequence[Any]) -> dict[str, Any]:
        made = [self.schema(each) for each in members if typing.get_origin(each) is not tuple]
        unique = [each for index, each in enumerate(made) if each not in made[:index]]
        return unique[0] if len(unique) == 1 else {"anyOf": unique}

    def _component(self, hint: Any) -> str:
        name = self._names.get(id(hint))
        if name is None:
            module = hint.__module__.partition(".types.")[2] or hint.__module__
            name = self._names[id(hint)] = f"{module}.{hint.__name__}"
            self.components[name] = self._object(hint, None)
        return name

    def _object(self, hint: Any, names: frozenset[str] | None) -> dict[str, Any]:
        hints = typing_extensions.get_type_hints(hint, include_extras=True)
        kept = {name: said for name, said in hints.items() if names is None or name in names}
        return {
            "type": "object",
            "required": [_alias(said, name) for name, said in kept.items()
                         if _is_required(hint, name, said)],
            "properties": {_alias(said, name): self.schema(said) for name, said in kept.items()},
        }  # fmt: skip


def _is_required(hint: Any, name: str, said: Any) -> bool:
    """Tell whether a member must be given, annotations that are postponed included."""
    origin = typing.get_origin(said)
    if origin in (Required, typing_extensions.Required):
        return True
    return origin is not NotRequired and name in hint.__required_keys__


def _alias(said: Any, name: str) -> str:
    """Return a member's name on the wire."""
    while typing.get_origin(said) in WRAPPERS:
        for note in getattr(said, "__metadata__", ()):
            if getattr(note, "alias", None):
                return str(note.alias)
        said = typing.get_args(said)[0]
    return name


def _is_list(origin: Any) -> bool:
    if not inspect.isclass(origin):
        return False
    return issubclass(origin, Iterable) or origin.__name__ == "SequenceNotStr"


def _is_plain(hint: Any) -> bool:
    return hint is None or isinstance(hint, type)
