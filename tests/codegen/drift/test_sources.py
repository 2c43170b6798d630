from pathlib import Path

import pytest

from codegen.drift.sources import read_vendor
from gateway.cli.drift import drift
from gateway.errors import StartError
from tests.codegen import small_documents as documents


def test_a_name_that_is_neither_a_file_nor_the_package_is_told() -> None:
    with pytest.raises(StartError, match="no such file"):
        read_vendor("nothing.yaml")


def test_the_command_fails_where_something_is_narrower(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = documents.write(documents.pets(), tmp_path / "vendor")
    assert drift(str(vendor), spec=vendor) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "no differences\n")
    changed = documents.pets()
    del changed["paths"]["/pets"]["get"]
    ours = documents.write(changed, tmp_path / "ours")
    assert drift(str(vendor), spec=ours) == 1
    assert capsys.readouterr().out == "narrower\t-\tis no operation of ours\tGET /v2/pets\n"
    assert drift(str(ours), spec=vendor, form="json") == 0
    assert '"mark": "wider"' in capsys.readouterr().out
    assert drift(str(vendor), spec=ours, form="markdown") == 1
    assert "| - | is no operation of ours | GET /v2/pets |" in capsys.readouterr().out
