import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from gateway.actions.download_folder import DownloadFolder
from gateway.actions.downloads import Downloads
from gateway.actions.inner_call import InnerCall, StreamedBody, run_inner
from gateway.contract.model import Contract
from gateway.errors import ClientGone, RelayError, UpstreamError
from gateway.exchange import SCOPE_KEY, Exchange
from gateway.local.inner_request import InnerRequest

JSON = [(b"content-type", b"application/json"), (b"etag", b'"a"'), (b"x-tree", b"oak")]


def run(plot: Contract, folder: Path, app: Any, body: Any = None, **how: Any) -> Any:
    """Run an application as the gateway; return what was collected, its file read."""
    operation = plot.operations["plantTree"]
    request = InnerRequest(operation, "POST", b"/trees", b"", (), None)
    scope = {
        **{"type": "http", "asgi": {}, "http_version": "1.1", "scheme": "http", "headers": []},
        SCOPE_KEY: Exchange("req_outer", "POST", key=b"a-key"),
    }

    async def main() -> Any:
        async def with_exchange(inner: Scope, receive: Receive, send: Send) -> None:
            inner[SCOPE_KEY] = Exchange("req_inner", "POST")
            await app(inner, receive, send)

        downloads = Downloads(DownloadFolder(folder), b"k")
        gone = how.pop("gone", None) or asyncio.Event()
        try:
            answer = await run_inner(
                with_exchange, InnerCall(request, body), scope, gone, downloads, **how
            )
            if answer.file is not None:
                answer.file.finish()
                answer.content = (folder / answer.file.identity).read_bytes()
            return answer
        finally:
            downloads.close()

    return asyncio.run(main())


def answering(*chunks: bytes, headers: Any = JSON, status: int = 200) -> Any:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})

    return app


def test_an_answer_is_collected(plot: Contract, tmp_path: Path) -> None:
    found = run(plot, tmp_path, answering(b'{"a":', b" 1}"))
    assert (found.status, found.content, found.file) == (200, b'{"a": 1}', None)
    assert found.headers == [(b"x-tree", b"oak")], "not those of the content"


def test_a_long_answer_goes_to_a_file(plot: Contract, tmp_path: Path) -> None:
    found = run(plot, tmp_path, answering(b"x" * 60, b"y" * 60, b"z"), limit=100)
    assert found.file is not None
    assert found.content == b"x" * 60 + b"y" * 60 + b"z"
    with pytest.raises(RelayError, match="larger than 100 bytes"):
        run(plot, tmp_path, answering(b"x" * 101, status=500), limit=100)


def test_a_body_is_made_while_it_goes_out(plot: Contract, tmp_path: Path) -> None:
    seen: dict[bytes, bytes] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(scope["headers"])
        data, more = b"", True
        while more:
            message = await receive()
            data, more = data + message["body"], message["more_body"]
        await answering(data)(scope, receive, send)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one,"
        yield b"two"

    found = run(plot, tmp_path, app, StreamedBody(chunks(), 7, b"text/csv"))
    assert found.content == b"one,two"
    assert seen[b"content-length"] == b"7"
    assert seen[b"content-type"] == b"text/csv"
    assert seen[b"x-relay-key"] == b"a-key"


def test_an_answer_that_does_not_end(plot: Contract, tmp_path: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    with pytest.raises(UpstreamError) as caught:
        run(plot, tmp_path, app)
    assert (caught.value.code, caught.value.sent) == ("upstream_disconnected", True)
    with pytest.raises(UpstreamError):
        run(plot, tmp_path, app, binary=True)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"], "nothing is left of it"


def test_a_client_that_is_gone(plot: Contract, tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"
        gone.set()
        assert (await receive())["type"] == "http.disconnect"

    with pytest.raises(ClientGone):
        run(plot, tmp_path, app, gone=gone)
