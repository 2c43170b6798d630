"""What the log is written to: all of it, in order, also where a descriptor does not wait."""

import os
import threading
import time

from gateway.log_sink import ATOMIC, Descriptor


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


def test_lines_of_several_writers_stay_whole() -> None:
    read_end, write_end = os.pipe()
    data = bytearray()
    reader = threading.Thread(target=read_all, args=(read_end, data, 0.0001))
    reader.start()
    lines = {name: name * 300 + b"\n" for name in (b"a", b"b", b"c")}

    def write(line: bytes) -> None:
        Descriptor(write_end, ATOMIC).write(line * 3000)

    writers = [threading.Thread(target=write, args=(line,)) for line in lines.values()]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    os.close(write_end)
    reader.join()
    os.close(read_end)
    came = bytes(data).splitlines(keepends=True)
    assert len(came) == 9000
    assert set(came) == set(lines.values())


def test_a_line_that_is_longer_than_a_piece_is_written_by_itself() -> None:
    read_end, write_end = os.pipe()
    text = b"a\n" + b"b" * 50 + b"\nc\nd\n" + b"e" * 30
    Descriptor(write_end, 10).write(text)
    os.close(write_end)
    assert os.read(read_end, 1000) == text
    os.close(read_end)
