"""Locks between processes, freed by the system when their holder ends, however it ends."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the one lock of a file; waits for it."""
    with path.open("ab") as file:
        _flock(file, wait=True)
        yield


class LivingWorker:
    """A sign that this process lives: a locked file whose name is the process's own.

    The lock goes with the process, a kill included, so that any other one can tell.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._path = folder / f"{self.name}.alive"
        self._file = self._path.open("xb")
        _flock(self._file, wait=True)

    def lives(self, name: str) -> bool:
        """Tell whether the process of that name, on this machine, still runs."""
        if name == self.name:
            return True
        path = self._path.with_name(f"{name}.alive")
        try:
            with path.open("rb+") as file:
                _flock(file, wait=False)
                path.unlink(missing_ok=True)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def close(self) -> None:
        """Give the sign up."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def _flock(file: BinaryIO, *, wait: bool) -> None:
    import fcntl  # POSIX alone: where it is missing, only what needs a lock fails

    fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
