"""The folder of downloads: bounded in all, emptied by age, shared by every worker.

A file is `<id>`; while it is written, `<id>.part`, whose size is what has been reserved for it. All
changes of the sum are made under one lock of the folder, so that the bound holds exactly.
"""

import contextlib
import os
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from gateway.actions.file_lock import locked
from gateway.errors import RelayError

BOUND = 1 << 30  # bytes in all
KEPT = 15 * 60.0  # seconds
STEP = 4 << 20  # bytes that are reserved at a time
LOCK = ".lock"
PART = ".part"


class DownloadFolder:
    """Where downloads lie. All methods block; they are called in threads."""

    def __init__(self, path: Path, *, bound: int = BOUND, kept: float = KEPT) -> None:
        self.path = path
        self.bound = bound
        self.kept = kept

    def new(self) -> "NewDownload":
        """Begin a file; it can be opened by its id once it is finished."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return NewDownload(self, secrets.token_urlsafe(18))

    def open(self, identity: str) -> BinaryIO | None:
        """Open a file for reading; None where there is none any more."""
        path = self.path / identity
        if path.parent != self.path or identity.startswith(".") or path.suffix == PART:
            return None
        try:
            file = path.open("rb")
        except OSError:
            return None
        if time.time() - os.fstat(file.fileno()).st_mtime < self.kept:
            return file
        file.close()
        return None

    def reserve(self, part: Path, size: int) -> None:
        """Let a file that is being written grow to `size`; the oldest others make room.

        Raises RelayError `upstream_protocol_error` where one file needs more than there is in all.
        """
        with locked(self.path / LOCK):
            others = self._others(part)
            total = size + sum(stat.st_size for _, stat in others)
            for path, stat in others:
                if total <= self.bound:
                    break
                if path.suffix != PART or _is_old(stat, self.kept):
                    path.unlink(missing_ok=True)
                    total -= stat.st_size
            if total > self.bound:
                raise RelayError(
                    "answer_too_large",
                    f"The answer does not fit into the {self.bound} bytes that are kept for "
                    "downloads; call the operation directly.",
                )
            os.truncate(part, size)

    def sweep(self) -> None:
        """Remove what has expired."""
        if self.path.is_dir():
            with locked(self.path / LOCK):
                self._others(self.path / LOCK)

    def _others(self, part: Path) -> list[tuple[Path, os.stat_result]]:
        """List the other files, the oldest first; those that have expired are removed."""
        found = []
        for path in self.path.iterdir():
            if path in (part, self.path / LOCK):
                continue
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                if _is_old(stat, self.kept):
                    path.unlink(missing_ok=True)
                else:
                    found.append((path, stat))
        return sorted(found, key=lambda entry: entry[1].st_mtime)


def _is_old(stat: os.stat_result, kept: float) -> bool:
    return time.time() - stat.st_mtime >= kept


class NewDownload:
    """A file that is being written. It is there for readers after `finish`, and only whole."""

    def __init__(self, folder: DownloadFolder, identity: str) -> None:
        self.identity = identity
        self.size = 0
        self.opening = b""
        self._folder = folder
        self._reserved = 0
        self._path = folder.path / f"{identity}{PART}"
        self._file = self._path.open("xb")

    def write(self, data: bytes) -> None:
        """Append bytes; raises RelayError where they do not fit."""
        if self.size + len(data) > self._reserved:
            step = min(STEP, max(self._folder.bound // 8, 1))
            reserved = max(self.size + len(data), self._reserved + step)
            if reserved > self._folder.bound:
                reserved = self.size + len(data)
            self._folder.reserve(self._path, reserved)
            self._reserved = reserved
        if len(self.opening) < 64:
            self.opening = (self.opening + data[:64])[:64]
        self._file.write(data)
        self.size += len(data)

    def finish(self) -> None:
        """Make the file known under its id."""
        self._file.close()
        # Under the lock: who counts the files could otherwise meet neither name.
        with locked(self._folder.path / LOCK):
            os.truncate(self._path, self.size)
            self._path.rename(self._folder.path / self.identity)

    def abandon(self) -> None:
        """Remove what was written."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file, or abandon it where its writing failed."""
        if kind is None:
            self.finish()
        else:
            self.abandon()
