"""`docs/errors.md` and the code name the same errors with the same statuses."""

import re
from pathlib import Path

from gateway.errors import CODES

DOCUMENT = Path(__file__).parents[1] / "docs" / "errors.md"


def test_every_code_has_a_heading_with_its_status():
    text = DOCUMENT.read_text(encoding="utf-8")
    told = re.findall(r"^### (\w+)\n(\d{3})\. ", text, re.MULTILINE)
    assert {name: int(status) for name, status in told} == {
        name: int(status) for name, status in CODES.items()
    }, "docs/errors.md and gateway/errors.py differ; mend the document"


def test_every_code_is_raised_somewhere():
    sources = [
        path.read_text(encoding="utf-8")
        for path in (DOCUMENT.parents[1] / "gateway").rglob("*.py")
        if path.name != "errors.py"
    ]
    unused = [code for code in CODES if not any(f'"{code}"' in text for text in sources)]
    assert unused == []
