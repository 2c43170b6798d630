"""A rule of the linter: what it looks for, and what the importer says where it finds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from codegen.lint.finding import Effect, LintFinding, Sureness
from codegen.lint.view import View


@dataclass(frozen=True, slots=True)
class Hit:
    """A place (a JSON Pointer) where a rule applies, and what fills the rule's words and mend."""

    place: str
    values: dict[str, object] = field(default_factory=dict)


Search = Callable[[View], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `about` states it as it is when it is kept.

    `says` and `mend` are formats that a hit's values fill in. `says` holds the importer's own words
    where `quoted`, ours where it says nothing.
    """

    name: str
    about: str
    says: str
    effect: Effect
    sure: Sureness
    mend: str
    quoted: bool
    search: Search = field(repr=False, compare=False)

    def findings(self, view: View) -> Iterator[LintFinding]:
        """Apply the rule to a document."""
        for hit in self.search(view):
            yield LintFinding(
                rule=self.name,
                message=self.says.format(**hit.values),
                effect=self.effect,
                place=hit.place,
                mend=self.mend.format(**hit.values),
                sure=self.sure,
                quoted=self.quoted,
            )


def rule(
    effect: Effect, sure: Sureness, *, says: str, mend: str, quoted: bool = True
) -> Callable[[Search], Rule]:
    """Make a search a rule, named as the function is, with hyphens."""

    def made(search: Search) -> Rule:
        name = search.__name__.replace("_", "-")
        return Rule(name, search.__doc__ or "", says, effect, sure, mend, quoted, search)

    return made


def advice(sure: Sureness, says: str, mend: str) -> Callable[[Search], Rule]:
    """Make a search a rule that the importer says nothing about: the words are ours."""
    return rule("advice", sure, says=says, mend=mend, quoted=False)
