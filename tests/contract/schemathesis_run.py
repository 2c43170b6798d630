"""Schemathesis against gateway and stand-in: cases made, sent, counted and judged."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import requests
from requests import PreparedRequest
from schemathesis import Case
from starlette.types import ASGIApp

from gateway.app import build_app
from gateway.cli.stand_in import redirected
from gateway.contract.model import Contract, Operation
from gateway.settings import Settings
from gateway.standin.app import standin_app
from gateway.standin.record import Record
from tests.contract.schemathesis_cases import MODES, border_cases, make_writable, random_cases
from tests.contract.schemathesis_document import generators
from tests.contract.schemathesis_judge import Judge, refusal_faults
from tests.contract.schemathesis_secrets import (
    KEY,
    LogWatch,
    Secrets,
    relay_key_upstream,
    secrets_of,
    watching_the_log,
)
from tests.contract.schemathesis_tally import Fault, Tally
from tests.servers import serve_in_thread

SEED = 20_260_101
CASE = "X-Contract-Case"  # a field that tells which case a recorded request was
UNSENDABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    UnicodeError,
    ValueError,
)
BuildApp = Callable[[Contract, Settings], ASGIApp]


class TimeIsUp(KeyboardInterrupt):
    """No more cases for this operation. An interrupt, which hypothesis passes on at once."""


class Run:
    """One gateway with its stand-in, and the tally of what was sent through them."""

    def __init__(
        self, contract: Contract, url: str, record: Record, secrets: Secrets, log: LogWatch
    ) -> None:
        self.contract = contract
        self.url = url
        self.record = record
        self.secrets = secrets
        self.log = log
        self.seed = SEED
        self.until = float("inf")  # `time.monotonic()` after which no case is sent
        self.judge = Judge(contract)
        self.tally = Tally()
        self._session = requests.Session()
        self._session.trust_env = False
        self._numbers = count(1)
        self._cases: dict[bytes, PreparedRequest] = {}
        self._by_request_id: dict[str, tuple[str, PreparedRequest]] = {}
        self._answers: set[tuple[str, int, str, bytes]] = set()
        self._generators = generators(contract)

    def attack(self, operations: Iterable[Operation], examples: int) -> None:
        """Send that many positive and negative cases to each operation."""
        for operation, target in self._targets(operations):
            for mode in MODES:
                send = partial(self._send, operation, mode.value)
                if not random_cases(target, mode, examples, self.seed, send):
                    self.tally.impossible.append(f"{operation.id} {mode.value}")
            self.judge_record()

    def cover(self, operations: Iterable[Operation], most: int) -> None:
        """Send cases at the borders of each schema, at most so many for each operation."""
        for operation, target in self._targets(operations):
            for case in border_cases(target, most):
                self._send(operation, case.meta.generation.mode.value, case)
            self.judge_record()

    def _targets(self, operations: Iterable[Operation]) -> Iterator[tuple[Operation, Any]]:
        for operation in operations:
            if operation.id in self._generators:  # it is relayed over HTTP
                target = self._generators[operation.id]
                if target is None:
                    self.tally.impossible.append(f"{operation.id}: schemathesis cannot read it")
                else:
                    yield operation, target

    def _send(self, operation: Operation, mode: str, case: Case) -> None:
        if time.monotonic() > self.until:
            raise TimeIsUp
        self.tally.generated[mode] += 1
        if mode == "positive":
            make_writable(case)
        number = str(next(self._numbers))
        try:
            answer = case.call(
                base_url=self.url,
                session=self._session,
                headers={"X-Relay-Key": KEY, CASE: number},
                allow_redirects=False,
            )
        except UNSENDABLE:
            self.tally.unsendable[mode] += 1
            return
        except requests.RequestException as error:
            said = f"the gateway gave no answer ({type(error).__name__})"
            self._fault(operation.id, "no answer", said, error.request)
            return
        self._cases[number.encode()] = answer.request
        self._look_at(operation, case.method, answer, mode)

    def _look_at(self, operation: Operation, method: str, answer: Any, mode: str) -> None:
        """Count and judge an answer."""
        body, status, request = answer.content, answer.status_code, answer.request
        fields = {name.lower(): values for name, values in answer.headers.items()}
        kind = fields.get("content-type", [""])[0]
        relay_id = fields.get("x-relay-request-id", [""])[0]
        self._by_request_id[relay_id] = operation.id, request
        if status >= 500:
            self._fault(operation.id, f"answer {status}", f"{body!r:.300}", request)
        elif fields.get("x-request-id", [""])[0] != relay_id:  # the upstream's own: relayed
            self.tally.accepted[mode] += 1
            if method.upper() == operation.method:
                self._judge_answer(operation, status, kind, body, request)
        else:
            self.tally.refused[mode] += 1
            if mode == "positive":
                reason = _reason(answer.json()) if body else f"{status}"
                self.tally.refusals[f"{operation.id} {reason}"] += 1
            if method.upper() != "HEAD":
                for said in refusal_faults(self.contract.errors, status, kind, body):
                    self._fault(operation.id, "refusal does not conform", said, request)
        head = "".join(f"{name}: {value}\n" for name, each in fields.items() for value in each)
        for named in self.secrets.named_in(head.encode("utf-8", "replace") + body):
            self._fault(operation.id, "key in an answer", f"{named}, status {status}", request)

    def _judge_answer(
        self, operation: Operation, status: int, kind: str, body: bytes, request: PreparedRequest
    ) -> None:
        key = (operation.id, status, kind, body)
        # Without a declared success the stand-in has nothing to make an answer from.
        declared = any(a.status[0] == "2" or a.status == "default" for a in operation.answers)
        if key not in self._answers and declared:
            self._answers.add(key)
            self.tally.answers += 1
            for said in self.judge.answer_faults(operation, status, kind, body):
                self._fault(operation.id, "answer does not conform", said, request)

    def judge_record(self) -> None:
        """Judge what came to the upstream and what was logged since the last time."""
        for entry in self.record.entries():
            request = self._cases.get(dict(entry.headers).get(CASE.lower().encode(), b""))
            name = entry.operation or "(no operation)"
            self.tally.judged += 1
            for said in self.judge.faults(entry):
                self._fault(name, "invalid request relayed", said, request)
            if relay_key_upstream(entry):
                self._fault(name, "relay key sent to the upstream", "it stands there", request)
        self.record.clear()
        while self.log.leaks:
            leak = self.log.leaks.popleft()
            known = self._by_request_id.get(leak.request_id or "")
            name, request = known or ("(no operation)", None)
            self._fault(name, "key in the log", leak.message, request)

    def _fault(self, name: str, kind: str, said: str, request: PreparedRequest | None) -> None:
        self.tally.faults.append(Fault(name, kind, self.secrets.masked(said), request))


def _reason(answer: dict[str, Any]) -> str:
    said = answer.get("error", answer)
    message = said.get("message") or said.get("detail", "")
    first = (said.get("errors") or [{}])[0]
    return f"{said['code']} {said['param']}: {first.get('message', message)}"


@contextmanager
def running(contract: Contract, build: BuildApp = build_app) -> Iterator[Run]:
    """Serve a contract before its stand-in; every path is kept. `build` makes the gateway."""
    record = Record()
    secrets = secrets_of(contract)
    # Lines go to the log that is watched; a connection closed while idle could meet a request.
    options = {"log_config": None, "timeout_keep_alive": 120}
    standin_ = standin_app(contract, record=record, pace=0.0)
    with watching_the_log(secrets) as log, serve_in_thread(standin_, **options) as standin:
        loaded = Settings.load(env=secrets.variables, env_file=None)
        gateway = build(redirected(contract, standin.url), loaded)
        with serve_in_thread(gateway, **options) as served:
            yield Run(contract, served.url, record, secrets, log)
