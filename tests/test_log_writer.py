"""Writing the log: whole, in order, also where the descriptor does not wait."""

import os
import threading
import time

from gateway.log_writer import ATOMIC, Descriptor, LineWriter


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
    text = "".join(f"{number}\n" for number in range(50_000))
    Descriptor(write_end, "utf-8").write(text)
    os.close(write_end)
    reader.join()
    os.close(read_end)
    assert data.decode() == text


def test_lines_of_several_writers_stay_whole() -> None:
    read_end, write_end = os.pipe()
    data = bytearray()
    reader = threading.Thread(target=read_all, args=(read_end, data, 0.0001))
    reader.start()
    lines = {name: name * 300 + "\n" for name in "abc"}

    def write(line: str) -> None:
        Descriptor(write_end, "utf-8", ATOMIC).write(line * 3000)

    writers = [threading.Thread(target=write, args=(line,)) for line in lines.values()]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    os.close(write_end)
    reader.join()
    os.close(read_end)
    came = data.decode().splitlines(keepends=True)
    assert len(came) == 9000
    assert set(came) == set(lines.values())


def test_a_line_that_is_longer_than_a_piece_is_written_by_itself() -> None:
    read_end, write_end = os.pipe()
    text = "a\n" + "b" * 50 + "\nc\nd\n" + "e" * 30
    Descriptor(write_end, "utf-8", 10).write(text)
    os.close(write_end)
    assert os.read(read_end, 1000).decode() == text
    os.close(read_end)


def test_what_the_encoding_lacks_is_escaped() -> None:
    read_end, write_end = os.pipe()
    Descriptor(write_end, "ascii").write("\u00fc\udc80\n")
    os.close(write_end)
    assert os.read(read_end, 100) == b"\\xfc\\udc80\n"
    os.close(read_end)


def test_the_end_waits_for_a_slow_reader_and_not_for_none() -> None:
    for reads in (True, False):
        read_end, write_end = os.pipe()
        data = bytearray()
        writer = LineWriter(Descriptor(write_end, "utf-8"))
        for _ in range(8):
            writer.give("x" * 65_536, 1)
        reader = threading.Thread(target=read_all, args=(read_end, data, 0.01))
        if reads:
            reader.start()
        began = time.monotonic()
        writer.close()
        assert time.monotonic() - began < 4
        assert writer.waiting == (0 if reads else 7 * 65_536)
        if not reads:
            reader.start()
        while writer.waiting:
            time.sleep(0.01)
        os.close(write_end)
        reader.join()
        os.close(read_end)
        assert len(data) == 8 * 65_536
        assert writer.failed == 0
