import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from gateway.actions import store as stored
from gateway.actions.store import JobStore


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def begun(store: JobStore, owner: str = "key") -> str:
    identity = store.begin(owner, "listTrees")
    assert identity is not None
    return identity


def test_an_answer_is_kept_for_its_owner(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    identity = begun(store)
    running = store.find(identity, "key")
    assert running is not None
    assert (running.state, running.call, running.answer) == ("running", "listTrees", b"")
    store.finish(identity, 200, "application/json", b"{}")
    found = store.find(identity, "key")
    assert found is not None
    assert (found.state, found.status, found.answer) == ("done", 200, b"{}")
    assert store.find(identity, "other") is None
    store.close()


def test_answers_are_kept_for_an_hour(tmp_path: Path) -> None:
    clock = Clock()
    store = JobStore(tmp_path, clock=clock)
    identity = begun(store)
    clock.now += 7200
    assert store.find(identity, "key") is not None, "what runs is kept"
    store.finish(identity, 200, "", b"")
    clock.now += 3599
    assert store.find(identity, "key") is not None
    clock.now += 2
    assert store.find(identity, "key") is None
    begun(store)
    with sqlite3.connect(tmp_path / "relay.db") as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (1,)
    connection.close()
    store.close()


def test_there_are_never_more_than_so_many(tmp_path: Path) -> None:
    clock = Clock()
    store = JobStore(tmp_path, clock=clock, bound=5)
    made = []
    for _ in range(8):
        made.append(begun(store))
        store.finish(made[-1], 200, "", b"")
        clock.now += 1
    kept = [identity for identity in made if store.find(identity, "key")]
    assert kept == made[-5:]
    store.close()


def live_and_die(folder: Path, begun_id: "multiprocessing.Queue[str]", stop: Event) -> None:
    store = JobStore(folder)
    begun_id.put(store.begin("key", "listTrees") or "")
    stop.wait(30)


def test_a_worker_that_was_killed(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue, stop = context.Queue(), context.Event()
    worker = context.Process(target=live_and_die, args=(tmp_path, queue, stop))
    worker.start()
    identity = queue.get(timeout=30)
    store = JobStore(tmp_path)
    found = store.find(identity, "key")
    assert found is not None
    assert found.state == "running"
    worker.kill()
    worker.join(10)
    found = store.find(identity, "key")
    assert found is not None
    assert found.state == "interrupted"
    assert len(list((tmp_path / "workers").iterdir())) == 1
    store.close()
    queue.close()
    worker.close()


def test_workers_that_write_at_once(tmp_path: Path) -> None:
    stores = [JobStore(tmp_path) for _ in range(4)]

    def work(store: JobStore) -> int:
        for number in range(20):
            identity = begun(store, f"key-{number}")
            store.finish(identity, 200, "", b"x" * 1000)
            assert store.find(identity, f"key-{number}")
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, stores)) == 4
    for store in stores:
        store.close()


def test_an_answer_that_is_too_long_is_not_kept_short(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    identity = begun(store)
    with pytest.raises(ValueError, match="bytes"):
        store.finish(identity, 200, "", b"x" * (stored.MAX_ANSWER + 1))
    store.close()


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = JobStore(folder)
    begun(store)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "relay.db").stat().st_mode & 0o077 == 0
    store.close()
