"""A strict walk of a value along a declared type.

The SDK builds its models without validating them, and turns a "1" into a 1 where a union has no
better member, so that what it returns proves little by itself. `complaints` says where a value is
not what the type says: a required field that is missing, a string in the place of a number. The
value is a model, or the JSON that one was made from.
"""

import datetime
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union

import pydantic
import typing_extensions
from openai._models import BaseModel


def complaints(value: Any, hint: Any, place: str = "") -> list[str]:
    """Return what is wrong with `value`, each with its place; nothing where all is right."""
    return list(_walk(value, hint, place or "result"))


def _walk(value: Any, hint: Any, place: str) -> Iterator[str]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in (Any, object) or isinstance(hint, TypeVar):
        return
    if isinstance(hint, typing_extensions.TypeAliasType):
        yield from _walk(value, hint.__value__, place)
    elif origin is Annotated:
        yield from _walk(value, arguments[0], place)
    elif origin in (Union, types.UnionType):
        yield from _union(value, arguments, place)
    elif origin in (Literal, typing_extensions.Literal):
        if value not in arguments:
            yield f"{place}: not one of {', '.join(map(str, arguments))[:60]}"
    elif _model(hint):
        yield from _fields(value, hint, place)
    elif origin is not None:
        yield from _container(value, origin, arguments, place)
    elif not _is_a(value, hint):
        yield f"{place}: {type(value).__name__}, not {getattr(hint, '__name__', hint)}"


def _union(value: Any, members: Sequence[Any], place: str) -> Iterator[str]:
    tried = [list(_walk(value, each, place)) for each in members]
    if all(tried):  # the member that came furthest tells most
        yield from max(
            tried, key=lambda found: (found[0].count(".") + found[0].count("["), -len(found))
        )


def _model(hint: Any) -> bool:
    made_of = typing.get_origin(hint) or hint
    return isinstance(made_of, type) and issubclass(made_of, BaseModel)


def _fields(value: Any, hint: Any, place: str) -> Iterator[str]:
    """Walk a model's fields. A generic model of an open type counts as the bare one."""
    generic = hint.__pydantic_generic_metadata__
    if any(isinstance(each, TypeVar) for each in generic["args"]):
        hint = generic["origin"]
    if isinstance(value, Mapping):
        known = {name: value[key] for name, key in keys_of(hint).items() if key in value}
    elif isinstance(value, hint):
        hint, known = type(value), value.__dict__
    else:
        yield f"{place}: {type(value).__name__}, not {hint.__name__}"
        return
    for name, field in hint.model_fields.items():
        if name not in known:
            if field.is_required():
                yield f"{place}.{name}: missing"
        elif field.is_required() or known[name] is not field.default:
            yield from _walk(known[name], field.annotation, f"{place}.{name}")


def keys_of(model: Any) -> dict[str, str]:
    """Return a model's field names, each with its name in JSON."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


def _container(value: Any, origin: Any, arguments: Sequence[Any], place: str) -> Iterator[str]:
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            yield f"{place}: {type(value).__name__}, not an object"
            return
        for key, each in value.items():
            yield from _walk(each, arguments[1], f"{place}[{key!r}]")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _walk(each, arguments[0], f"{place}[{index}]")
    else:
        yield f"{place}: {type(value).__name__}, not a list"


def _is_a(value: Any, hint: Any) -> bool:
    if hint is None:
        return value is None
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint in (str, bool, bytes, type(None), datetime.datetime):
        return isinstance(value, hint)
    if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
        return isinstance(value, hint)
    return isinstance(value, hint) if isinstance(hint, type) else True
