"""The bars of the shipped document against the vendor's."""

import os
from pathlib import Path

import pytest

from tests.surface.generation import VARIABLE, missed, proof_of, report

pytestmark = pytest.mark.skipif(
    not os.environ.get(VARIABLE), reason=f"{VARIABLE} names no document"
)
# Two declarations of it stand in one `allOf`; one takes null, the other does not.
CONTRADICTED = "top_logprobs"


@pytest.mark.slow
def test_the_bars_are_reached() -> None:
    proof = proof_of(Path(os.environ[VARIABLE]))
    print(report(proof))
    narrower = [each for each in proof.differences if each.startswith("narrower")]
    assert not missed(proof), "\n".join([report(proof), *narrower])
    left = [each for each in proof.unmade if CONTRADICTED not in each]
    assert not left, "\n".join(left)
