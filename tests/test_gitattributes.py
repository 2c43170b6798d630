"""What git and its hosts are told of the files: line ends, and which of them are made."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def attributes(path: str) -> dict[str, str]:
    command = ["git", "check-attr", "-a", "--", path]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return {line.split(": ")[1]: line.split(": ")[2] for line in said.splitlines()}


@pytest.mark.parametrize(
    "path",
    [
        "spec/published/openapi.json",
        "spec/published/actions/main.json",
        "spec/published/tools/chat.json",
        "spec/published/report.md",
        "docs/reference/files.md",
        "gateway/_generated/operation_ids.py",
        "requirements/dev.txt",
    ],
)
def test_what_is_made_is_marked(path: str) -> None:
    assert attributes(path)["linguist-generated"] == "set"
    assert attributes(path)["eol"] == "lf"


@pytest.mark.parametrize(
    "path", ["spec/openapi.yaml", "docs/architecture.md", "gateway/app.py", "codegen/outputs.py"]
)
def test_what_is_written_by_hand_is_not(path: str) -> None:
    assert "linguist-generated" not in attributes(path)
    assert attributes(path)["eol"] == "lf"
