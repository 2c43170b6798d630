"""Event streams: time to the first event, how evenly events come, and what an idle stream holds."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.rivals import BARE, GATEWAY, NGINX, USUAL, Rival, ratio, start
from tests.bench.servers import ROOT, reading_upstream, resident, settled_cpu_seconds

NAME = "event streams"
STREAMS, EVENTS, PACE = 50, 200, 10
WARMING = 50  # events of a stream that warms up
ALONE = "upstream alone"
MORE = 2  # rounds than asked for: a first event is one of 50 in a round, where others are thousands
BURSTS = 8  # in a round, after one that warms; each takes some hundredths of a second
# Rounds after the first, where not all: no bar is about these. The usual design keeps an answer
# until it has come whole, so that all of its events come at the end.
FEWER = {ALONE: 2, NGINX: 2, USUAL: 1}
# Milliseconds between two openings. Streams that open in one instant wait for each other, so that
# their first events tell what a request costs; that is printed too, as a burst, and what it is
# where the relay had nothing to do before (cold), of which no bar speaks.
APART = 20
COMPARED = (
    *("first event p50", "jitter mean", "jitter p99"),
    *("burst: first event p50", "burst: cold: first event p50"),
)
IDLE = 500
IDLE_PACE = 6  # seconds between an idle stream's two events
CLIENT = (sys.executable, "-m", "tests.bench.stream_client")


def client(
    port: int, streams: int, events: int, pace: int, apart: int = 0, times: int = 0
) -> "subprocess.Popen[bytes]":
    """Start to read streams in a process of its own, or to read them `times` after once to warm."""
    numbers = (str(number) for number in (port, streams, events, pace, apart, times))
    return subprocess.Popen([*CLIENT, *numbers], cwd=ROOT, stdout=subprocess.PIPE)


def figures_of(reading: "subprocess.Popen[bytes]") -> dict[str, float]:
    """Wait until a client has read its streams; return what it saw."""
    said, _ = reading.communicate(timeout=60)
    if reading.returncode:
        raise SystemExit("event streams were cut")
    figures: dict[str, float] = json.loads(said)
    return figures


def per_idle_stream(rival: Rival) -> float:
    """Return the KB that a stream holds while nothing comes over it; the relay is fresh."""
    figures_of(client(rival.port, 20, 2, 1))
    before = resident(rival.pid)
    reading = client(rival.port, IDLE, 2, IDLE_PACE * 1000)
    time.sleep(IDLE_PACE - 2)
    held = resident(rival.pid) - before
    if figures_of(reading)["first event max ms"] > (IDLE_PACE - 3) * 1000:
        raise SystemExit("not all streams were open when the memory was read")
    return held / IDLE / 1000


def in_turn(rivals: list[Rival], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Read the streams of each relay, round after round; return each relay's figures."""
    seen: dict[str, dict[str, list[float]]] = {rival.name: {} for rival in rivals}
    rounds += MORE
    for number in range(rounds + 1):  # the first warms up
        for rival in rivals[:: -1 if number % 2 else 1]:
            if number > FEWER.get(rival.name, rounds):
                continue
            burst = figures_of(client(rival.port, STREAMS, 2, PACE, times=BURSTS))
            before = settled_cpu_seconds(rival.pid)
            events = EVENTS if number else WARMING
            figures = figures_of(client(rival.port, STREAMS, events, PACE, APART))
            used = settled_cpu_seconds(rival.pid) - before
            for name in ("first event p50 ms", "cold: first event p50 ms"):
                figures[f"burst: {name}"] = burst[name]
            figures["CPU us/event"] = round(used / STREAMS / events * 1e6, 1)
            for name, figure in figures.items() if number else ():
                seen[rival.name].setdefault(name, []).append(figure)
    return seen


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each relay: medians of the rounds, and ratios to the bare forwarder."""
    del seconds
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        port, pid = reading_upstream(stack, folder)
        streaming = start(stack, folder, port, (GATEWAY, BARE, NGINX))
        with ThreadPoolExecutor() as pool:
            held = pool.map(per_idle_stream, streaming)
        idle = {rival.name: round(each, 1) for rival, each in zip(streaming, held, strict=True)}
        usual = start(stack, folder, port, (USUAL,))
        seen = in_turn([Rival(ALONE, port, pid), *streaming, *usual], rounds)
    for name, figures in seen.items():
        row: dict[str, object] = {"relay": name}
        row |= {figure: round(median(values), 2) for figure, values in figures.items()}
        for figure in COMPARED:
            bare = seen[BARE][f"{figure} ms"]
            row[f"{figure} x bare"] = round(ratio(figures[f"{figure} ms"], bare), 2)
        row["KB/idle stream"] = idle.get(name)
        rows.append(row)
    return rows
