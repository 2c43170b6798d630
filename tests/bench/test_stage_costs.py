"""The calls of a request by stage and by whose code makes them."""

import asyncio
from pathlib import Path
from statistics import median_low

import pytest
import uvloop
from connexion.middleware import ConnexionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.bench.in_process import LIMIT, call, calls, close, gateway, small
from tests.bench.stage_costs import (
    COLUMNS,
    CONNEXION,
    COUNTED,
    OTHERS,
    OURS,
    Calls,
    agreed,
    calls_of_a_request,
    counted,
    rows_of,
)


async def calls_in_all(app: ASGIApp) -> int:
    """Return what a request calls, counted another way; not what here stands around it."""
    seen = await calls(lambda: call(app, small()))
    return sum(count for name, count in seen.items() if not name.startswith(Path(__file__).name))


@pytest.fixture(scope="module")
def seen() -> tuple[Calls, int]:
    """Return the calls of a small request by part and code, and in all."""

    async def run(app: ASGIApp) -> tuple[Calls, int]:
        try:
            async with asyncio.timeout(LIMIT):
                found = await calls_of_a_request(app)
                return found, median_low([await calls_in_all(app) for _ in range(COUNTED)])
        finally:
            await close(app)

    with gateway() as (app, _), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(app))


def test_the_parts_add_up_to_the_whole(seen: tuple[Calls, int]) -> None:
    found, whole = seen
    *parts, all_parts = rows_of(found)
    for column in ("calls", *COLUMNS):
        assert all_parts[column] == sum(int(str(row[column])) for row in parts)
    for row in parts:
        assert row["calls"] == sum(int(str(row[column])) for column in COLUMNS)
    assert all_parts["calls"] == whole


@pytest.mark.parametrize(
    "part", ["routing", "security", "validation: head", "validation: body", "binding"]
)
def test_our_code_acts_in_each_stage(seen: tuple[Calls, int], part: str) -> None:
    assert seen[0][part, OURS]


def test_connexions_own_code_acts_at_its_entry(seen: tuple[Calls, int]) -> None:
    assert seen[0]["Connexion's entry", CONNEXION]


def test_connexions_own_code_is_seen_wherever_it_acts() -> None:
    """Its stages as they ship, none of which is of ours."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run(app: ASGIApp) -> Calls:
        await call(app, small())
        return await counted(lambda: call(app, small()))

    app = ConnexionMiddleware(answer)
    operation = {"operationId": "create", "responses": {"200": {"description": "Done."}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "One", "version": "1"},
        "paths": {"/v1/chat/completions": {"post": operation}},
    }
    app.add_api(document, resolver=lambda _: answer)
    found = uvloop.run(run(app))
    whose = {column: sum(found[key] for key in found if key[1] == column) for column in COLUMNS}
    assert whose[CONNEXION] > 20
    assert whose[OTHERS] > 20
    assert not whose[OURS]


def test_counts_that_differ_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    alike = Calls({("routing", OURS): 7, ("security", OURS): 2})
    other = Calls({("routing", OURS): 7, ("security", OURS): 9, ("security", CONNEXION): 1})
    assert agreed([alike, alike]) == alike
    assert not capsys.readouterr().out
    assert agreed([alike, other, alike]) == alike
    assert "security in ours: [2, 9, 2]" in capsys.readouterr().out
