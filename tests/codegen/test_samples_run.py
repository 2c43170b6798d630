"""The reference's Python samples, run as they stand against the gateway and the stand-in."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.curation import curate
from codegen.reference import families
from codegen.snippets import ADDRESS
from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.resources import spec_folder
from gateway.settings import Settings
from gateway.standin.app import standin_app
from tests.servers import Served, serve_in_thread

CONTRACT = load_contract(spec_folder() / "openapi.yaml")
PAGES = families(CONTRACT, curate(CONTRACT).classes)
KEY = "relay-key-of-the-samples"
# Runs each source by itself; the last line that it prints is what failed, and how.
RUNNER = """
import json, sys, traceback
failed = {}
for name, source in json.load(sys.stdin).items():
    try:
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
    except Exception:
        failed[name] = traceback.format_exc()
print(json.dumps(failed))
"""


@pytest.fixture(scope="module")
def gateway() -> Iterator[Served]:
    with serve_in_thread(standin_app(CONTRACT)) as upstream:
        env = {"RELAY_KEY": KEY, "OPENAI_API_KEY": "sk-none", "SPECRELAY_UPSTREAM": upstream.url}
        settings = Settings.load(env=env, env_file=None)
        with serve_in_thread(build_app(CONTRACT, settings)) as served:
            yield served


def test_every_sample_runs(gateway: Served, tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(b"some bytes")
    sources = {page.slug: page.python.replace(ADDRESS, gateway.url) for page in PAGES}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(sources).encode(),
        cwd=tmp_path,
        env={**os.environ, "RELAY_KEY": KEY, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-1500:]
    assert json.loads(done.stdout.splitlines()[-1]) == {}
