"""`make bench`: all measurements, one after the other, within ten minutes; tables and JSON.

`python -m tests.bench.all --only contracts` runs one of them. A shared machine makes absolute
figures worthless: compare within one run, and counted figures between runs. Bars are judged at the
end; a missed one is no failure without `--check`, since those on times need a quiet machine.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import (
    bodies,
    check_costs,
    cold,
    contracts,
    event_rate,
    open_loop,
    run,
    streams,
    tools,
    transfers,
    workers,
)
from tests.bench.bars import judge
from tests.bench.machine import of_others, ticks
from tests.bench.servers import ROOT
from tests.bench.tables import Row, show

PARTS = (
    *(run, contracts, cold, bodies, check_costs, open_loop, streams, event_rate),
    *(transfers, workers),
)
QUIET = 0.05  # of the machine; what others may use


def main() -> None:
    measures = {part.NAME: part.measure for part in PARTS}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", choices=measures, action="append")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bar is missed")
    options = parser.parse_args()
    tools.require(*tools.TOOLS)
    began = time.monotonic()
    found: dict[str, list[Row]] = {}
    others: dict[str, float] = {}
    for name in options.only or measures:
        begun, before = time.monotonic(), ticks()
        with tempfile.TemporaryDirectory() as folder:
            found[name] = measures[name](Path(folder), options.rounds, options.seconds)
        others[name] = round(of_others(before, ticks()), 3)
        print(f"\n{name} ({time.monotonic() - begun:.0f} s; others used {others[name]:.0%})")
        show(found[name])
        sys.stdout.flush()
    bars = judge(found)
    print(f"\nbars ({time.monotonic() - began:.0f} s in all)")
    show(bars)
    if (most := max(others.values())) > QUIET:
        print(f"Others used up to {most:.0%} of the machine: of bars on times, this says little.")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    about = {"python": sys.version.split()[0], "at": int(time.time())}
    text = json.dumps(
        about | found | {"bars": bars, "others": others}, indent=2, ensure_ascii=False
    )
    options.json.write_text(text + "\n", encoding="utf-8")
    print(f"\nwritten: {options.json}")
    wrong = ("MISSED", "not measured") if options.check else ("not measured",)
    if any(bar["verdict"] in wrong for bar in bars):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
