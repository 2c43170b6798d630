"""The declaration of a setting: its name, default, help and example in one place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo

from gateway.errors import Problem
from gateway.suggest import did_you_mean
from gateway.variables import FILE_SUFFIX


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a setting. `default` is as one would write it, "" where it is unset."""

    field: str
    name: str
    default: str
    help: str
    example: str
    secret: bool


def setting(name: str, default: Any, text: str, example: str, *, secret: bool = False) -> Any:
    """Declare a setting, as a field of the settings' model. A secret may come from NAME_FILE."""
    extra: dict[str, Any] = {"secret": secret, "example": example}
    return Field(
        default,
        validation_alias=name,
        description=text,
        json_schema_extra=extra,
        validate_default=False,
    )


def declared(model: type[BaseModel]) -> Iterator[Declared]:
    """Yield the settings that a model declares, in its order."""
    for field, info in model.model_fields.items():
        extra = info.json_schema_extra
        assert isinstance(info.validation_alias, str)
        assert isinstance(extra, dict)
        yield Declared(
            field=field,
            name=info.validation_alias,
            default=_written(info),
            help=info.description or "",
            example=str(extra["example"]),
            secret=bool(extra["secret"]),
        )


def _written(info: FieldInfo) -> str:
    default = info.default
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def unknown_names(
    names: Iterable[str], settings: Iterable[Declared], prefix: str
) -> Iterator[Problem]:
    """Tell every name that begins with `prefix` and is no setting."""
    known = {each.name for each in settings}
    known |= {each.name + FILE_SUFFIX for each in settings if each.secret}
    for name in names:
        if name.startswith(prefix) and name not in known:
            ours = [each for each in known if each.startswith(prefix)]
            yield Problem(name, "There is no such setting.", did_you_mean(name, ours))


def explained(error: ValidationError, settings: Iterable[Declared]) -> Iterator[Problem]:
    """Tell what is wrong with each value, without the value."""
    by_place = {place: each for each in settings for place in (each.name, each.field)}
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        place = str(fault["loc"][0])
        found = by_place.get(place)
        mend = f"Write it like {found.example}." if found else did_you_mean(place, by_place)
        yield Problem(found.name if found else place, f"{fault['msg'].rstrip('.')}.", mend)
