"""The second document in full."""

from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from tests.contract.schemathesis_run import running

DOCUMENT = Path(__file__).parent.parent / "documents" / "harbour.yaml"
EXAMPLES = 30
BORDERS = 500

# Positive cases that are rightly refused: the generator does not write what it means.
EXPLAINED = {
    "createShipment invalid_body /parcels": "an array of objects comes as its members' names",
    "createShipment invalid_body /metadata": "a member with an empty name comes as a list's item",
    "replacePaper missing_body": "a body of no bytes is none",
}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_nothing_generated_breaks_the_gateway_or_slips_through() -> None:
    contract = load_contract(DOCUMENT)
    with running(contract) as run:
        run.attack(contract.operations.values(), EXAMPLES)
        run.cover(contract.operations.values(), BORDERS)
    print(run.tally)
    assert run.tally.faults == []
    assert run.tally.unexplained(EXPLAINED) == []
    assert run.tally.judged >= 200
    assert run.tally.refused["negative"] >= 100
