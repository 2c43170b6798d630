"""Transfers: each relay has each of them, and is compared with nginx."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.posts import answering
from tests.bench.rivals import NGINX, USUAL, Rival
from tests.bench.transfers import rows_of


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_first_round_warms_up_and_the_others_are_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 1000)
    uploads = {NGINX: 0, USUAL: 0}
    with ExitStack() as stack:

        def rival(name: str) -> Rival:
            def status_of(body: bytes) -> int:
                uploads[name] += b"x" * 1000 in body
                return 200

            return Rival(name, stack.enter_context(answering(status_of)), os.getpid())

        rows = rows_of("upload", [rival(name) for name in uploads], 3, file)
    assert uploads == {NGINX: 1 + 3, USUAL: 1 + 3}
    assert [row["transfer"] for row in rows] == [f"upload, {NGINX}", f"upload, {USUAL}"]
    assert rows[0]["x nginx"] == 1
    assert all(row["MB/s"] for row in rows)
