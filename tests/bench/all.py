"""`make bench`: all measurements, one after the other, within ten minutes; tables and JSON.

`python -m tests.bench.all --only contracts` runs one of them. A shared machine makes absolute
figures worthless: compare within one run, and counted figures between runs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import bodies, cold, contracts, open_loop, streams, transfers
from tests.bench.servers import ROOT

PARTS = (contracts, cold, bodies, open_loop, streams, transfers)


def print_table(rows: list[dict[str, object]]) -> None:
    columns = list(rows[0])
    print("\t".join(columns))
    for row in rows:
        print("\t".join("-" if row[name] is None else str(row[name]) for name in columns))


def throughput(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Run the closed loop on small requests, which asserts checks and log lines too."""
    out = folder / "throughput.json"
    command = [sys.executable, "-m", "tests.bench.run", "--json", str(out)]
    command += ["--rounds", str(rounds), "--seconds", str(seconds)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    rows: list[dict[str, object]] = json.loads(out.read_text())
    return rows


def main() -> None:
    names = ["throughput", *(part.NAME for part in PARTS)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", choices=names, action="append")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json")
    options = parser.parse_args()
    measures = {"throughput": throughput} | {part.NAME: part.measure for part in PARTS}
    found: dict[str, object] = {"python": sys.version.split()[0], "at": int(time.time())}
    for name in options.only or names:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            rows = measures[name](Path(folder), options.rounds, options.seconds)
        print(f"\n{name} ({time.monotonic() - begun:.0f} s)", flush=True)
        print_table(rows)
        found[name] = rows
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=2) + "\n")
    print(f"\nwritten: {options.json}")


if __name__ == "__main__":
    main()
