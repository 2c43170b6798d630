"""Large documents: time as a ratio to reading their YAML, in the same process."""

import os
import random
import resource
import shutil
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
from tests.costs import least

OPERATIONS = 1223
FIRST, CACHED = 1.0, 0.6  # times what PyYAML's C loader takes
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


def timed(path: Path, folder: Path) -> float:
    began = time.process_time()
    contract = load_contract(path, folder)
    seconds = time.process_time() - began
    assert len(contract.operations) == OPERATIONS
    return seconds


def test_a_large_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "large.yaml"
    text = yaml.dump(Maker().document(), Dumper=yaml.CSafeDumper, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    assert 11e6 < len(text) < 16e6
    began = time.process_time()
    yaml.load(text, yaml.CSafeLoader)
    plain = time.process_time() - began
    cache = tmp_path / "cache"

    def first() -> float:
        shutil.rmtree(cache, ignore_errors=True)
        return timed(path, cache) / plain

    def second() -> float:
        return timed(path, cache) / plain

    ratios = least(first, FIRST), least(second, CACHED)
    with capsys.disabled():
        print(
            f"\n{len(text) / 1e6:.1f} MB, {OPERATIONS} operations: PyYAML in C {plain:.2f} s, "
            f"first load {ratios[0]:.2f} of it, from the cache {ratios[1]:.2f}"
        )
    assert ratios[0] <= FIRST
    assert ratios[1] <= CACHED


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


def load_anew(path: Path, folder: Path) -> float:
    """Load in a new process; return the processor seconds that it took."""
    spent, resident = run("-c", LOAD, str(path), str(folder))
    assert int(resident) < 120  # MiB
    return spent


def loads(path: Path, folder: Path, bounds: tuple[float, float]) -> tuple[float, float]:
    """Load in new processes, first and from the cache; return both times as ratios to importing
    the frame, each the least of some, until it is within its bound.
    """
    frame = min(run("-c", "import connexion, uvicorn")[0] for _ in range(2))

    def first() -> float:
        shutil.rmtree(folder, ignore_errors=True)
        return load_anew(path, folder) / frame

    def second() -> float:
        return load_anew(path, folder) / frame

    return least(first, bounds[0]), least(second, bounds[1])


def test_the_shipped_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bounds = 3.0, 1.0
    first, second = loads(spec_folder() / "openapi.yaml", tmp_path / "cache", bounds)
    with capsys.disabled():
        print(f"\nshipped document: {first:.2f} × importing the frame, from the cache {second:.2f}")
    assert first <= bounds[0]
    assert second <= bounds[1]


@pytest.mark.skipif(not VENDOR, reason="VENDOR_OPENAPI names no document")
def test_the_vendors_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert VENDOR
    bounds = 10.0, 3.0
    first, second = loads(Path(VENDOR), tmp_path / "cache", bounds)
    with capsys.disabled():
        print(
            f"\nvendor's document: {first:.2f} × importing the frame, from the cache {second:.2f}"
        )
    assert first <= bounds[0]
    assert second <= bounds[1]
    contract = load_contract(Path(VENDOR), tmp_path / "cache")
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
