"""An upstream in a thread of its own, so that nothing of it is counted with the gateway."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvloop

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: keep-alive\r\n"
ANSWER = b'{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[]}'
EVENT = b'data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
PACE = 1  # milliseconds between two events, so that each is a read of its own


class _Answering(asyncio.Protocol):
    """Answers each request when its body has come.

    `x-events: N` asks for a stream of N events, `x-pace: N` for N milliseconds between them.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport  # uvloop's is none of asyncio's classes
        self.received = bytearray()
        self.missing = -1  # bytes of the body; -1: the head is not complete
        self.events = 0
        self.pace = PACE / 1000

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.received += data
            head, found, rest = bytes(self.received).partition(b"\r\n\r\n")
            if not found:
                return
            self._read_head(head)
            data = rest
        self.missing -= len(data)
        if self.missing == 0:
            self.received.clear()
            self.missing = -1
            self._answer()

    def _read_head(self, head: bytes) -> None:
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
        values = {name: value.strip() for name, _, value in fields}
        self.missing = int(values.get(b"content-length", b"0"))
        self.events = int(values.get(b"x-events", b"0"))
        self.pace = int(values.get(b"x-pace", b"%d" % PACE)) / 1000

    def _answer(self) -> None:
        if not self.events:
            length = b"Content-Length: %d\r\n\r\n" % len(ANSWER)
            self.transport.write(HEAD % b"application/json" + length + ANSWER)
            return
        self.transport.write(HEAD % b"text/event-stream" + b"Transfer-Encoding: chunked\r\n\r\n")
        self._event(self.events)

    def _event(self, left: int) -> None:
        if left == 0:
            self.transport.write(b"0\r\n\r\n")
            return
        self.transport.write(b"%x\r\n%s\r\n" % (len(EVENT), EVENT))
        asyncio.get_running_loop().call_later(self.pace, self._event, left - 1)


@contextmanager
def upstream() -> Iterator[str]:
    """Serve until the block ends; give the origin."""
    loop = uvloop.new_event_loop()  # asyncio's own takes 256 KiB for each read
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = loop.create_server(_Answering, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.call_soon, loop.stop)
        thread.join()
        loop.close()


async def serve(port: int) -> None:
    """Serve in this process until it is stopped."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answering, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
