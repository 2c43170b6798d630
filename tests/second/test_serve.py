"""`specrelay serve --spec … --upstream …` end to end, as a process of its own."""

import shutil
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cli.commands import run, serving
from tests.second.harbour import DOCUMENT, KEY, MAPPED, SECRETS, echo
from tests.servers import RawUpstream


def arguments(upstream: str) -> tuple[str, ...]:
    mapped = [word for each in MAPPED.split(",") for word in ("--credential", each)]
    return ("serve", "--spec", str(DOCUMENT), "--upstream", upstream, *mapped)


def test_a_document_of_ones_own_is_served(tmp_path: Path) -> None:
    env = {"RELAY_KEY": KEY, **SECRETS}
    with (
        RawUpstream(echo) as upstream,
        serving(tmp_path, *arguments(upstream.url + "/base"), env=env) as served,
        httpx.Client(base_url=served.url, trust_env=False) as client,
    ):
        assert "Harbour" in served.text()
        assert client.get("/v2/shipments").status_code == 401
        headers = {"X-Harbour-Token": KEY}
        answer = client.get("/v2/shipments?filter[status]=afloat", headers=headers)
        assert answer.json()["target"] == "/base/shipments?filter[status]=afloat"
        assert upstream.requests[-1].value(b"x-harbour-token") == b"up-token"
        wrong = client.get("/v2/shipments?limit=x", headers=headers)
        assert (wrong.status_code, wrong.json()["param"]) == (400, "limit")
        assert client.get("/-/ready").status_code == 200
        assert served.stop(signal.SIGTERM) == 0
        text = served.text()
    assert all(secret not in text for secret in (KEY, *SECRETS.values()))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_talks_to_the_stand_in(tmp_path: Path) -> None:
    """Without a key, since it listens on this machine alone."""
    words = ("serve", "--spec", str(DOCUMENT), "--stand-in", "always")
    with serving(tmp_path, *words, lines=3) as served:
        assert "MADE UP" in served.text()
        base = ("curl", "-sS", "--noproxy", "*", "-w", "\n%{http_code}")
        form = ("-d", "sender[name]=A&sender[city]=B", "-d", "recipient[name]=C&recipient[city]=D")
        for words, status in (
            ((f"{served.url}/v2/shipments", *form), "201"),
            ((f"{served.url}/v2/shipments", *form, "-d", "insured=x"), "400"),
            ((f"{served.url}/store/v1/papers/p/content", "-o", "content"), "200"),
            (("-N", f"{served.url}/events"), "200"),
            (("-I", f"{served.url}/store/v1/papers/p/content"), "200"),
        ):
            done = subprocess.run(
                [*base, *words], cwd=tmp_path, capture_output=True, check=True, timeout=30
            )
            assert done.stdout.decode().rsplit("\n", 1)[1] == status, done.stdout
        assert (tmp_path / "content").stat().st_size == 1024


def test_check_and_routes_know_it(tmp_path: Path) -> None:
    checked = run(tmp_path, "check", "--spec", str(DOCUMENT), env={"RELAY_KEY": KEY})
    assert checked.returncode == 0, checked.stderr
    listed = run(tmp_path, "routes", "--spec", str(DOCUMENT), env={"RELAY_KEY": KEY})
    assert listed.returncode == 0, listed.stderr
    assert "/store/v1/papers/{paper_id}/content" in listed.stdout
    assert "replacePaper" in listed.stdout


def test_a_missing_credential_stops_the_start(tmp_path: Path) -> None:
    done = run(tmp_path, *arguments("http://127.0.0.1:9"), env={"RELAY_KEY": KEY, "PORT": "0"})
    assert done.returncode == 1
    assert "HB_TOKEN" in done.stderr
    assert KEY not in done.stderr
