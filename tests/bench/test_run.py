"""The bench fails where a relay does not check, does not log, or refuses what it is sent."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.bench.run import BODY, SCRIPT, Rival, check, load, ratio
from tests.bench.servers import KEY

LINE = '{"request_id":"r","status":%d,"method":"POST"}\n'


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
        yield Rival("specrelay", server.server_address[1], 0)
        server.shutdown()
        thread.join()


def test_a_relay_that_checks_and_logs_passes(tmp_path: Path) -> None:
    (tmp_path / "specrelay.log").write_text(LINE % 200 * 3 + LINE % 400)
    with answering(400) as rival:
        rival.answered = 3
        check([rival], tmp_path)


def test_a_relay_that_does_not_check_fails(tmp_path: Path) -> None:
    with answering(200) as rival, pytest.raises(SystemExit, match="answered 200, not 400"):
        check([rival], tmp_path)


@pytest.mark.parametrize("log", [LINE % 200 * 2 + LINE % 400, LINE % 200 * 3, ""])
def test_a_relay_that_loses_a_line_fails(tmp_path: Path, log: str) -> None:
    (tmp_path / "specrelay.log").write_text(log)
    with answering(400) as rival:
        rival.answered = 3
        with pytest.raises(SystemExit, match="3 requests were answered"):
            check([rival], tmp_path, patience=0.2)


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
