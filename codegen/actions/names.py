"""Names that consumers take: of calls and of members."""

import re
from collections.abc import Collection

LONGEST = 64
UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
FIT = re.compile(r"[A-Za-z0-9_-]{1,64}")


def fit_name(name: str, taken: Collection[str]) -> str:
    """Return a name of at most 64 of `[A-Za-z0-9_-]` that is not taken; `name` if it is one."""
    stem = name if FIT.fullmatch(name) else UNFIT.sub("_", name).strip("_")[:LONGEST] or "value"
    fit, number = stem, 2
    while fit in taken:
        tail = f"_{number}"
        fit, number = f"{stem[: LONGEST - len(tail)]}{tail}", number + 1
    return fit


def member_name(name: str, place: str, taken: Collection[str]) -> str:
    """Return a member's name; one that another place has already is told apart by its place."""
    fit = fit_name(name, ())
    return fit if fit not in taken else fit_name(f"{place}_{name}", taken)
