"""What commands print: problems, and tables that are tab-separated text where nobody looks."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from gateway.errors import Problem


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem on a line of standard error: severity, place, message, mend."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in problems:
        severity, style = ("error", "bold red") if problem.fatal else ("warning", "yellow")
        console.print(Text.assemble((severity, style), f": {problem}"))


@contextmanager
def though_unread() -> Iterator[None]:
    """Go on where what is printed has no reader any more: a server does not end by that."""
    with suppress(OSError):
        try:
            yield
        except SystemExit:  # of rich, which ends a process whose pipe is broken
            return


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table on a terminal; elsewhere one line a row, with tabs and without a heading."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
