import threading
import time
from pathlib import Path

from gateway.actions.file_lock import LivingWorker, locked


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path, seen = tmp_path / "lock", []

    def hold() -> None:
        with locked(path):
            seen.append("in")
            time.sleep(0.05)
            seen.append("out")

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["in", "out"] * 3


def test_a_sign_of_life_goes_with_its_worker(tmp_path: Path) -> None:
    one, two = LivingWorker(tmp_path), LivingWorker(tmp_path)
    assert one.lives(one.name)
    assert one.lives(two.name)
    two.close()
    assert not one.lives(two.name)
    left = tmp_path / "dead.alive"
    left.touch()
    assert not one.lives("dead")
    assert not left.exists()
    one.close()
