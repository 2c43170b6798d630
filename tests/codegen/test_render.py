from pathlib import Path

import pytest
from jinja2 import UndefinedError

from codegen.render import render
from tests.codegen import small_documents as documents


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="command"):
        render("reference_index.md.j2", source="s", families=[], contract=None)


def test_a_documents_text_is_no_template(tmp_path: Path) -> None:
    document = documents.pets()
    document["info"]["title"] = "{{ source }}"
    contract = documents.contract_of(document, tmp_path)
    text = render("reference_index.md.j2", source="s", command="c", families=[], contract=contract)
    assert "# {{ source }}: reference" in text
