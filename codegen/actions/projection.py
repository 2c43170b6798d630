"""Contract in, Actions documents out, each with the table that maps its calls back."""

from collections.abc import Iterable
from dataclasses import replace

from codegen.actions.calls import CallProjector
from codegen.actions.document import make_document
from codegen.actions.entries import Report, ReportEntry
from codegen.actions.gateway_calls import JOB, envelope_call, job_call
from codegen.actions.names import fit_name
from codegen.curation import Curation, curate
from gateway.contract.model import Contract, Operation
from gateway.contract.segments import TEMPLATE, shape
from gateway.errors import StartError
from gateway.local.catalogue import ENVELOPE
from gateway.projection import ActionSet, Call

OWN = "/-"  # where a call goes whose own path cannot stand in the document


def project_actions(contract: Contract) -> tuple[dict[str, ActionSet], list[ReportEntry]]:
    """Return the action sets of a contract by name, and what was changed on the way.

    Raises StartError where the document's curation contradicts itself or is too large.
    """
    curation = curate(contract)
    fatal = [problem for problem in curation.problems if problem.fatal]
    if fatal:
        raise StartError(fatal)
    entries = [
        ReportEntry("", problem.place, problem.message, problem.mend)
        for problem in curation.problems
    ]
    projected = _Projected(contract, curation)
    sets = {name: projected.action_set(name, ids) for name, ids in curation.sets.items()}
    return sets, list(dict.fromkeys([*entries, *projected.entries]))


class _Projected:
    """The calls of one contract; an operation has the same name in every set."""

    def __init__(self, contract: Contract, curation: Curation) -> None:
        self.contract = contract
        self.curation = curation
        self.projector = CallProjector(contract.document)
        self.entries: list[ReportEntry] = []
        self._several = len(curation.sets) > 1
        self._calls: dict[str, Call] = {}
        self._names: set[str] = set()

    def action_set(self, name: str, ids: Iterable[str]) -> ActionSet:
        """Return one set: its calls in their order, then the envelope and the job poll."""
        calls = [self._call(self.contract.operations[identity]) for identity in ids]
        if self.curation.envelope:
            calls.append(self._own("", ENVELOPE))
        calls.append(self._own("job", JOB))
        prefix = f"/{name}" if self._several else ""
        placed = _placed(calls, prefix)
        self._tell_paths(calls, placed, prefix)
        document = make_document(self.contract, name, placed)
        return ActionSet(name, document, tuple(placed))

    def _call(self, operation: Operation) -> Call:
        known = self._calls.get(operation.id)
        if known is not None:
            return known
        report = Report(operation.id)
        name = self._name(operation.id)
        own = self.curation.own_envelope
        if own is not None and operation.id == own.id:
            call = envelope_call(own, name)
        else:
            wrapped = self.curation.classes[operation.id] == "wrap"
            call = self.projector.call(operation, "wrap" if wrapped else "direct", name, report)
        if name != operation.id:
            report.add("operationId", f"became {name}", "Up to 64 letters, digits, _ and -.")
        self.entries += report.entries
        self._calls[operation.id] = call
        return call

    def _own(self, key: str, name: str) -> Call:
        """Return a call of the gateway's own; no operationId is empty or is `job` twice."""
        marked = f"\0{key}"
        if marked not in self._calls:
            fit = self._name(name)
            self._calls[marked] = job_call(fit) if key == "job" else envelope_call(None, fit)
        return self._calls[marked]

    def _name(self, wanted: str) -> str:
        reserved = self._names | {each for each in self.contract.operations if each != wanted}
        name = fit_name(wanted, reserved)
        self._names.add(name)
        return name

    def _tell_paths(self, calls: list[Call], placed: list[Call], prefix: str) -> None:
        for call, moved in zip(calls, placed, strict=True):
            if moved.path != prefix + call.path and call.operation:
                what, why = f"stands at {moved.path}", "Its own path is another call's, or unfit."
                self.entries.append(ReportEntry(call.operation, "path", what, why))


def _placed(calls: Iterable[Call], prefix: str) -> list[Call]:
    """Give every call a path of its own: a template that takes the same requests is moved."""
    taken: set[tuple[str, str]] = set()
    found = []
    for call in calls:
        path = _renamed(call)
        if (call.method, shape(path)) in taken or "?" in path or "#" in path:
            names = "".join(f"/{{{each.name}}}" for each in call.members if each.place == "path")
            path = f"{OWN}/{call.name}{names}"
        taken.add((call.method, shape(path)))
        found.append(replace(call, path=prefix + path))
    return found


def _renamed(call: Call) -> str:
    """Write a call's path with the names that its members have."""
    names = {each.target: each.name for each in call.members if each.place == "path"}
    return TEMPLATE.sub(lambda found: "{" + names.get(found[1], found[1]) + "}", call.path)
