"""`docs/contract.md` names every key of the vocabulary, with an example that is valid."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.policy import check_policy
from gateway.contract.yaml_tree import parse_yaml
from gateway.resources import spec_folder

PAGE = Path(__file__).parents[2] / "docs" / "contract.md"
ROW = re.compile(r"^\| `([a-z.*-]+)` \| .* \| `([^`]+)` \|$", re.MULTILINE)
VOCABULARY = json.loads((spec_folder() / "x-gateway.schema.json").read_text(encoding="utf-8"))


def rows(part: str) -> dict[str, str]:
    text = PAGE.read_text(encoding="utf-8")
    root, _, operation = text.partition("### On an operation")
    return dict(ROW.findall(root if part == "root" else operation))


@pytest.mark.parametrize("part", ["root", "operation"])
def test_every_key_is_told(part: str) -> None:
    known = set(VOCABULARY["$defs"][part]["properties"])
    assert {key for key in rows(part) if "." not in key} == known


@pytest.mark.parametrize("part", ["root", "operation"])
def test_every_example_is_valid(part: str) -> None:
    for key, text in rows(part).items():
        said: Any = parse_yaml(text)[0]
        if key.startswith("upstreams."):
            said = {"upstreams": {"main": {"url": "http://h", **said}}}
        elif key.startswith("credentials."):
            said = {"credentials": {"ApiKey": said}}
        assert check_policy(said, part, "") == []  # type: ignore[arg-type]
