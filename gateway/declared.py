"""The declaration of a setting: its name, default, help and example in one place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import attrs

from gateway.errors import Problem, StartError
from gateway.suggest import did_you_mean
from gateway.variables import FILE_SUFFIX, Variables

DECLARED = "setting"  # under this name a field's metadata holds what is declared


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a setting. `default` is as one would write it, "" where it is unset.

    `read` makes a value of a text, or of a value; it raises ValueError with a sentence.
    """

    field: str
    name: str
    default: str
    help: str
    example: str
    secret: bool
    read: Callable[[Any], Any]


def setting(
    name: str,
    read: Callable[[Any], Any],
    default: Any,
    text: str,
    example: str,
    *,
    secret: bool = False,
) -> Any:
    """Declare a setting, as a field of the settings' class. A secret may come from NAME_FILE."""
    said = Declared("", name, _written(default), text, example, secret, read)
    return attrs.field(
        default=default,
        converter=attrs.converters.optional(read) if default is None else read,
        metadata={DECLARED: said},
    )


def declared(model: type[attrs.AttrsInstance]) -> Iterator[Declared]:
    """Yield the settings that a class declares, in its order."""
    for field in attrs.fields(model):
        said = field.metadata.get(DECLARED)
        if said is not None:
            yield replace(said, field=field.name)


def _written(default: Any) -> str:
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


def read_all(
    settings: Iterable[Declared], variables: Variables, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """Read every setting that is set, by its field's name; `given` goes over the variables.

    Returns the values, and what is wrong, without a value in it.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in settings:
        try:
            found = given.get(each.field)
            if found is None:
                found = variables.get(each.name, from_file=each.secret)
            if found is not None:
                values[each.field] = each.read(found)
        except StartError as error:
            problems += error.problems
        except ValueError as error:
            problems.append(Problem(each.name, f"{error}.", f"Write it like {each.example}."))
    return values, problems
