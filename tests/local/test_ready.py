import asyncio
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

from gateway.contract.compile import load_contract
from gateway.local.ready import Resolution, ready_checks
from gateway.plan import make_plan
from gateway.settings import Settings
from tests.local.documents import SHIPPED, contract_of, document, operation
from tests.local.gateways import gateway

SECRET = "an-upstream-secret"
ENV = {"OPENAI_API_KEY": SECRET, "PORT": "1"}


def test_health_looks_at_nothing() -> None:
    with gateway(load_contract(SHIPPED), "http://upstream.invalid", **ENV) as client:
        del client.headers["authorization"]
        for path in ("/health", "/-/health"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            assert answer.headers["cache-control"] == "no-store"
        head = client.head("/health")
        assert (head.status_code, head.headers["content-length"]) == (200, "16")
        assert client.post("/health").status_code == 405


def test_ready() -> None:
    with gateway(load_contract(SHIPPED), "http://127.0.0.1:9", **ENV) as client:
        del client.headers["authorization"]
        answer = client.get("/-/ready")
        assert answer.status_code == 200
        said = answer.json()
        assert said["status"] == "ready"
        assert [check["name"] for check in said["checks"]] == [
            *("contract", "credentials", "upstream")
        ]
        assert all(check["ok"] for check in said["checks"])
        assert SECRET not in answer.text
        assert client.get("/ready").json() == said


def test_an_upstream_that_has_no_address() -> None:
    with gateway(load_contract(SHIPPED), "http://upstream.invalid", **ENV) as client:
        answer = client.get("/ready")
        assert answer.status_code == 503
        said = answer.json()
        assert said["status"] == "unready"
        failed = [check for check in said["checks"] if not check["ok"]]
        assert [check["name"] for check in failed] == ["upstream"]
        assert "upstream.invalid" in failed[0]["detail"]


def verdicts(tree: dict[str, Any], folder: Path, **env: str) -> list[tuple[str, bool, str]]:
    settings = Settings.load(env={"PORT": "1", **env}, env_file=None)
    plan = make_plan(contract_of(tree, folder), settings)

    async def run() -> list[tuple[str, bool, str]]:
        found = [await check() for check in ready_checks(plan)]
        return [(each.name, each.ok, each.detail) for each in found]

    return asyncio.run(run())


TWO = {
    "/a": {"get": operation("a", security=[{"one": []}])},
    "/b": {"get": operation("b", security=[{"two": []}])},
}
SCHEMES = {name: {"type": "http", "scheme": "bearer"} for name in ("one", "two")}
CREDENTIALS = {"credentials": {"one": {"env": "ONE"}, "two": {"env": "TWO"}}}


def two(server: str = "http://127.0.0.1:9") -> dict[str, Any]:
    tree = document(deepcopy(TWO), servers=[{"url": server}], **{"x-gateway": CREDENTIALS})
    del tree["security"]
    tree["components"]["securitySchemes"] = SCHEMES
    return tree


def test_an_unset_credential_is_told_and_closes_only_its_own(tmp_path: Path) -> None:
    _, credentials, _ = verdicts(two(), tmp_path, ONE=SECRET)
    name, ok, detail = credentials
    assert (name, ok) == ("credentials", True)
    assert detail.startswith("TWO not set, which closes 1 of 2 operations")
    _, credentials, _ = verdicts(two(), tmp_path, ONE=SECRET, TWO=SECRET)
    assert SECRET not in credentials[2]


def test_each_upstream_is_looked_up_once(tmp_path: Path) -> None:
    tree = two()
    tree["paths"]["/b"]["servers"] = [{"url": "http://[::1]:9"}]
    found = verdicts(tree, tmp_path, ONE=SECRET)
    assert [name for name, _, _ in found] == ["contract", "credentials", "upstream", "upstream"]


def test_where_a_proxy_leads_its_name_is_looked_up(tmp_path: Path) -> None:
    settings = Settings.load(env={"PORT": "1", "ONE": SECRET, "TWO": SECRET}, env_file=None)
    plan = make_plan(contract_of(two("https://api.invalid"), tmp_path), settings)
    environ = {"https_proxy": f"http://user:{SECRET}@127.0.0.1:3128"}
    check = ready_checks(plan, environ)[-1]

    async def run() -> None:
        verdict = await check()
        assert (verdict.name, verdict.ok) == ("proxy", True)
        assert verdict.detail == "127.0.0.1 resolves"

    asyncio.run(run())


def test_a_look_up_counts_for_some_seconds() -> None:
    async def run() -> None:
        check = Resolution("upstream", "localhost", 80)
        assert (await check()).ok
        check.host = "upstream.invalid"
        assert (await check()).ok
        fresh = Resolution("upstream", "upstream.invalid", 80)
        assert [verdict.ok for verdict in await asyncio.gather(fresh(), fresh())] == [False, False]

    asyncio.run(run())


def test_a_name_that_is_none() -> None:
    verdict = asyncio.run(_one(Resolution("upstream", "a" * 64 + ".example", 80)))
    assert not verdict.ok


def test_a_slow_look_up_is_not_waited_for() -> None:
    class Slow(asyncio.SelectorEventLoop):
        """A loop whose resolver does not answer."""

        async def getaddrinfo(self, *_: Any, **__: Any) -> Any:
            await asyncio.sleep(60)

    with asyncio.Runner(loop_factory=Slow) as runner:
        begun = time.perf_counter()
        verdict = runner.run(_one(Resolution("upstream", "slow.example", 80)))
        assert not verdict.ok
        assert 1.5 < time.perf_counter() - begun < 5


async def _one(check: Resolution) -> Any:
    return await check()
