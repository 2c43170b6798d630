"""Proof by generation: requests made from the vendor's document, judged by ours.

`VENDOR_OPENAPI=vendor.yaml python -m tests.surface.generation` prints the figures per family and in
total; `--show` lists what the two documents judge differently. Exit 1 where a bar is missed.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from gateway.contract.compile import load_contract
from gateway.resources import spec_folder
from tests.surface.figures import misses, table
from tests.surface.proving import Proof, prove

SEED = 1
VARIABLE = "VENDOR_OPENAPI"


def proof_of(vendor: Path, document: Path | None = None, seed: int = SEED) -> Proof:
    """Prove a document, by default the shipped one, against the vendor's."""
    with tempfile.TemporaryDirectory() as folder:
        theirs = load_contract(vendor, Path(folder))
        ours = load_contract(document or spec_folder() / "openapi.yaml", Path(folder))
    return prove(theirs, ours, seed)


def missed(proof: Proof) -> list[str]:
    """List the bars that a proof does not reach."""
    return misses(proof.families, proof.open_part)


def report(proof: Proof) -> str:
    """Return the figures, the part of open sets, and the bars that are missed."""
    said = [table(proof.families), ""]
    said.append(
        f"{len(proof.open_enums)} of {len(proof.enums)} enums of the vendor's request schemas"
        f" ({proof.open_part:.1%}) are open sets in ours, and left out."
    )
    said += [f"MISSED: {each}" for each in missed(proof)]
    return "\n".join(said)


def main() -> int:
    parser = argparse.ArgumentParser(description="Proof by generation.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--document", type=Path, help="another document than the shipped one")
    parser.add_argument("--show", action="store_true", help="list what is judged differently")
    arguments = parser.parse_args()
    if not os.environ.get(VARIABLE):
        sys.exit(f"Set {VARIABLE} to the vendor's OpenAPI document.")
    proof = proof_of(Path(os.environ[VARIABLE]), arguments.document, arguments.seed)
    if arguments.show:
        for each, count in sorted(proof.differences.items()):
            print(f"{count:6} {each}")
        print(*(f"unmade: {each}" for each in proof.unmade), sep="\n")
    print(report(proof))
    return 1 if missed(proof) else 0


if __name__ == "__main__":
    sys.exit(main())
