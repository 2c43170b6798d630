"""Liveness and readiness: is the process alive, and can it relay? No answer holds a secret."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from gateway.local.fixed_answer import send_json
from gateway.plan import Plan, relayed
from gateway.transport.proxy import choose_proxy

PATIENCE = 2.0  # seconds that a name has to resolve
KEPT = 5.0  # seconds that a resolution counts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found; `detail` is for people and says the mend if it is wrong."""

    name: str
    ok: bool
    detail: str


ReadyCheck = Callable[[], Awaitable[Verdict]]


async def answer_health(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as long as requests are served; looks at nothing else."""
    await send_json(send, 200, {"status": "ok"})


class Readiness:
    """Answers 200 if every check passes, else 503; the checks run at the same time."""

    def __init__(self, checks: Sequence[ReadyCheck]) -> None:
        self.checks = tuple(checks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        verdicts = await asyncio.gather(*(check() for check in self.checks))
        ready = all(verdict.ok for verdict in verdicts)
        said = {
            "status": "ready" if ready else "unready",
            "checks": [asdict(verdict) for verdict in verdicts],
        }
        await send_json(send, 200 if ready else 503, said)


def ready_checks(plan: Plan, environ: Mapping[str, str] = os.environ) -> tuple[ReadyCheck, ...]:
    """Return the checks of a gateway: contract, credentials, and each upstream's name.

    Where a proxy of the environment leads to an upstream its name is looked up instead: only the
    proxy resolves the upstream's.
    """
    looked_up: dict[tuple[str, int], ReadyCheck] = {}
    for route in plan.routes.values():
        proxy = choose_proxy(route.upstream.url, environ)
        parts = urlsplit(route.upstream.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host, port = (proxy.host, proxy.port) if proxy else (parts.hostname or "", port)
        looked_up.setdefault((host, port), Resolution("proxy" if proxy else "upstream", host, port))
    fixed = (_contract_verdict(plan), _credentials_verdict(plan))
    return (*(_known(verdict) for verdict in fixed), *looked_up.values())


def _known(verdict: Verdict) -> ReadyCheck:
    async def check() -> Verdict:
        return verdict

    return check


def _contract_verdict(plan: Plan) -> Verdict:
    return Verdict("contract", True, f"{len(plan.contract.operations)} operations")


def _credentials_verdict(plan: Plan) -> Verdict:
    """Tell which variables are unset; the gateway is unready only if they close everything."""
    accesses = [plan.access[operation.id] for operation in relayed(plan)]
    closed = [access for access in accesses if not access.grants]
    if not closed:
        return Verdict("credentials", True, "every operation has what it needs")
    unset = sorted({name for access in closed for name in (*access.missing, *access.unset_keys)})
    detail = (
        f"{', '.join(unset)} not set, which closes {len(closed)} of {len(accesses)} operations; "
        "set what is missing and start again"
    )
    return Verdict("credentials", len(closed) < len(accesses), detail)


class Resolution:
    """Looks a host's name up: one look-up at a time, each good for a few seconds."""

    def __init__(self, name: str, host: str, port: int) -> None:
        self.name = name
        self.host = host
        self.port = port
        self._ok = False
        self._until = 0.0
        self._running: asyncio.Task[None] | None = None

    async def __call__(self) -> Verdict:
        """Return whether the name resolves; waits for `PATIENCE` seconds at most."""
        if time.monotonic() >= self._until:
            if self._running is None:
                self._running = asyncio.create_task(self._look_up())
            try:
                async with asyncio.timeout(PATIENCE):
                    # A look-up cannot be called off; the next request waits for the same one.
                    await asyncio.shield(self._running)
            except TimeoutError:
                detail = f"{self.host} did not resolve in {PATIENCE:.0f} s; look at the network"
                return Verdict(self.name, False, detail)
        if self._ok:
            return Verdict(self.name, True, f"{self.host} resolves")
        detail = f"{self.host} does not resolve; look at its name and at the network"
        return Verdict(self.name, False, detail)

    async def _look_up(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.getaddrinfo(self.host, self.port)
            self._ok = True
        except (OSError, UnicodeError):  # UnicodeError: no label of IDNA
            self._ok = False
        finally:
            self._until = time.monotonic() + KEPT
            self._running = None
