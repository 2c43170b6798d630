"""Every operation of the API stands in the shipped document."""

import re
from pathlib import Path

from gateway.contract.compile import load_contract
from gateway.resources import spec_folder

LIST = Path(__file__).with_name("operations.tsv")  # method and path, a pair a line


def test_every_operation_is_in_the_document(tmp_path: Path) -> None:
    contract = load_contract(spec_folder() / "openapi.yaml", tmp_path)
    named = re.compile(r"\{[^}]*\}")
    have = {(one.method, named.sub("{}", one.path)) for one in contract.operations.values()}
    pairs = [line.split("\t") for line in LIST.read_text(encoding="utf-8").splitlines()]
    assert len(pairs) == 382
    missing = [f"{m} {p}" for m, p in pairs if (m, "/v1" + named.sub("{}", p)) not in have]
    assert not missing, "\n".join([f"{len(missing)} are missing:", *missing])
