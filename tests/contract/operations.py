"""Operations for tests that need no document."""

from typing import Any

from gateway.contract.model import Operation, Policy


def operation(method: str, path: str, name: str = "", **more: Any) -> Operation:
    """Return an operation of `method` and `path`; its id is both unless `name` is given."""
    said: dict[str, Any] = {
        "id": name or f"{method} {path}",
        "method": method,
        "path": path,
        "key": path,
        "fixed_query": (),
        "server": "",
        "server_path": "",
        "tag": "",
        "summary": "",
        "description": "",
        "parameters": (),
        "body": None,
        "answers": (),
        "security": (),
        "policy": Policy(),
        "websocket": False,
        "pointer": "",
        "document": {},
    }
    return Operation(**{**said, **more})
