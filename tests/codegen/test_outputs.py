import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codegen.generate import make, plan
from codegen.outputs import FOLDER
from gateway.contract.compile import load_contract
from gateway.resources import spec_folder
from tests.codegen import small_documents as documents

NAMES = {
    "openapi.json",
    "tools/responses.json",
    "tools/chat.json",
    "mcp.json",
    "manifest.json",
    "ai-plugin.json",
    "report.md",
    "code/__init__.py",
    "code/operation_ids.py",
    "reference/README.md",
}


@pytest.fixture(scope="module", params=["shipped", "pets", "shelves"])
def made(request: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp(request.param)
    spec = spec_folder() / "openapi.yaml"
    if request.param != "shipped":
        document = {"pets": documents.pets, "shelves": documents.shelves}[request.param]()
        spec = documents.write(document, folder)
    return make(plan(spec, folder / "out"))


def test_everything_is_there(made: dict[str, str]) -> None:
    assert made.keys() >= NAMES
    rest = made.keys() - NAMES
    assert any(path.startswith("actions/") for path in rest)
    assert all(re.fullmatch(r"(actions|reference)/[\w-]+\.(json|md)", path) for path in rest)


def test_json_is_formatted_and_ends_with_one_line_break(made: dict[str, str]) -> None:
    for path, text in made.items():
        if path.endswith(".json"):
            assert json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n" == text


def test_headers_name_source_and_command(made: dict[str, str]) -> None:
    for path, text in made.items():
        if not path.endswith(".json"):
            first, second = text.splitlines()[:2]
            assert re.fullmatch(r"(# |<!-- )Made from [\w.]+( -->)?", first), path
            assert "by `specrelay generate`; edit the document" in second, path


def test_text_is_tidy(made: dict[str, str]) -> None:
    for path, text in made.items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert "\n\n\n" not in text or path.endswith(".json"), path
        assert not re.search(r"[ \t]+$", text, re.MULTILINE) or path.endswith(".json"), path


def test_no_date_and_no_place_is_in_it(made: dict[str, str], tmp_path: Path) -> None:
    for path, text in made.items():
        assert str(tmp_path.parent.parent) not in text, path


def test_tables_are_whole(made: dict[str, str]) -> None:
    for path, text in made.items():
        if not path.endswith(".md"):
            continue
        width = 0
        for line in text.splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert not width or not cells or cells == width, f"{path}: {line}"
            width = cells


def test_code_is_formatted(made: dict[str, str], tmp_path: Path) -> None:
    for name in ("operation_ids.py", "__init__.py"):
        (tmp_path / name).write_text(made[f"code/{name}"])
        ast.parse(made[f"code/{name}"])
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(spec_folder().parent / "pyproject.toml"), str(tmp_path)]
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run([*ruff, *command, *config], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode()


def test_the_bundle_has_no_policy_in_it(made: dict[str, str]) -> None:
    assert "x-gateway" not in made["openapi.json"]


def test_the_ids_are_those_of_the_document() -> None:
    from gateway._generated import operation_ids

    said = {value for name, value in vars(operation_ids).items() if name.isupper()}
    assert said == set(load_contract(spec_folder() / "openapi.yaml").operations)


def test_a_folder_of_ones_own_has_no_gateway_in_it() -> None:
    assert FOLDER.code == "code"
