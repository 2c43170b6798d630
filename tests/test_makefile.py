"""The Makefile: what it lists, and what it says where Python is missing or too old."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TARGETS = (
    *("help", "setup", "run", "test", "generate", "check", "contract", "format", "lock"),
    *("bench", "bench-peers", "clean"),
)

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def make(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The Makefile with nothing set up."""
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements/run.txt", "requirements/dev.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_help_is_the_default_and_lists_every_target(bare: Path) -> None:
    said = make(bare).stdout
    assert said == make(bare, "help").stdout
    assert [line.split()[1] for line in said.splitlines()] == list(TARGETS)


def test_no_python_is_said(bare: Path) -> None:
    done = make(bare, "setup", "PYTHON=")
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (bare / ".venv").exists()


def test_the_interpreter_is_new_enough(bare: Path) -> None:
    said = make(bare, "--eval", "show: ; @echo $(PYTHON)", "show").stdout.strip()
    command = [said, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_locked_package_has_hashes_and_no_index(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    packages = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert "--index-url" not in text
    assert "--find-links" not in text


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split(" ")[0] for line in lines if line and line[0] not in " #"]
    return dict(pin.split("==", 1) for pin in pins)  # type: ignore[misc]


def test_tests_run_with_the_versions_that_run() -> None:
    run, dev = locked("run"), locked("dev")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.slow
def test_the_wheel_carries_the_document_and_runs(tmp_path: Path) -> None:
    """Built and installed as `pip install .` does, with the libraries of this environment."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("gateway", "codegen", "spec"):
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    wheels = tmp_path / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)]
    subprocess.run([*pip, *build], check=True, capture_output=True, cwd=tmp_path)
    (wheel,) = wheels.iterdir()
    names = zipfile.ZipFile(wheel).namelist()
    assert "gateway/_spec/openapi.yaml" in names
    assert "gateway/_spec/families/responses.yaml" in names
    assert "gateway/_spec/x-gateway.schema.json" in names
    installed = tmp_path / "installed"
    install = ["install", "--no-deps", "--no-index", "--target", str(installed), str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True, cwd=tmp_path)
    script = [sys.executable, str(installed / "bin" / "specrelay")]
    env = {"PYTHONPATH": str(installed), "HOME": str(tmp_path)}
    for words in (["--version"], ["routes"]):
        done = subprocess.run(
            [*script, *words], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "createResponse" in done.stdout
    where = [sys.executable, "-c", "import gateway.resources as r; print(r.spec_folder())"]
    said = subprocess.run(where, env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(installed / "gateway" / "_spec")
