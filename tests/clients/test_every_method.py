"""Every method of the Python SDK whose path the shipped document has, through gateway and stand-in.

The counts are printed, and what failed with its reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from openai import APIStatusError, NotFoundError

from tests.clients.arguments import NoValue
from tests.clients.conftest import Stack
from tests.clients.sdk_methods import Method, methods_of

# What the hints do not say: the API wants one of several optional arguments.
WANTED = {
    "vector_stores.file_batches.create": {"file_ids": ["file-abc123"]},
    "vector_stores.file_batches.create_and_poll": {"file_ids": ["file-abc123"]},
}


@dataclass
class Tally:
    """Which calls passed, and which failed, with the reason. `absent` are not in the document."""

    absent: set[str] = field(default_factory=set)
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return len(self.passed) / (len(self.passed) + len(self.failed))

    def call(self, method: Method, families: set[str], *, full: bool, turn: int = 0) -> None:
        try:
            given = method.arguments(full=full, turn=turn)
            reasons = method.complaints(WANTED.get(method.name, {}) | given)
        except NotFoundError as error:
            if error.code == "not_found" and family_of(error.request.url.path) not in families:
                self.absent.add(method.name)
                return
            reasons = [error.message]
        except NoValue as error:
            reasons = [f"no value for {error}"]
        except (APIStatusError, ValueError) as error:
            reasons = [str(error)]
        if reasons:
            self.failed.append(f"{method.name}: {'; '.join(reasons)[:400]}")
        else:
            self.passed.append(method.name)

    def __str__(self) -> str:
        count = len(self.passed) + len(self.failed)
        said = f"{count} called, {len(self.passed)} passed, {len(self.failed)} failed"
        return "\n  ".join([f"{said}; {len(self.absent)} not in the document", *self.failed])


def family_of(path: str) -> str:
    return path.split("/")[2].partition("?")[0]


@pytest.fixture(scope="module")
def families(stack: Stack) -> set[str]:
    paths = [each.path for each in stack.contract.operations.values() if not each.local]
    return {family_of(path) for path in paths}


@pytest.fixture(scope="module")
def shipped(stack: Stack, families: set[str]) -> Iterator[tuple[list[Method], Tally]]:
    """The methods that the document has, and how their calls with minimal arguments went."""
    tally = Tally()
    with stack.client(admin_api_key="unused") as client:
        methods = list(methods_of(client))
        for method in methods:
            tally.call(method, families, full=False)
        yield [each for each in methods if each.name not in tally.absent], tally


def test_minimal_arguments(shipped, capsys) -> None:
    _, tally = shipped
    with capsys.disabled():
        print(f"\nSDK methods, minimal arguments: {tally}")
    assert len(tally.passed) >= 130
    assert tally.share >= 0.98, str(tally)


def test_full_arguments(shipped, families, capsys) -> None:
    methods, _ = shipped
    tally = Tally()
    for method in methods:
        tally.call(method, families, full=True)
    with capsys.disabled():
        print(f"\nSDK methods, full arguments: {tally}")
    assert tally.share >= 0.95, str(tally)


@pytest.mark.parametrize("turn", range(1, 4))
def test_other_members_of_unions(shipped, families, turn, capsys) -> None:
    methods, _ = shipped
    tally = Tally()
    for method in methods:
        tally.call(method, families, full=True, turn=turn)
    with capsys.disabled():
        print(f"\nSDK methods, full arguments, other members ({turn}): {tally}")
    assert tally.share >= 0.95, str(tally)
