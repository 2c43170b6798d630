"""The log's queue: all of it is written while it is read, and what is dropped is counted."""

import gc
import io
import re
import threading
import time
from collections.abc import Callable

import pytest

from gateway.log_queue import OBJECT, PIECE, LineQueue
from gateway.log_sink import Descriptor, Sink
from tests.pipes import Reader

LINE = b"request\n"


def notice(lost: int) -> bytes:
    return b"lost %d\n" % lost


def queue_to(sink: Sink, **options: int) -> LineQueue:
    return LineQueue(sink, notice, **options)


def offer(queue: LineQueue, line: bytes) -> None:
    if queue.has_room():
        queue.put(line)


def wait_for(done: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def lost(data: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"^lost (\d+)$", data, re.MULTILINE)]


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_lines_are_written_in_batches_and_at_the_end() -> None:
    stream = io.BytesIO()
    queue = queue_to(stream)
    queue.put(LINE)
    wait_for(stream.getvalue)
    assert stream.getvalue() == LINE
    for _ in range(3):
        queue.put(LINE)
    queue.close()
    assert stream.getvalue() == LINE * 4


def test_what_comes_after_a_close_is_written_by_the_next() -> None:
    stream = io.BytesIO()
    queue = queue_to(stream)
    queue.close()
    queue.put(LINE)
    queue.close()
    queue.close()
    assert stream.getvalue() == LINE


def test_a_stream_that_was_closed_is_no_error() -> None:
    stream = io.BytesIO()
    queue = queue_to(stream)
    stream.close()
    queue.put(LINE)
    queue.close()
    assert queue.waiting == 0


def test_a_burst_waits_for_a_reader_who_is_behind(reader: Reader) -> None:
    queue = queue_to(Descriptor(reader.write_end))
    lines = [b"%d" % number + b"x" * 330 + b"\n" for number in range(100_000)]
    for line in lines:
        offer(queue, line)
    time.sleep(0.5)
    reader.begin()
    queue.close()
    assert reader.finish() == b"".join(lines)


def test_lines_of_many_threads_all_come(reader: Reader) -> None:
    reader.begin()
    queue = queue_to(Descriptor(reader.write_end))

    def put(name: int) -> None:
        for number in range(2000):
            queue.put(b"%d %d\n" % (name, number))
            if number % 100 == 0:
                time.sleep(0.001)  # so that the thread which writes falls asleep between

    threads = [threading.Thread(target=put, args=(name,)) for name in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    queue.close()
    came = reader.finish().splitlines()
    assert queue.waiting == 0
    for name in range(4):
        own = [line for line in came if line.startswith(b"%d " % name)]
        assert own == [b"%d %d" % (name, number) for number in range(2000)]


def test_what_nobody_reads_is_dropped_and_counted_in_its_place(reader: Reader) -> None:
    limit = 400_000
    queue = queue_to(Descriptor(reader.write_end), limit=limit)
    before = [b"before %d\n" % number for number in range(20_000)]
    for line in before:
        offer(queue, line)
    time.sleep(0.2)
    assert queue.waiting < limit + len(before[-1]) + OBJECT
    reader.begin()
    wait_for(lambda: b"lost" in reader.data)  # no further line is needed for that
    offer(queue, b"after\n")
    queue.close()
    data = reader.finish()
    lines = data.splitlines(keepends=True)
    assert len(lost(data)) == 1
    assert lines == [*before[: len(lines) - 2], notice(20_000 - (len(lines) - 2)), b"after\n"]
    assert 100 < len(lines) < 10_000


def test_after_a_drop_half_has_to_go_first(reader: Reader) -> None:
    """A limit at which each line that is read let one in would give a notice for each."""
    queue = queue_to(Descriptor(reader.write_end), limit=20 * PIECE)
    line = b"x" * 1000 + b"\n"
    while queue.has_room():
        queue.put(line)
    full = queue.waiting
    reader.begin()
    taken_at = None
    while taken_at is None:
        waiting = queue.waiting
        if queue.has_room():
            taken_at = waiting
        time.sleep(0)
    queue.put(line)
    queue.close()
    data = reader.finish()
    assert full >= 20 * PIECE
    assert taken_at < 10 * PIECE
    assert len(lost(data)) == 1
    assert data.endswith(line)


class Littering:
    """A sink that leaves cycles behind whose finalizers log."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.data = b""
        self.queue: LineQueue | None = None

    def write(self, data: bytes, /) -> None:
        self.data += data
        if self.left:
            self.left -= 1
            litter = Litter(self.queue)
            litter.itself = litter


class Litter:
    itself: object = None

    def __init__(self, queue: LineQueue | None) -> None:
        self.queue = queue

    def __del__(self) -> None:
        if self.queue is not None:
            self.queue.put(b"final\n")


def test_a_finalizer_may_log_wherever_it_runs() -> None:
    """The collector runs one in whatever thread makes an object, a lock held or not."""
    sink = Littering(40)
    queue = sink.queue = queue_to(sink)
    thresholds = gc.get_threshold()
    gc.set_threshold(1)
    try:
        wait_for(lambda: queue.put(LINE) or not sink.left)
    finally:
        gc.set_threshold(*thresholds)
    gc.collect()
    queue.close()
    assert sink.data.count(b"final\n") == 40


class Disk:
    """A sink that is full for a while."""

    def __init__(self) -> None:
        self.full = True
        self.data = b""

    def write(self, data: bytes, /) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.data += data


def test_what_could_not_be_written_is_counted_too() -> None:
    disk = Disk()
    queue = queue_to(disk)
    for _ in range(3):  # a notice that is lost is told by the next
        for _ in range(5):
            queue.put(LINE)
        time.sleep(0.15)
    disk.full = False
    queue.put(LINE)
    queue.close()
    assert disk.data == notice(15) + LINE


def test_what_was_lost_is_told_at_the_end() -> None:
    disk = Disk()
    queue = queue_to(disk)
    queue.put(LINE)
    wait_for(lambda: queue.waiting == 0)
    disk.full = False
    queue.close()
    assert disk.data == notice(1)


@pytest.mark.parametrize("reads", [True, False])
def test_the_end_waits_for_a_slow_reader_and_not_for_none(reads: bool, reader: Reader) -> None:
    queue = queue_to(Descriptor(reader.write_end))
    for _ in range(8):
        queue.put(b"x" * PIECE)
    if reads:
        reader.begin(pause=0.01)
    began = time.monotonic()
    queue.close()
    assert time.monotonic() - began < 4
    assert queue.waiting == (0 if reads else 7 * (PIECE + OBJECT))
    began = time.monotonic()
    queue.close()  # as `logging` does at exit
    assert time.monotonic() - began < 1
    if not reads:
        reader.begin()
    wait_for(lambda: not queue.waiting)
    assert reader.finish() == b"x" * 8 * PIECE
