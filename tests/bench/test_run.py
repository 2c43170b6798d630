"""A closed loop fails where a relay refuses what it is sent; ratios are of rounds side by side."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.bench.run import BODY, SCRIPT, Rival, load, ratio
from tests.bench.servers import KEY


@contextmanager
def answering(status: int) -> Iterator[Rival]:
    """Serve one status to all."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Rival("specrelay", server.server_address[1], 0)
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs wrk")
def test_a_refused_request_under_load_fails(tmp_path: Path) -> None:
    script = tmp_path / "post.lua"
    script.write_text(SCRIPT % (BODY, KEY))
    with answering(403) as rival, pytest.raises(SystemExit, match="failed under load"):
        load(rival, script, 1, 2)
    with answering(200) as rival:
        load(rival, script, 1, 2)
    assert rival.answered > 10
    assert rival.rates[0] > 10
    assert 0 < rival.p50[0] <= rival.p99[0] <= rival.p999[0]


def test_ratios_are_of_rounds_side_by_side() -> None:
    assert ratio([10.0, 40.0, 90.0], [5.0, 10.0, 30.0]) == 3
