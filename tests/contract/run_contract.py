"""`make contract`: a document's operations, tried with generated requests.

The document is served by a gateway before its stand-in. Schemathesis generates valid and invalid
requests for each operation; an independent validator reads what came through. A fault is
- an answer of 500 or above, or none;
- a request at the upstream that the document does not allow;
- an answer, or a refusal, that is not what the document or the error shape says;
- a key in an answer or in a line of the log, or the relay key at the upstream.

Exit codes: 0 no fault, 1 a fault (or nothing was accepted at all), 2 a wrong command line.
"""

import argparse
import shlex
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract, Operation
from gateway.errors import StartError
from gateway.resources import spec_folder
from tests.contract.schemathesis_document import relayed
from tests.contract.schemathesis_report import faults_told, remarks, table
from tests.contract.schemathesis_run import SEED, BuildApp, Run, TimeIsUp, running
from tests.contract.schemathesis_secrets import KEY
from tests.contract.schemathesis_tally import Tally

SECONDS = 270.0
EXAMPLES = 5
BORDERS = 40


class Clock:
    """Shares the time among operations.

    Each may take what is left, less a small part kept for each of those that come after it.
    """

    def __init__(self, seconds: float, operations: int) -> None:
        self._end = time.monotonic() + seconds
        self._left = operations
        self._kept = seconds / (2 * max(operations, 1))

    def next_limit(self) -> float:
        """Return the time (of `time.monotonic()`) at which the next operation has to end."""
        self._left -= 1
        return max(self._end - self._left * self._kept, time.monotonic() + self._kept / 2)


def arguments_of(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="make contract",
        description="Try a document's operations with generated requests.",
    )
    shipped = spec_folder() / "openapi.yaml"
    parser.add_argument("--spec", type=Path, default=shipped, help="the document, YAML or JSON")
    parser.add_argument("--seed", type=int, default=SEED, help="of what is generated")
    parser.add_argument("--tag", action="append", help="only operations of this tag; repeatable")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the time to spend")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="per operation and kind")
    parser.add_argument("--borders", type=int, default=BORDERS, help="border cases per operation")
    options = parser.parse_args(words)
    if options.seconds <= 0 or options.examples < 1 or options.borders < 0:
        parser.error("--seconds and --examples are above 0, --borders is not below it")
    return options


def by_tag(operations: Iterable[Operation], wanted: Iterable[str]) -> dict[str, list[Operation]]:
    """Return the operations of each wanted tag (of all, where none is named)."""
    tags: dict[str, list[Operation]] = {}
    for operation in operations:
        tags.setdefault(operation.tag, []).append(operation)
    chosen = {name.lower() for name in wanted}
    return {tag: tags[tag] for tag in sorted(tags) if not chosen or tag.lower() in chosen}


def try_tag(run: Run, operations: Sequence[Operation], clock: Clock, most: tuple[int, int]) -> None:
    """Send each operation its cases, as long as the clock lets it; `run.tally` has the rest."""
    tally = run.tally
    started = time.monotonic()
    for operation in operations:
        run.until = clock.next_limit()
        before = tally.accepted.total()
        try:
            run.attack([operation], most[0])
            run.cover([operation], most[1])
        except TimeIsUp:
            tally.cut.append(operation.id)
        run.judge_record()
        if tally.accepted.total() == before:
            tally.unanswered.append(operation.id)
    tally.operations = len(operations)
    tally.seconds = time.monotonic() - started


def examine(
    contract: Contract, options: argparse.Namespace, build: BuildApp = build_app
) -> dict[str, Tally]:
    """Try the operations of the wanted tags; return what became of each tag's cases."""
    tags = by_tag(relayed(contract), options.tag or ())
    tallies: dict[str, Tally] = {}
    started = time.monotonic()
    with warnings.catch_warnings(), running(contract, build) as run:
        warnings.simplefilter("ignore")
        run.seed = options.seed
        spent = time.monotonic() - started
        clock = Clock(max(options.seconds - spent, 1.0), sum(map(len, tags.values())))
        for tag, operations in tags.items():
            run.tally = tallies[tag] = Tally()
            try_tag(run, operations, clock, (options.examples, options.borders))
            tally = tallies[tag]
            said = f"{tally.generated.total()} cases, {len(tally.faults)} faults"
            print(f"{tag}: {said}, {tally.seconds:.0f} s", file=sys.stderr, flush=True)
    return tallies


def tell(contract: Contract, options: argparse.Namespace, tallies: dict[str, Tally]) -> int:
    """Print what was found; return the exit code."""
    spec = shlex.quote(str(options.spec))
    serve = f"RELAY_KEY={KEY} .venv/bin/specrelay serve --spec {spec} --stand-in always"
    for line in faults_told(tallies, serve):
        print(line)
    for line in remarks(tallies):
        print(line)
    untried = len(contract.operations) - len(relayed(contract))
    if untried:
        print(f"{untried} operations are not tried: WebSockets, and what the gateway answers.")
    print(f"\n{contract.title}, seed {options.seed}")
    for line in table(tallies):
        print(line)
    faults = sum(len(tally.faults) for tally in tallies.values())
    judged = sum(tally.judged for tally in tallies.values())
    answers = sum(tally.answers for tally in tallies.values())
    print(f"\n{judged} relayed requests and {answers} different answers were judged.")
    if faults:
        print(f"FAILED: {faults} faults.")
    elif not any(tally.accepted.total() for tally in tallies.values()):
        print("FAILED: not one request was accepted, so that nothing was tested.")
    else:
        print("PASSED: no fault.")
        return 0
    return 1


def main(words: Sequence[str] | None = None, build: BuildApp = build_app) -> int:
    """Run the contract tests; `build` makes the gateway that is tested."""
    options = arguments_of(words)
    try:
        contract = load_contract(options.spec)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    tags = sorted({operation.tag for operation in relayed(contract)})
    unknown = [each for each in options.tag or () if each.lower() not in map(str.lower, tags)]
    if unknown:
        named = ", ".join(unknown)
        print(f"No tag is named {named}. There are: {', '.join(tags)}.", file=sys.stderr)
        return 2
    return tell(contract, options, examine(contract, options, build))


if __name__ == "__main__":
    sys.exit(main())
