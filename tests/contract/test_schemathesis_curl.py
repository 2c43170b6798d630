"""The command sends what the case sent, byte for byte."""

import shutil
import subprocess

import pytest
import requests

from tests.contract.schemathesis_curl import LONGEST, curl_command
from tests.rawhttp import RawRequest
from tests.servers import RawUpstream

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")

JSON = {"Content-Type": "application/json"}
CASES = [
    ("GET", "/a/..%2fb?x[]=1&y={z}&q=%27", {}, None),
    ("HEAD", "/a", {}, None),
    ("POST", "/a", {}, None),
    ("DELETE", "/a", {"X-A": "it's", "X-Empty": ""}, None),
    ("POST", "/a", JSON, b'{"a": "it\'s 100% \\n $HOME"}'),
    ("POST", "/a", JSON, b"@/etc/hostname"),
    ("POST", "/a", JSON, bytes(range(256)) + b"\n"),
    ("PUT", "/a", {"X-Latin": "\xe9", "Content-Type": "text/plain"}, "\u20ac".encode()),
    ("POST", "/a", {}, b"no type"),
    ("PATCH", "/a", JSON, b"x" * (LONGEST + 1)),
    ("OPTIONS", "/a", {"Cookie": "a=b; c=d"}, None),
]


def heard(request: RawRequest) -> tuple[object, ...]:
    own = (b"user-agent", b"accept-encoding", b"connection", b"host")
    fields = sorted((n.lower(), v) for n, v in request.fields if n.lower() not in own)
    return request.method, request.target, fields, request.body


@pytest.mark.parametrize(("method", "target", "fields", "body"), CASES)
def test_the_same_bytes(
    method: str, target: str, fields: dict[str, str], body: bytes | None
) -> None:
    with RawUpstream() as upstream, requests.Session() as session:
        session.trust_env = False
        url = upstream.url + target
        prepared = session.prepare_request(requests.Request(method, url, fields, data=body))
        session.send(prepared)
        command = curl_command(prepared, upstream.url)
        subprocess.run(["sh", "-c", command], check=True, capture_output=True, timeout=10)
    first, second = upstream.requests
    assert heard(second) == heard(first)
    assert "\n" not in command
