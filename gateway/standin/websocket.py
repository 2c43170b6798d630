"""WebSocket operations: every message comes back as it went in."""

import json
from collections.abc import MutableMapping, Sequence
from typing import Any

from gateway.standin.faults import Asked
from gateway.standin.uploads import Receive
from gateway.standin.wire import Over, Send, end_connection

KEY_PROTOCOL = "openai-"  # subprotocols that carry a key or an account are never answered
NORMAL = 1000


async def echo_messages(scope: Any, receive: Receive, send: Send, asked: Asked) -> None:
    """Accept and echo until the client closes; raises Over where it does not close normally."""
    chosen = _subprotocol(scope.get("subprotocols", ()))
    await send({"type": "websocket.accept", "subprotocol": chosen})
    echoed = 0
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            if message.get("code", NORMAL) not in (NORMAL, 1001, 1005):
                raise Over(fault=False)
            return
        await send(_echo(message))
        echoed += len(message.get("bytes") or (message.get("text") or "").encode())
        if asked.close is not None:
            await send({"type": "websocket.close", "code": asked.close})
            return
        if asked.cut is not None and echoed >= asked.cut:
            end_connection(send, reset=False)
            raise Over(fault=True)


async def refuse_upgrade(
    scope: Any, send: Send, status: int, fields: Sequence[tuple[bytes, bytes]], error: Any
) -> None:
    """Refuse the upgrade with an HTTP answer (ASGI's WebSocket denial response)."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": NORMAL})
        return
    body = json.dumps(error).encode()
    headers = [
        *fields,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": body})


def _echo(message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if message.get("bytes") is not None:
        return {"type": "websocket.send", "bytes": message["bytes"]}
    return {"type": "websocket.send", "text": message["text"]}


def _subprotocol(offered: Sequence[str]) -> str | None:
    return next((name for name in offered if not name.startswith(KEY_PROTOCOL)), None)
