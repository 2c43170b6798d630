"""A change, its class and its audience."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["breaking", "compatible", "documentation"]
Audience = Literal["clients", "tools"]
LEVELS: tuple[Level, ...] = ("breaking", "compatible", "documentation")


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `operation` is the operationId or the tool's name ("" for the document).

    `place` is where: `query limit`, `body`, or a component with the way into it,
    `EmbeddingRequest/input`. `text` says what changed.
    """

    audience: Audience
    level: Level
    operation: str
    place: str
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """What a changelog may call the change by: the operation, or the component."""
        component = self.place.partition("/")[0]
        return tuple(name for name in (self.operation, component) if name and " " not in name)


Effect = Literal["narrower", "wider", "added", "other", "default", "words"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different about a schema, before it is known whom it is for.

    `effect`: "narrower" takes fewer values, "wider" takes more, "added" is a new property, "other"
    cannot be told, "default" is what counts where nothing is said, "words" are documentation.
    """

    place: str
    text: str
    effect: Effect


# A client sends requests, so they may take more; it reads answers, so they may hold less.
REQUEST: dict[Effect, Level] = {
    "narrower": "breaking",
    "wider": "compatible",
    "added": "compatible",
    "other": "breaking",
    "default": "breaking",
    "words": "documentation",
}
ANSWER: dict[Effect, Level] = {
    "narrower": "compatible",
    "wider": "breaking",
    "added": "compatible",
    "other": "breaking",
    "default": "documentation",
    "words": "documentation",
}
