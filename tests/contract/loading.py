"""Documents written to disk and loaded as the gateway loads them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.errors import Problem, StartError


def minimal(**more: Any) -> dict[str, Any]:
    """Return a document with one operation, `ping`, changed by `more`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/ping": {"get": {"operationId": "ping", "responses": {}}}},
        **more,
    }


def body_of(schema: Any, version: str = "3.1.0", **more: Any) -> dict[str, Any]:
    """Return a document whose one operation, `send`, takes a JSON body of `schema`."""
    content = {"application/json": {"schema": schema}}
    operation = {"operationId": "send", "requestBody": {"content": content}, "responses": {}}
    return minimal(openapi=version, paths={"/send": {"post": operation}}, **more)


class Loader:
    """Writes files and loads the first of them, with a cache folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "documents"
        self.cache = folder / "cache"
        self.folder.mkdir()

    def write(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    def __call__(self, root: Any, name: str = "root.yaml", **others: Any) -> Contract:
        for other, content in others.items():
            self.write(f"{other}.yaml", content)
        return load_contract(self.write(name, root), self.cache)

    def problems(self, root: Any, name: str = "root.yaml", **others: Any) -> list[Problem]:
        with pytest.raises(StartError) as caught:
            self(root, name, **others)
        return list(caught.value.problems)

    def accepts(self, schema: Any, value: Any, version: str = "3.1.0", **more: Any) -> bool:
        """Tell whether a JSON body is valid under a schema, as the contract has it."""
        body = self(body_of(schema, version, **more)).operations["send"].body
        assert body is not None
        check = body.types[0].check
        assert check is not None
        return check.is_valid(value)
