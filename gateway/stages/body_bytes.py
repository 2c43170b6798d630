"""A request's body as bytes: bounded while it passes, or read whole and given again."""

from collections.abc import Mapping

from starlette.types import Message, Receive

from gateway.contract.model import Operation
from gateway.errors import ClientGone, RelayError
from gateway.relay.client import body_timeout
from gateway.relay.idle import IdleLimit

Fields = Mapping[bytes, bytes]  # the first value of each


def missing_body(operation: Operation) -> RelayError:
    """Make the error for an operation that needs a body and got none."""
    return RelayError("missing_body", f"{operation.id} needs a body.")


def limited(
    receive: Receive, fields: Fields, limit: int | None, needed_by: Operation | None = None
) -> Receive:
    """Pass a body unread but for its size, which is not 0 where an operation needs it."""
    if limit is None and needed_by is None:
        return receive
    check_length(fields, limit)
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if limit is not None and seen > limit:
                raise _too_large(limit)
            if needed_by is not None and not seen and not message.get("more_body", False):
                raise missing_body(needed_by)
        return message

    return counting


def check_length(fields: Fields, limit: int | None) -> None:
    """Raise `body_too_large` for a body that announces more bytes than `limit`."""
    length = fields.get(b"content-length")
    if limit is not None and length is not None and length.isdigit() and int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> RelayError:
    return RelayError("body_too_large", f"The body is larger than {limit} bytes, the limit here.")


async def read_whole(receive: Receive, limit: int, idle: float | None) -> bytes:
    """Read a body; `idle` is the longest wait for its next bytes, in seconds.

    Raises `body_too_large` and `body_timeout`, and ClientGone.
    """
    chunks: list[bytes] = []
    size = 0
    waits = IdleLimit(idle)
    try:
        while True:
            message = await waits.bound(receive())
            if message["type"] != "http.request":
                raise ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)
    except TimeoutError:
        raise body_timeout() from None
    finally:
        waits.stop()


def replay(data: bytes, receive: Receive) -> Receive:
    """Give a body that was read whole once more, then what the connection says."""
    held = [data]  # until it is given: a stream that answers it may last for minutes

    async def replaying() -> Message:
        if not held:
            return await receive()
        return {"type": "http.request", "body": held.pop(), "more_body": False}

    return replaying
