"""The client's side of a relayed exchange: its body on the way in, and its going away."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
from starlette.types import Receive

from gateway.errors import ClientGone, RelayError
from gateway.relay.idle import IdleLimit


class ClientBody(httpx.AsyncByteStream):
    """A request's body as it comes from the client, for the transport to send on.

    `idle` is the longest wait for the next bytes, in seconds (0: none); `on_end` is called when
    the last ones have come. A body that came in one piece can be given again.
    """

    def __init__(self, receive: Receive, idle: float, on_end: Callable[[], None]) -> None:
        self._receive = receive
        self._limit = IdleLimit(idle)
        self._on_end = on_end
        self._whole: bytes | None = None
        self._begun = False
        self._ended = False
        self._again = False  # whether the whole body is still to be given

    @property
    def repeatable(self) -> bool:
        """Whether the body can be given from its beginning."""
        return not self._begun or self._whole is not None

    def release(self) -> None:
        """Hold the bytes no longer: there will be no other attempt, and an answer can last."""
        self._whole, self._begun = None, True

    def stop(self) -> None:
        """Limit the waits no longer: the exchange is over."""
        self._limit.stop()

    # Not a generator: the event loop registers each one of those.
    def __aiter__(self) -> AsyncIterator[bytes]:
        """Begin to give the body, again if it is whole."""
        self._again = self._whole is not None
        self._limit.stop()  # of another attempt's task
        return self

    async def __anext__(self) -> bytes:
        """Give the next bytes. Raises ClientGone, or RelayError where a check fails."""
        if self._again and self._whole is not None:
            self._again = False
            return self._whole
        while not self._ended:
            try:
                message = await self._limit.bound(self._receive())
            except TimeoutError:
                raise body_timeout() from None
            if message["type"] != "http.request":
                self._ended = True
                raise ClientGone
            chunk: bytes = message.get("body", b"")
            first, self._begun = not self._begun, True
            if not message.get("more_body", False):
                self._end(chunk if first else None)
            if chunk:
                return chunk
        raise StopAsyncIteration

    def _end(self, whole: bytes | None) -> None:
        self._ended = True
        self._whole = whole
        self._limit.stop()
        self._on_end()


def body_timeout() -> RelayError:
    """Make the error for a client that stops in the middle of its body."""
    return RelayError("body_timeout", "The rest of the request's body did not come in time.")


PATIENCE = 0.02  # seconds until a departure is listened for: most answers are there by then


class Departure:
    """Cancels the task that relays when the client goes away, in every phase.

    It listens only while nobody reads the body: from the body's end, or from an early answer on;
    and only a moment later, so that an exchange that is over by then pays for no task.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._relay = asyncio.current_task()
        self._timer: asyncio.TimerHandle | None = None
        self._listener: asyncio.Task[None] | None = None
        self.gone = False

    def listen(self) -> None:
        """Begin to listen; further calls do nothing."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._begin)

    def _begin(self) -> None:
        self._listener = asyncio.create_task(self._wait())

    def stop(self) -> None:
        """Listen no longer: before the last byte goes out, since servers then say `disconnect`."""
        if self._timer is not None:
            self._timer.cancel()
        listener, self._listener = self._listener, None  # each holds the other
        if listener is not None:
            listener.cancel()

    def absorb(self) -> bool:
        """Tell whether a cancellation was the client's departure; then it is taken back."""
        if self.gone and self._relay is not None:
            self._relay.uncancel()
        return self.gone

    async def _wait(self) -> None:
        # After an early answer of the upstream the rest of the body is read and dropped.
        kind = "http.request"
        while kind == "http.request":
            try:
                kind = (await self._receive())["type"]
            except RelayError:
                continue  # a check took a piece and refused it; the answer is already decided
            except Exception:
                return  # a defect, which could come again at once
        self.gone = True
        if self._relay is not None:
            self._relay.cancel()
