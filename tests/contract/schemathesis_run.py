"""Schemathesis against gateway and stand-in: cases made, sent, counted and judged."""

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.errors import InvalidSchema

from gateway.app import build_app
from gateway.contract.mend import request_view
from gateway.contract.model import Contract, Operation
from gateway.contract.pointer import resolve
from gateway.settings import Settings
from gateway.standin.app import standin_app
from gateway.standin.record import Record
from tests.contract.schemathesis_judge import Judge
from tests.servers import serve_in_thread

KEY = "a-relay-key"
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
SEED = 20_260_101
UNSENDABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    UnicodeError,
    ValueError,
)


@dataclass
class Tally:
    """What became of the cases of one run."""

    generated: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unsendable: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    impossible: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)  # of positive cases, by their reason

    def unexplained(self, explained: Mapping[str, str]) -> list[str]:
        """List the refusals of positive cases that none of the reasons (by prefix) explains."""
        return [said for said in self.refusals if not said.startswith(tuple(explained))]

    def __str__(self) -> str:
        lines = [
            f"{mode}: {self.generated[mode]} generated, {self.accepted[mode]} accepted, "
            f"{self.refused[mode]} refused, {self.unsendable[mode]} not sendable"
            for mode in ("positive", "negative")
        ]
        reasons = [f"  {count} × {reason}" for reason, count in self.refusals.most_common(40)]
        lines.append(f"{self.judged} recorded requests judged by jsonschema")
        if reasons:
            lines += ["positive cases refused:", *reasons]
        return "\n".join(lines)


def served_document(contract: Contract, operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the document of these operations as they are served, in the view of requests."""
    view = request_view(
        contract.document, one_of="any", document=contract.document, kind="document"
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        fixed = "&".join(f"{name}={value}" for name, value in operation.fixed_query)
        item = resolve(view, operation.pointer.rpartition("/")[0])
        said = dict(resolve(view, operation.pointer))
        said.pop("security", None)
        said.pop("servers", None)
        said["parameters"] = [*item.get("parameters", ()), *said.get("parameters", ())]
        key = operation.path + (f"?{fixed}" if fixed else "")
        paths.setdefault(key, {})[operation.method.lower()] = said
    components = {k: v for k, v in view.get("components", {}).items() if k != "securitySchemes"}
    info = {"title": contract.title, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


class Run:
    """One gateway with its stand-in, and the tally of what was sent through them."""

    def __init__(self, contract: Contract, gateway_url: str, record: Record) -> None:
        self.contract = contract
        self.url = gateway_url
        self.record = record
        self.judge = Judge(contract)
        self.tally = Tally()
        self._session = requests.Session()
        self._session.trust_env = False
        self._answers: set[tuple[str, int, str, bytes]] = set()

    def attack(self, operations: Iterable[Operation], examples: int) -> None:
        """Send that many positive and negative cases to each operation."""
        for operation, target in self._targets(operations):
            for mode in MODES:
                self._attack_one(operation, target, mode, examples)
            self._judge_record()

    def cover(self, operations: Iterable[Operation], most: int) -> None:
        """Send cases at the borders of each schema, at most so many for each operation."""
        for operation, target in self._targets(operations):
            schema = target.schema
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cases = schema.iter_coverage_cases(
                    target, generation_modes=MODES, generation_config=schema.config.generation
                )
                for case in islice(cases, most):
                    self._send(operation, case, case.meta.generation.mode.value)
            self._judge_record()

    def _targets(self, operations: Iterable[Operation]) -> Iterator[tuple[Operation, Any]]:
        chosen = [o for o in operations if not o.local and not o.websocket]
        schema = schemathesis.openapi.from_dict(served_document(self.contract, chosen))
        by_key = {(op.method, op.path, op.fixed_query): op for op in chosen}
        for result in schema.get_all_operations():
            target = result.ok()
            path, _, query = target.path.partition("?")
            fixed = tuple(tuple(pair.split("=")) for pair in query.split("&") if pair)
            yield by_key[target.method.upper(), path, fixed], target

    def _attack_one(
        self, operation: Operation, target: Any, mode: GenerationMode, examples: int
    ) -> None:
        @seed(SEED)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=target.as_strategy(generation_mode=mode))
        def send(case: Case) -> None:
            self._send(operation, case, mode.value)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the generators about each other
                send()
        except (Unsatisfiable, InvalidSchema) as error:
            self.tally.impossible.append(f"{operation.id} {mode.value}: {type(error).__name__}")

    def _send(self, operation: Operation, case: Case, mode: str) -> None:
        self.tally.generated[mode] += 1
        if mode == "positive" and isinstance(case.body, dict):
            case.body = {k: v for k, v in case.body.items() if _can_be_written(k, case.media_type)}
        try:
            answer = case.call(
                base_url=self.url, session=self._session, headers={"X-Relay-Key": KEY}
            )
        except UNSENDABLE:
            self.tally.unsendable[mode] += 1
            return
        except requests.RequestException as error:
            self.tally.failures.append(f"{operation.id} {mode}: {type(error).__name__}")
            return
        body = answer.content
        if answer.status_code >= 500:
            self.tally.failures.append(f"{operation.id} {mode}: {answer.status_code} {body!r:.300}")
        elif answer.status_code >= 400:
            self.tally.refused[mode] += 1
            if mode == "positive":
                reason = _reason(answer.json()) if body else f"{answer.status_code}"
                self.tally.refusals[f"{operation.id} {reason}"] += 1
        else:
            self.tally.accepted[mode] += 1
            kind = answer.headers.get("content-type", [""])[0]
            if case.method.upper() == operation.method:
                self._judge_answer(operation, answer.status_code, kind, body)

    def _judge_answer(self, operation: Operation, status: int, kind: str, body: bytes) -> None:
        key = (operation.id, status, kind, body)
        if key not in self._answers:
            self._answers.add(key)
            self.tally.faults += self.judge.answer_faults(operation, status, kind, body)

    def _judge_record(self) -> None:
        for entry in self.record.entries():
            self.tally.faults += self.judge.faults(entry)
            self.tally.judged += 1
        self.record.clear()


def _can_be_written(name: str, media_type: str | None) -> bool:
    """Tell whether a property's name can stand in a part's head as the generator writes it: raw."""
    return media_type != "multipart/form-data" or (
        bool(name) and not any(sign in '"\\\x7f' or sign < " " for sign in name)
    )


def _reason(answer: dict[str, Any]) -> str:
    said = answer.get("error", answer)
    message = said.get("message") or said.get("detail", "")
    first = (said.get("errors") or [{}])[0]
    return f"{said['code']} {said['param']}: {first.get('message', message)}"


@contextmanager
def running(contract: Contract, **env: str) -> Iterator[Run]:
    """Serve a contract before its stand-in; every path is kept."""
    record = Record()
    with serve_in_thread(standin_app(contract, record=record, pace=0.0)) as standin:
        prefixes = {op.server: op.server_path for op in contract.operations.values()}
        hosts = [f"{o.partition('//')[2]}={standin.url}{p}" for o, p in prefixes.items() if o]
        variables = {"RELAY_KEY": KEY, "SPECRELAY_UPSTREAM": ",".join([standin.url, *hosts]), **env}
        gateway = build_app(contract, Settings.load(env=variables, env_file=None))
        with serve_in_thread(gateway, timeout_keep_alive=60) as served:
            yield Run(contract, served.url, record)
