import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen.generate import Task, compare, make, plan, write
from gateway.cli.generate import generate
from gateway.contract.compile import load_contract
from gateway.errors import StartError
from gateway.resources import spec_folder
from tests.codegen import small_documents as documents

SHIPPED = spec_folder() / "openapi.yaml"
ROOT = spec_folder().parent


@pytest.fixture
def task(tmp_path: Path) -> Task:
    spec = documents.write(documents.pets(), tmp_path / "spec")
    return plan(spec, tmp_path / "out")


def test_twice_leaves_no_difference(task: Task) -> None:
    assert len(write(task, make(task)).missing) == len(make(task))
    assert not write(task, make(task))
    assert not compare(task, make(task))


def test_an_edited_file_is_told_with_a_diff(task: Task) -> None:
    made = make(task)
    write(task, made)
    path = task.root / "manifest.json"
    path.write_text(path.read_text().replace('"Pets"', '"Dogs"', 1))
    found = compare(task, made)
    assert found.edited == ("manifest.json",)
    assert '-  "name": "Dogs",\n+  "name": "Pets",\n' in found.patch
    write(task, made)
    assert not compare(task, made)


def test_a_missing_file_is_told_and_written(task: Task) -> None:
    made = make(task)
    write(task, made)
    (task.root / "tools" / "chat.json").unlink()
    assert compare(task, made).missing == ("tools/chat.json",)
    write(task, made)
    assert not compare(task, made)


def test_an_extra_file_is_told_and_removed(task: Task) -> None:
    made = make(task)
    write(task, made)
    extra = task.root / "reference" / "gone.md"
    extra.write_text("old")
    assert compare(task, made).extra == ("reference/gone.md",)
    write(task, made)
    assert not extra.exists()


def test_line_ends_count(task: Task) -> None:
    made = make(task)
    write(task, made)
    path = task.root / "report.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compare(task, made).edited == ("report.md",)


def test_byte_code_is_nobodys(task: Task) -> None:
    made = make(task)
    write(task, made)
    (task.root / "code" / "__pycache__").mkdir()
    (task.root / "code" / "__pycache__" / "x.pyc").write_bytes(b"")
    assert not compare(task, made)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StartError, match="files of another kind"):
        plan(SHIPPED, tmp_path)
    with pytest.raises(StartError, match="files of another kind"):
        plan(SHIPPED, tmp_path / "thesis.txt")


def test_another_document_needs_a_folder(task: Task) -> None:
    with pytest.raises(StartError, match="--out"):
        plan(task.spec, None)


def test_the_command_writes_and_checks(
    task: Task, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert generate(spec=task.spec, out=out) == 0
    assert generate("check", spec=task.spec, out=out) == 0
    (out / "report.md").unlink()
    (out / "manifest.json").write_text("{}\n")
    (out / "extra.json").write_text("{}\n")
    (out / "report.md").write_text("<!-- Made from x -->\n")
    (out / "mcp.json").unlink()
    capsys.readouterr()
    assert generate("check", spec=task.spec, out=out) == 1
    told = capsys.readouterr().out
    assert "--- manifest.json" in told
    assert "missing: mcp.json" in told
    assert "extra: extra.json" in told
    assert told.endswith("run: specrelay generate --out out\n")


def test_the_checkout_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    code = generate("check")
    assert code == 0, capsys.readouterr().out[-3000:]


def test_a_stale_checkout_says_which_command_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = plan(None, None)
    made = make(task)
    copy = Task(task.spec, tmp_path, task.layout, task.owned, task.source, task.command)
    write(copy, made)
    shutil.rmtree(tmp_path / "docs")
    found = compare(copy, made)
    assert found.missing
    assert all(path.startswith("docs/reference/") for path in found.missing)
    assert task.command == "make generate"


def test_it_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    spec = documents.write(documents.pets(), tmp_path / "spec")
    program = (
        "import sys, hashlib; from pathlib import Path; from codegen.generate import make, plan\n"
        "made = make(plan(Path(sys.argv[1]), Path(sys.argv[2])))\n"
        "print(hashlib.sha256(repr(sorted(made.items())).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(spec), str(tmp_path / "out")],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_it_is_quick(tmp_path: Path) -> None:
    task = plan(SHIPPED, tmp_path / "out")
    start = time.process_time()
    contract = load_contract(SHIPPED)
    loading = time.process_time() - start
    start = time.process_time()
    write(task, make(task, contract))
    assert time.process_time() - start <= 3 * loading + 2
