"""What arrived at the stand-in: the last requests, as they came."""

import base64
import json
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from gateway.standin.uploads import Upload

Ended = Literal["open", "complete", "client-gone", "fault"]
LIMIT = 10_000  # requests
BODY_BUDGET = 64 * 1024 * 1024  # bytes of all bodies together; older ones are let go


@dataclass(slots=True)
class Recorded:
    """One request. `target` is the path and query as they came; `headers` are the raw pairs.

    `body` is None where it is longer than 1 MiB, not whole, or was let go; `size` and `sha256`
    stay. `operation` is None where none matched. `ended` tells how the response ended.
    """

    request_id: str
    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    operation: str | None = None
    body: bytes | None = None
    size: int = 0
    sha256: str = ""
    status: int = 0
    ended: Ended = "open"

    def as_json(self) -> dict[str, Any]:
        """Return the entry as JSON has it: bytes as Latin-1, a body that is not UTF-8 as base64."""
        text: str | None = None
        encoded: str | None = None
        if self.body is not None:
            try:
                text = self.body.decode()
            except UnicodeDecodeError:
                encoded = base64.b64encode(self.body).decode()
        return {
            "request_id": self.request_id,
            "method": self.method,
            "target": self.target.decode("latin-1"),
            "headers": [[part.decode("latin-1") for part in pair] for pair in self.headers],
            "operation": self.operation,
            "body": text,
            "body_base64": encoded,
            "size": self.size,
            "sha256": self.sha256,
            "status": self.status,
            "ended": self.ended,
        }


class Record:
    """Keeps the last requests. Every method may be called from any thread."""

    def __init__(self, limit: int = LIMIT, body_budget: int = BODY_BUDGET) -> None:
        self._entries: deque[Recorded] = deque()
        self._limit = limit
        self._budget = body_budget
        self._kept = 0
        self._lock = threading.Lock()

    def add(self, entry: Recorded) -> None:
        """Keep a request; the oldest goes when there are too many."""
        with self._lock:
            self._entries.append(entry)
            while len(self._entries) > self._limit:
                self._forget_body(self._entries.popleft())

    def note_body(self, entry: Recorded, upload: Upload) -> None:
        """Add a request's body to its entry; the oldest bodies go when they are too much."""
        with self._lock:
            entry.size, entry.sha256, entry.body = upload.size, upload.sha256, upload.body
            self._kept += len(entry.body or b"")
            for older in self._entries:
                if self._kept <= self._budget:
                    break
                self._forget_body(older)

    def entries(self) -> list[Recorded]:
        """Return the entries, the oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget all entries."""
        with self._lock:
            self._entries.clear()
            self._kept = 0

    def as_json(self) -> Iterator[bytes]:
        """Yield the entries as one JSON document, piece by piece."""
        yield b'{"requests": ['
        for index, entry in enumerate(self.entries()):
            yield (b", " if index else b"") + json.dumps(entry.as_json()).encode()
        yield b"]}"

    def _forget_body(self, entry: Recorded) -> None:
        self._kept -= len(entry.body or b"")
        entry.body = None
