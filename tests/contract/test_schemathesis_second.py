"""The second document in full."""

from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from tests.contract.schemathesis_run import running

DOCUMENT = Path(__file__).parent.parent / "documents" / "harbour.yaml"
EXAMPLES = 10


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_nothing_generated_breaks_the_gateway_or_slips_through() -> None:
    contract = load_contract(DOCUMENT)
    with running(contract) as run:
        run.attack(contract.operations.values(), EXAMPLES)
    print(run.tally)
    assert run.tally.failures == []
    assert run.tally.faults == []
    assert run.tally.judged >= 100
