"""Every method of the Python SDK whose path the shipped document has, through gateway and stand-in.

The counts are printed, and what failed with its reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from openai import APIStatusError, NotFoundError

from tests.clients.arguments import NoValue
from tests.clients.conftest import ADMIN_KEY, Stack
from tests.clients.sdk_methods import Method, Seen, methods_of

# What the hints do not say: the API wants one of several optional arguments.
WANTED = {
    "vector_stores.file_batches.create": {"file_ids": ["file-abc123"]},
    "vector_stores.file_batches.create_and_poll": {"file_ids": ["file-abc123"]},
}


@dataclass
class Tally:
    """Which calls passed, and which failed, with the reason. `absent` are not in the document."""

    families: set[str]
    seen: Seen
    absent: set[str] = field(default_factory=set)
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return len(self.passed) / (len(self.passed) + len(self.failed))

    def call(self, method: Method, *, full: bool, turn: int = 0) -> None:
        try:
            given = method.arguments(full=full, turn=turn)
            reasons = method.complaints(WANTED.get(method.name, {}) | given, self.seen)
        except NotFoundError as error:
            if error.code == "not_found" and family_of(error.request.url.path) not in self.families:
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
def first(stack: Stack) -> Iterator[tuple[list[Method], Tally]]:
    """The methods that the document has, and how their calls with minimal arguments went."""
    paths = [each.path for each in stack.contract.operations.values() if not each.local]
    tally = Tally({family_of(path) for path in paths}, Seen())
    with stack.client(admin_api_key=ADMIN_KEY, http_client=tally.seen.client()) as client:
        methods = list(methods_of(client))
        for method in methods:
            tally.call(method, full=False)
        yield [each for each in methods if each.name not in tally.absent], tally


def test_minimal_arguments(first: tuple[list[Method], Tally], capsys) -> None:
    _, tally = first
    with capsys.disabled():
        print(f"\nSDK methods, minimal arguments: {tally}")
    assert len(tally.passed) >= 130
    assert tally.share >= 0.98, str(tally)


@pytest.mark.parametrize("turn", range(5))
def test_full_arguments(first: tuple[list[Method], Tally], turn: int, capsys) -> None:
    """Turn 0 takes the first member of each union, the others take any, null included."""
    methods, before = first
    tally = Tally(before.families, before.seen)
    for method in methods:
        tally.call(method, full=True, turn=turn)
    with capsys.disabled():
        print(f"\nSDK methods, full arguments, turn {turn}: {tally}")
    assert tally.share >= 0.95, str(tally)
