"""What a worker tells its supervisor when it cannot start."""

import contextlib
import json
import os
from dataclasses import astuple

from gateway.errors import Problem, StartError
from gateway.log_sink import ATOMIC


class StartReport:
    """A pipe from the workers to their supervisor; it is made before they are forked."""

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe()
        for end in (self._read_end, self._write_end):
            os.set_blocking(end, False)

    def tell(self, error: StartError) -> None:
        """Tell an error's problems, as many as one write holds that no other one can part."""
        said = b""
        for problem in error.problems:
            line = json.dumps(astuple(problem)).encode() + b"\n"
            if len(said) + len(line) <= ATOMIC:
                said += line
        with contextlib.suppress(BlockingIOError):  # it is full of the same
            os.write(self._write_end, said)

    def told(self) -> list[Problem]:
        """Return what was told since the last time, each problem once."""
        said = b""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._read_end, ATOMIC):
                said += data
        return [Problem(*json.loads(line)) for line in dict.fromkeys(said.splitlines())]
