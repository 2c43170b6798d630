"""Large documents: time as a ratio to reading their YAML, in the same process."""

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.contract.compile import load_contract
from gateway.resources import spec_folder
from tests.contract.loading import minimal

OPERATIONS = 1223
FAMILIES, MEMBERS = 50, 20  # schemas refer to others of their family, and to themselves
WORDS = "A value of some kind that is told here at the length at which such things are told. "
VENDOR = os.environ.get("VENDOR_OPENAPI")


class Maker:
    """Makes a document of the size and the shape of the large ones that are public."""

    def __init__(self) -> None:
        self.random = random.Random(1)

    def schema(self, family: int, depth: int) -> dict[str, Any]:
        choice = self.random.random()
        if choice < 0.5 or not depth:
            return {"type": self.random.choice(["string", "integer"]), "description": WORDS}
        if choice < 0.6:
            return {"$ref": f"#/components/schemas/S{family}_{self.random.randrange(MEMBERS)}"}
        if choice < 0.7:
            return {"type": "array", "items": self.schema(family, depth - 1)}
        if choice < 0.75:
            parts = [self.schema(family, depth - 1) for _ in range(2)]
            return {"oneOf": parts, "nullable": True}
        members = {f"p{i}": self.schema(family, depth - 1) for i in range(6)}
        return {"type": "object", "required": ["p0"], "properties": members}

    def operation(self, number: int, method: str) -> dict[str, Any]:
        media = {"schema": {"$ref": f"#/components/schemas/S{number % FAMILIES}_0"}}
        content = {"application/json": media}
        said = {
            "operationId": f"operation{number}",
            "description": WORDS * 3,
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
            ],
            "responses": {200: {"description": "ok", "content": content}},
        }
        return said | ({"requestBody": {"content": content}} if method != "get" else {})

    def document(self) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        for number in range(OPERATIONS):
            method = ("get", "put", "post")[number % 3]
            path = paths.setdefault(f"/r{number // 3}/{{id}}/part", {})
            path[method] = self.operation(number, method)
        schemas = {
            f"S{family}_{member}": {
                "type": "object",
                "properties": {f"p{i}": self.schema(family, 3) for i in range(7)},
            }
            for family in range(FAMILIES)
            for member in range(MEMBERS)
        }
        return minimal(openapi="3.0.3", paths=paths, components={"schemas": schemas})


def timed(path: Path, folder: Path) -> tuple[float, int]:
    began = time.process_time()
    contract = load_contract(path, folder)
    return time.process_time() - began, len(contract.operations)


def test_a_large_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "large.yaml"
    text = yaml.dump(Maker().document(), Dumper=yaml.CSafeDumper, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    assert 11e6 < len(text) < 16e6
    began = time.process_time()
    yaml.load(text, yaml.CSafeLoader)
    plain = time.process_time() - began
    first, count = timed(path, tmp_path / "cache")
    assert count == OPERATIONS
    second, count = timed(path, tmp_path / "cache")
    assert count == OPERATIONS
    with capsys.disabled():
        print(
            f"\n{len(text) / 1e6:.1f} MB, {count} operations: {plain:.2f} s PyYAML's C loader, "
            f"{first:.2f} s first load ({first / plain:.2f}), "
            f"{second:.2f} s from the cache ({second / plain:.2f})"
        )
    assert first < plain
    assert second < 0.6 * plain


def run(*arguments: str) -> tuple[float, str]:
    """Run Python; return the processor seconds that it took, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=100
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, done.stdout


LOAD = """
import sys
from pathlib import Path
from gateway.contract.compile import load_contract
contract = load_contract(Path(sys.argv[1]), Path(sys.argv[2]))
status = Path("/proc/self/status")  # of Linux alone
lines = status.read_text().splitlines() if status.exists() else ["VmRSS: 0"]
print(next(int(line.split()[1]) // 1024 for line in lines if "VmRSS" in line))
"""


def loads(path: Path, folder: Path, what: str, capsys: pytest.CaptureFixture[str]) -> list[float]:
    """Load in a new process twice; return both times as ratios to importing the frame."""
    frame, _ = run("-c", "import connexion, uvicorn")
    ratios = []
    for name in ("first", "from the cache"):
        spent, resident = run("-c", LOAD, str(path), str(folder))
        ratios.append(spent / frame)
        with capsys.disabled():
            print(
                f"\n{what}, {name}: {spent:.2f} s, {spent / frame:.2f} × importing the frame, "
                f"{int(resident)} MiB resident",
                end="",
            )
        assert int(resident) < 120
    return ratios


def test_the_shipped_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = loads(spec_folder() / "openapi.yaml", tmp_path, "shipped document", capsys)
    assert first < 3
    assert second < 1


@pytest.mark.skipif(not VENDOR, reason="VENDOR_OPENAPI names no document")
def test_the_vendors_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert VENDOR
    first, second = loads(Path(VENDOR), tmp_path, "vendor's document", capsys)
    assert first < 10
    assert second < 3
    contract = load_contract(Path(VENDOR), tmp_path)
    assert len(contract.operations) == 288
    told: dict[str, int] = {}
    for warning in contract.warnings:
        told[warning.message] = told.get(warning.message, 0) + 1
    nullable = told.pop("`nullable` is a keyword of OpenAPI 3.0.")
    assert nullable > 0
    assert told == {
        "`required` is not a list of different names.": 1,
        "`exclusiveMinimum` is a boolean.": 7,
        "A dynamic anchor has no use here.": 2,
        "A dynamic reference is not of this dialect.": 2,
        "`default` is not valid under its own schema.": 16,
    }
