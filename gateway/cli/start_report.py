"""What workers tell their supervisor of their start: that they serve, or why they cannot."""

import contextlib
import json
import os
import select
from dataclasses import astuple

from gateway.errors import Problem, StartError

ATOMIC: int = getattr(select, "PIPE_BUF", 512)  # bytes that a pipe takes unparted (POSIX, write)


class StartReport:
    """A pipe from the workers to their supervisor; it is made before they are forked."""

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe()
        for end in (self._read_end, self._write_end):
            os.set_blocking(end, False)

    def serves(self) -> None:
        """Tell that this process serves."""
        self._write(json.dumps(os.getpid()).encode() + b"\n")

    def tell(self, error: StartError) -> None:
        """Tell an error's problems, as many as one write holds that no other one can part."""
        said = b""
        for problem in error.problems:
            line = json.dumps(astuple(problem)).encode() + b"\n"
            if len(said) + len(line) <= ATOMIC:
                said += line
        self._write(said)

    def told(self) -> tuple[set[int], list[Problem]]:
        """Return what was told since the last time: the processes that serve, and each problem."""
        said = b""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._read_end, ATOMIC):
                said += data
        found = [json.loads(line) for line in dict.fromkeys(said.splitlines())]
        serving = {each for each in found if isinstance(each, int)}
        return serving, [Problem(*each) for each in found if not isinstance(each, int)]

    def _write(self, said: bytes) -> None:
        with contextlib.suppress(BlockingIOError):  # it is full of the same
            os.write(self._write_end, said)
