"""The cases of one operation: random ones by a seed, and those at the borders of its schemas."""

import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.errors import InvalidSchema

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
TRIES = 60  # at a first case, before there is thought to be none (hypothesis' own: some 500)


class Barren(KeyboardInterrupt):
    """There is no such case: a text in a path cannot be invalid, for one.

    Hypothesis passes an interrupt on at once; what is raised else it tries again.
    """


def random_cases(
    target: Any, mode: GenerationMode, number: int, seed_: int, send: Callable[[Case], None]
) -> bool:
    """Send that many cases of an operation; return whether there are any."""
    strategy = target.as_strategy(generation_mode=mode)
    tries, sent = 0, 0

    @seed(seed_)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(data=strategies.data())
    def attempt(data: strategies.DataObject) -> None:
        nonlocal tries, sent
        tries += 1
        if tries > TRIES and not sent:
            raise Barren
        case = data.draw(strategy)
        sent += 1
        send(case)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the generators about each other
            attempt()
    except (Barren, Unsatisfiable, InvalidSchema):
        pass
    return sent > 0


def border_cases(target: Any, most: int) -> Iterator[Case]:
    """Yield the cases at the borders of an operation's schemas, at most so many."""
    schema = target.schema
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = schema.iter_coverage_cases(
            target, generation_modes=MODES, generation_config=schema.config.generation
        )
        yield from islice(cases, most)


def make_writable(case: Case) -> None:
    """Drop from a multipart body the names that cannot stand in a part's head.

    The generator writes them raw.
    """
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        case.body = {
            name: value
            for name, value in case.body.items()
            if name and not any(sign in '"\\\x7f' or sign < " " for sign in name)
        }
