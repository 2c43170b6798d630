"""A gateway as a process of its own, and what the kernel says of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.cli.commands import Served, serving
from tests.second.harbour import DOCUMENT, KEY

MIB = 1 << 20


@dataclass(frozen=True)
class Usage:
    """Bytes: the resident memory now, its peak since `forget_peak`, and what went to disk."""

    resident: int
    peak: int
    written: int


@dataclass(frozen=True)
class Gateway:
    served: Served

    @property
    def folder(self) -> Path:
        return Path("/proc") / str(self.served.process.pid)

    @property
    def port(self) -> int:
        return self.served.port

    def usage(self) -> Usage:
        status = (self.folder / "status").read_text()
        written = (self.folder / "io").read_text()
        return Usage(
            *(int(_number(rf"{name}:\s+(\d+) kB", status)) << 10 for name in ("VmRSS", "VmHWM")),
            int(_number(r"^write_bytes: (\d+)", written)),
        )

    def forget_peak(self) -> None:
        """Make the peak what is resident now (proc(5), clear_refs)."""
        with suppress(PermissionError):  # then the start counts too, which only makes it stricter
            (self.folder / "clear_refs").write_text("5")


def _number(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    assert found, pattern
    return found[1]


@contextmanager
def gateway_process(home: Path, upstream: str) -> Iterator[Gateway]:
    """Serve the second document by one process that has no place for temporary files."""
    env = {"RELAY_KEY": KEY, "TMPDIR": "/proc/nowhere", "LOG_LEVEL": "warning"}
    with serving(home, "serve", "--spec", str(DOCUMENT), "--upstream", upstream, env=env) as served:
        yield Gateway(served)
