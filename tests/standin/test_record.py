import json
import threading

from gateway.standin.record import Record, Recorded
from gateway.standin.uploads import Upload


def entry(number=0):
    return Recorded(f"r{number}", "POST", b"/a", ((b"x", b"\xff"),))


def test_keeps_the_last_ones():
    record = Record(limit=3)
    for number in range(5):
        record.add(entry(number))
    assert [one.request_id for one in record.entries()] == ["r2", "r3", "r4"]
    record.clear()
    assert record.entries() == []


def test_lets_the_oldest_bodies_go():
    record = Record(body_budget=10)
    for number in range(3):
        record.add(one := entry(number))
        record.note_body(one, Upload(5, "hash", b"x" * 5))
    assert [one.body for one in record.entries()] == [None, b"xxxxx", b"xxxxx"]
    assert [one.size for one in record.entries()] == [5, 5, 5]


def test_json():
    record = Record()
    for body in (b"text", b"\xff", None):
        record.add(one := entry())
        record.note_body(one, Upload(1, "hash", body))
    shown = json.loads(b"".join(record.as_json()))["requests"]
    assert [(one["body"], one["body_base64"]) for one in shown] == [
        ("text", None),
        (None, "/w=="),
        (None, None),
    ]
    assert shown[0]["headers"] == [["x", "ÿ"]]


def test_many_threads():
    record = Record(limit=50)

    def work():
        for number in range(200):
            record.add(one := entry(number))
            record.note_body(one, Upload(1, "hash", b"x"))
            record.entries()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(record.entries()) == 50
