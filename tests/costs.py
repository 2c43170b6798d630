"""What work costs: its calls, counted, and its time, on machines that have other work too."""

import collections
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

TRIES = 5
Note = Callable[[FrameType, str, Any], None]


def noting(seen: collections.Counter[str], but: str) -> Note:
    """Make what `sys.setprofile` takes. It counts in `seen` the Python functions (each time that
    they are entered or resumed) and the built-in ones, by name; not those of the file `but`.
    """

    def note(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if code.co_filename == but:
            return
        if event == "call":
            seen[f"{Path(code.co_filename).name}:{code.co_qualname}"] += 1
        elif event == "c_call":
            seen[f"built-in {argument.__qualname__}"] += 1

    return note


def calls_of(work: Callable[[], object]) -> collections.Counter[str]:
    """Count what this thread calls while `work` runs."""
    seen: collections.Counter[str] = collections.Counter()
    sys.setprofile(noting(seen, __file__))
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


def least(measure: Callable[[], float], bound: float) -> float:
    """Measure until a figure is within `bound`, `TRIES` times at most; return the least one.

    Other work makes a figure larger, for moments; what is slow each time is slow.
    """
    figure = measure()
    for _ in range(TRIES - 1):
        if figure <= bound:
            break
        figure = min(figure, measure())
    return figure
