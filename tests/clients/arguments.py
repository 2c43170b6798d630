"""Arguments for a method of the SDK, made from its signature and type hints.

`Maker` decides every value by its hint. Of a union or a choice of literals turn 0 takes the first
member, and any other turn one by the hash of its place: the same each time, another at each place.
Where a hint says less than the API (a string that must be a URL, a number with a least value), the
parameter's name decides.
"""

import datetime
import functools
import inspect
import os
import types
import typing
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Required, TypeVar, Union

import typing_extensions
from openai import NotGiven, Omit
from openai._types import FileTypes  # its members are what the hints spell out

DEEPEST = 4  # levels within which optional members are given
OWN = {"extra_headers", "extra_query", "extra_body", "timeout"}  # of the SDK, not of the API
FILE_MEMBERS = set(typing.get_args(FileTypes))
# What a hint does not tell. `file` is a part's file name and its bytes.
STRINGS = {
    "model": "sample-model",
    "after": "item_1",
    "before": "item_0",
    "url": "https://example.com/a.png",
    "image_url": "https://example.com/a.png",
    "file_url": "https://example.com/a.pdf",
    "server_url": "https://example.com/mcp",
    "target_uri": "tel:+15551234567",
    "format": "wav",
    "size": "1024x1024",
    "mime_type": "text/plain",
    "tunnel_id": "tunnel_" + "0" * 32,
    "filename": "notes.txt",
    "content_type": "image/png",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "sha256": "0" * 64,
    "data": "AAAA",
    "pattern": "^a$",
    "path": "/workspace/notes.txt",
    "sdp": "v=0\r\n",
    "encrypted_content": "AAAA",
}
NUMBERS = {
    "seconds": 3_600,
    "days": 1,
    "bytes": 64,
    "part_size": 4_096,
    "max_chunk_size_tokens": 800,
    "chunk_overlap_tokens": 400,
    "expires_at": 4_000_000_000,
    "created_at": 1_700_000_000,
    "max_output_tokens": 16,
    "max_tokens": 16,
    "max_completion_tokens": 16,
    "compact_threshold": 2_000,
    "idle_timeout_ms": 6_000,
    "output_compression": 80,
    "status_code": 486,
    "temperature": 0.75,
}
OBJECTS: dict[str, Any] = {
    "filters": {"type": "eq", "key": "year", "value": 2026},
    "schema": {"type": "object", "properties": {}, "additionalProperties": False},
    "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
    "input_schema": {"type": "object", "properties": {}},
}
BYTES = b"content of a small file"


class NoValue(Exception):
    """A hint of which no value can be made."""


@functools.cache
def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return a function's hints, resolved."""
    return typing.get_type_hints(function, include_extras=True)


class Maker:
    """Makes values. `full`: optional members too; `turn`: which member of a union it takes."""

    def __init__(self, *, full: bool, turn: int = 0) -> None:
        self.full = full
        self.turn = turn

    def arguments(self, function: Callable[..., Any]) -> dict[str, Any]:
        """Return keyword arguments for a method (or one of its overloads)."""
        hints = hints_of(function)
        given = {}
        for name, parameter in inspect.signature(function).parameters.items():
            required = parameter.default is inspect.Parameter.empty
            if name in OWN or name == "self" or not (self.full or required):
                continue
            try:
                given[name] = self.value(hints[name], name)
            except NoValue:
                if required:
                    raise
        return given

    def value(self, hint: Any, place: str, depth: int = 0) -> Any:
        """Return a value of a hint for the parameter or member at `place` (names at slashes)."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (Annotated, Required, NotRequired, typing_extensions.Required):
            return self.value(arguments[0], place, depth)
        if origin in (Union, types.UnionType):
            return self._union(arguments, place, depth)
        if origin in (Literal, typing_extensions.Literal):
            return self._one_of(arguments, place)
        if typing_extensions.is_typeddict(hint):
            return self._members(hint, place, depth)
        if origin is os.PathLike:
            return Path(__file__)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(arguments, place, depth)
        if isinstance(origin, type) and issubclass(origin, Iterable):
            return [self.value(arguments[0], place, depth + 1)]
        return self._plain(hint, place.rpartition("/")[2])

    def _union(self, members: Sequence[Any], place: str, depth: int) -> Any:
        if set(members) >= FILE_MEMBERS:
            return file_named(place)
        left_out = (Omit, NotGiven) if self.turn else (Omit, NotGiven, type(None))
        kept = [each for each in members if each not in left_out]
        chosen = self._one_of(kept, place) if depth <= DEEPEST else kept[0]
        return self.value(chosen, place, depth)

    def _one_of(self, choices: Sequence[Any], place: str) -> Any:
        if self.turn == 0:
            return choices[0]
        return choices[zlib.crc32(f"{self.turn}/{place}".encode()) % len(choices)]

    def _members(self, hint: Any, place: str, depth: int) -> dict[str, Any]:
        hints = typing_extensions.get_type_hints(hint, include_extras=True)
        return {
            name: self.value(each, f"{place}/{name}", depth + 1)
            for name, each in hints.items()
            if must_be_there(hint, name, each) or (self.full and depth < DEEPEST)
        }

    def _mapping(self, arguments: Sequence[Any], place: str, depth: int) -> dict[str, Any]:
        name = place.rpartition("/")[2]
        if name in OBJECTS:
            return dict(OBJECTS[name])
        return {"key": self.value(arguments[1], f"{place}/key", depth + 1)} if self.full else {}

    def _plain(self, hint: Any, name: str) -> Any:
        if hint in (None, type(None)):
            return None
        if hint is str:
            return STRINGS.get(name) or f"{name}_1"
        if hint is bool:
            return True
        if hint in (int, float):
            return NUMBERS.get(name, 1)
        if hint in (object, Any):
            return OBJECTS.get(name, {})
        if hint is bytes:
            return BYTES
        if hint is datetime.datetime:
            return datetime.datetime.fromtimestamp(1_700_000_000, datetime.UTC)
        if isinstance(hint, TypeVar):
            raise NoValue(f"{name}: a type of the caller's own")
        raise NoValue(f"{name}: {hint}")


def must_be_there(hint: Any, name: str, annotation: Any) -> bool:
    """Tell whether a TypedDict's member is required, postponed annotations included."""
    origin = typing.get_origin(annotation)
    if origin in (Required, typing_extensions.Required):
        return True
    return origin is not NotRequired and name in hint.__required_keys__


def file_named(name: str) -> tuple[str, bytes, str]:
    """Return a part of a form: file name, bytes, content type."""
    kind = {"image": "png", "mask": "png", "video": "mp4", "input_reference": "png"}
    ending = kind.get(name, "wav" if name == "audio_sample" else "txt")
    types_ = {"png": "image/png", "mp4": "video/mp4", "wav": "audio/wav", "txt": "text/plain"}
    return f"{name}.{ending}", BYTES, types_[ending]
