"""What is told at the end of the contract tests: the faults, what to look at, and the table."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.contract.schemathesis_curl import curl_command
from tests.contract.schemathesis_tally import Fault, Tally, grouped

AT = "http://127.0.0.1:8080"  # where `specrelay serve` serves unless it is told otherwise
MOST = 20
COLUMNS = ("operations", "generated", "accepted", "refused", "not sendable", "faults", "seconds")


def faults_told(tallies: Mapping[str, Tally], serve: str) -> Iterator[str]:
    """Yield every fault with the command that shows it; one for each operation and kind.

    `serve` starts the gateway that the commands talk to.
    """
    groups = grouped(fault for tally in tallies.values() for fault in tally.faults)
    for number, (fault, times) in enumerate(groups[:MOST], 1):
        again = f" ({times} cases, the smallest shown)" if times > 1 else ""
        yield f"FAULT {number}: {fault}{again}"
        yield f"    {command_of(fault)}"
        yield ""
    if len(groups) > MOST:
        yield f"… and {len(groups) - MOST} more kinds of faults\n"
    if groups:
        yield f"The commands talk to a gateway that is started with:\n    {serve}\n"


def command_of(fault: Fault) -> str:
    """Return the command that shows a fault."""
    if fault.request is None:
        return "No one case shows it: run the tag again with the same seed."
    return curl_command(fault.request, AT)


def remarks(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """Yield what is no fault and yet worth a look."""
    times: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for tally in tallies.values():
        for said, number in tally.refusals.items():
            name, _, reason = said.partition(" ")
            times[reason] += number
            names.setdefault(reason, []).append(name)
    yield from _listed(
        "why cases generated as valid were refused (does the document say what it means?)",
        [f"{number} × {_few(names[reason])} {reason}" for reason, number in times.most_common()],
        "reasons",
    )
    barren = [each for tally in tallies.values() for each in tally.impossible]
    yield from _listed(
        "for which no case could be generated", [e for e in barren if not e.endswith(" negative")]
    )
    valid = sum(each.endswith(" negative") for each in barren)
    if valid:
        yield f"{valid} operations got no random invalid case: nothing of them can be invalid."
    for title, name in (
        ("of which no case was accepted, so that no answer was looked at", "unanswered"),
        ("cut short, for want of time (give more with --seconds)", "cut"),
    ):
        found = [each for tally in tallies.values() for each in getattr(tally, name)]
        yield from _listed(title, found)


def _few(names: list[str]) -> str:
    return f"{names[0]} and {len(names) - 1} more operations:" if len(names) > 1 else f"{names[0]}"


def _listed(title: str, found: list[str], noun: str = "operations") -> Iterator[str]:
    if found:
        yield f"{len(found)} {noun} {title}:"
        yield from (f"    {each:.200}" for each in found[:MOST])
        if len(found) > MOST:
            yield f"    … and {len(found) - MOST} more"


def table(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """Yield the closing table: a row for each tag, and their sums."""
    rows = {tag: _row(tally) for tag, tally in tallies.items()}
    rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    width = max(len(tag) for tag in (*rows, "tag"))
    heads = "".join(f"{name:>{len(name) + 2}}" for name in COLUMNS)
    yield f"{'tag':<{width}}{heads}"
    for tag, row in rows.items():
        if tag == "all":
            yield "-" * (width + len(heads))
        figures = zip(COLUMNS, row, strict=True)
        yield f"{tag:<{width}}" + "".join(f"{n:>{len(name) + 2}.0f}" for name, n in figures)


def _row(tally: Tally) -> list[float]:
    counters = (tally.generated, tally.accepted, tally.refused, tally.unsendable)
    sums = [counter.total() for counter in counters]
    return [tally.operations, *sums, len(tally.faults), tally.seconds]
