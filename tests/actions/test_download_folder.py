import contextlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.actions.download_folder import LOCK, DownloadFolder
from gateway.actions.file_lock import locked


def write(folder: DownloadFolder, data: bytes) -> str:
    with folder.new() as new:
        new.write(data)
    return new.identity


def test_the_oldest_files_make_room(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path / "downloads", bound=1000)
    made = []
    for number in range(5):
        made.append(write(folder, bytes(300)))
        os.utime(folder.path / made[-1], (time.time() - 10 + number,) * 2)
    there = [identity for identity in made if (folder.path / identity).exists()]
    assert there == made[-3:]
    with pytest.raises(Exception, match="does not fit"):
        write(folder, bytes(1001))
    assert not list(folder.path.glob("*.part"))


def test_what_is_being_written_counts_and_stays(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path / "downloads", bound=1000)
    with folder.new() as one:
        one.write(bytes(600))
        with pytest.raises(Exception, match="does not fit"):
            write(folder, bytes(600))
        assert folder.open(one.identity) is None, "not before it is whole"
    with folder.open(one.identity) as file:  # type: ignore[union-attr]
        assert len(file.read()) == 600


def test_files_go_after_their_time(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path / "downloads", kept=0.2)
    identity = write(folder, b"x")
    stale = folder.path / "cut.part"
    stale.write_bytes(b"x")
    time.sleep(0.3)
    assert folder.open(identity) is None
    folder.sweep()
    assert [path.name for path in folder.path.iterdir()] == [".lock"]


def test_no_id_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path / "downloads")
    (tmp_path / "secret").write_text("x")
    write(folder, b"x")
    for identity in ("../secret", "..", ".", "", ".lock", "/etc/passwd", "a/../../secret"):
        assert folder.open(identity) is None


def test_workers_that_write_at_once_stay_within_the_bound(tmp_path: Path) -> None:
    folders = [DownloadFolder(tmp_path / "downloads", bound=100_000) for _ in range(4)]
    sums: list[int] = []

    def fill(folder: DownloadFolder) -> None:
        for _ in range(15):
            with folder.new() as new:
                for _ in range(10):
                    new.write(bytes(900))
                    with locked(folder.path / LOCK):
                        sums.append(sum(sizes(folder.path)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, folders))
    assert max(sums) <= 100_000
    assert sum(sizes(folders[0].path)) > 50_000


def sizes(folder: Path) -> Iterable[int]:
    """The sizes of all files; one that is renamed while they are listed counts once."""
    found: dict[int, int] = {}
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            found[stat.st_ino] = stat.st_size
    return found.values()
