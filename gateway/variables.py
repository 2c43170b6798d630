"""Variables by name, read once: the environment over `.env`, and NAME_FILE for what is a secret."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from gateway.errors import Problem, StartError

FILE_SUFFIX = "_FILE"


class Variables:
    """A snapshot of all variables.

    A name that the environment holds hides the same name in `.env`, even with an empty value.
    `NAME_FILE` beside `NAME` is a file whose content, less its trailing line break, is the value.
    """

    def __init__(self, environ: Mapping[str, str], env_file: Path | None = None) -> None:
        """Read `env_file` where it exists; raises StartError where it cannot be read."""
        self._layers = (dict(environ), _read_env_file(env_file) if env_file else {})

    def __iter__(self) -> Iterator[str]:
        """Yield every name once."""
        return iter(dict.fromkeys(name for layer in self._layers for name in layer))

    def get(self, name: str, *, from_file: bool = True) -> str | None:
        """Return a value; None where it is unset or empty. Raises StartError for a bad NAME_FILE.

        NAME and NAME_FILE in the same layer contradict each other, which is an error.
        """
        for layer in self._layers:
            value = layer.get(name)
            file = layer.get(name + FILE_SUFFIX) if from_file else None
            if value and file:
                message = f"{name} and {name}{FILE_SUFFIX} are both set."
                raise StartError([Problem(name, message, "Unset one of them.")])
            if file:
                return _read_secret(name + FILE_SUFFIX, file) or None
            if value is not None:
                return value or None
        return None

    def with_values(self, values: Mapping[str, str]) -> "Variables":
        """Return a copy in which these names have these values, whatever was set before."""
        made = Variables({})
        hidden = {name + FILE_SUFFIX for name in values}
        made._layers = (
            {k: v for k, v in self._layers[0].items() if k not in hidden} | dict(values),
            {k: v for k, v in self._layers[1].items() if k not in hidden},
        )
        return made


def _read_secret(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        problem = Problem(name, f"The file cannot be read: {reason}.", "Name a readable file.")
        raise StartError([problem]) from None


def _read_env_file(path: Path) -> dict[str, str]:
    """Read a file of `NAME=value` lines, as they are: `${NAME}` in a value is not replaced."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        problem = Problem(str(path), f"The file cannot be read: {reason}.", "Make it readable.")
        raise StartError([problem]) from None
    bindings = list(parse_stream(io.StringIO(text)))
    faults = [
        Problem(
            f"{path}:{binding.original.line}",
            "The line is no NAME=value.",
            "Mend it; a value with spaces, quotes or # stands in quotes.",
        )
        for binding in bindings
        if binding.error
    ]
    if faults:
        raise StartError(faults)
    return {each.key: each.value or "" for each in bindings if each.key is not None}
