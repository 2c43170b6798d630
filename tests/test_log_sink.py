"""What the log is written to: all of it, in order, also where a descriptor does not wait."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

from gateway.log_sink import Descriptor, SharedDescriptor


def read_all(end: int, data: bytearray, pause: float = 0.0) -> None:
    while piece := os.read(end, 5000):
        data += piece
        time.sleep(pause)


def test_a_descriptor_that_does_not_wait_loses_nothing() -> None:
    """Another process that has the same pipe may have made it so."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    data = bytearray()
    reader = threading.Thread(target=read_all, args=(read_end, data, 0.0001))
    reader.start()
    text = b"".join(b"%d\n" % number for number in range(50_000))
    Descriptor(write_end).write(text)
    os.close(write_end)
    reader.join()
    os.close(read_end)
    assert data == text


@contextlib.contextmanager
def forked(work: Callable[[], object]) -> Iterator[int]:
    """Have a process of its own do some work; give its id, and end it in the end."""
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_lines_of_several_processes_stay_whole_however_long() -> None:
    read_end, write_end = os.pipe()
    sink = SharedDescriptor(write_end)
    lines = [name * size + b"\n" for name, size in ((b"a", 300), (b"b", 9_000), (b"c", 200_000))]
    pids = []
    for line in lines:
        pids.append(os.fork())
        if not pids[-1]:
            for _ in range(50):
                sink.write(line * 3)
            os._exit(0)
    os.close(write_end)
    data = bytearray()
    read_all(read_end, data)
    os.close(read_end)
    for pid in pids:
        os.waitpid(pid, 0)
    came = bytes(data).splitlines(keepends=True)
    assert sorted(came) == [line for line in lines for _ in range(150)]


def test_what_is_offered_is_written_where_there_is_room_and_else_dropped() -> None:
    read_end, write_end = os.pipe()
    sink = SharedDescriptor(write_end)
    sink.offer(b"a line\n")
    assert os.read(read_end, 100) == b"a line\n"
    os.set_blocking(write_end, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(write_end, b"x" * 4096)
    os.set_blocking(write_end, True)
    began = time.monotonic()
    sink.offer(b"another\n")
    assert time.monotonic() - began < 1
    os.close(write_end)
    data = bytearray()
    read_all(read_end, data)
    os.close(read_end)
    assert set(data) == set(b"x")


def test_what_is_offered_while_another_waits_for_its_reader_is_dropped() -> None:
    read_end, write_end = os.pipe()
    sink = SharedDescriptor(write_end)
    with forked(lambda: sink.write(b"x" * 200_000)) as pid:
        held = bytearray(os.read(read_end, 50_000))  # which it fills again
        began = time.monotonic()
        sink.offer(b"a line\n")
        assert time.monotonic() - began < 1
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        held += os.read(read_end, 50_000)
        sink.write(b"its turn is free\n")
    os.close(write_end)
    read_all(read_end, held)
    os.close(read_end)
    assert held.strip(b"x") == b"its turn is free\n"
