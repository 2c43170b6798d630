"""A client's connection that costs little: the same request again and again, for `select`."""

import socket

from tests.bench.servers import KEY

PATIENCE = 10.0  # seconds without an answer after which a run fails


def chat(body: str) -> bytes:
    """Make the request of a chat completion."""
    data = body.encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


class Connection:
    """One connection; has at most one request under way. What is no whole 200 ends the run."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.received = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self) -> None:
        self.socket.sendall(self.request)

    def answered(self) -> bool:
        """Read what came; tell whether the answer is complete."""
        data = self.socket.recv(65536)
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        head = head.lower()
        if not data or not b"http/1.1 200".startswith(head[:12]):
            raise SystemExit("a request failed")
        if not found:
            return False
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
        if not length.isdigit():
            raise SystemExit("a request failed: its answer has no Content-Length")
        if len(body) < int(length):
            return False
        self.received = b""
        return True
