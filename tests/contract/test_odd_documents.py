"""Whatever stands in a document, it is served or refused with problems: nothing else is raised."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.binding import binding_document
from gateway.contract.compile import load_contract
from gateway.contract.load import parse_document
from gateway.contract.router import Router
from gateway.errors import StartError

DOCUMENTS = Path(__file__).parent.parent / "documents"
ODD: tuple[Any, ...] = (
    *(None, True, 5, -1.5, "x", "", [], {}, ["a"], [None], [{}], {"a": None}),
    *({"$ref": target} for target in ("#/nope", "#", "#/paths", "gone.yaml", "http://h/a", 5)),
    *({"type": "string"}, {"nullable": True, "type": ["x"]}, {"allOf": [{"required": [5]}]}),
)
ROUNDS = 150


def slots(node: Any) -> list[tuple[Any, Any]]:
    """List every place of a tree, as a container and a key."""
    if not isinstance(node, dict | list):
        return []
    keys = list(node) if isinstance(node, dict) else range(len(node))
    return [place for key in keys for place in ((node, key), *slots(node[key]))]


@pytest.mark.parametrize("name", ["traps.yaml", "legacy.json", "harbour.yaml"])
def test_served_or_refused(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)
    path = DOCUMENTS / name
    source, _ = parse_document(path.read_text(encoding="utf-8"), path)
    served = 0
    for _ in range(ROUNDS):
        document = copy.deepcopy(source)
        for _ in range(chance.randrange(1, 4)):
            container, key = chance.choice(slots(document))
            container[key] = copy.deepcopy(chance.choice(ODD))
        odd = tmp_path / "odd.json"
        odd.write_text(json.dumps(document), encoding="utf-8")
        try:
            operations = load_contract(odd, tmp_path / "cache").operations.values()
        except StartError as error:
            assert all(problem.message and problem.mend for problem in error.problems)
            continue
        served += 1
        Router(operations)
        binding_document(operations, "relay", lambda _: False)
    assert served > ROUNDS // 4
