"""The operations of two contracts, matched by method and path, and their requests compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from codegen.diff.operations import operation_key
from codegen.drift.finding import Found, Mark
from codegen.drift.gap import Gap
from codegen.drift.parameters import as_lists, placed_parameters, written
from codegen.drift.sides import Side
from codegen.drift.subsumption import Subsumption
from gateway.contract.mend import request_view
from gateway.contract.model import BodyType, Contract, Operation, Parameter
from gateway.contract.pointer import resolve
from gateway.contract.types import TypeReader

HERE: Mapping[str, Mark] = {"refused": "narrower", "undecided": "undecided", "unknown": "unknown"}
THERE: Mapping[str, Mark] = {"refused": "wider", "undecided": "undecided", "unknown": "wider"}
Pair = tuple[Operation, Operation | None]  # the vendor's, ours
Track = Callable[[list[Pair]], Iterable[Pair]]


@dataclass(frozen=True, slots=True)
class Vendor:
    """What the vendor says; `silent` are the keywords that its form has no words for.

    `vague`: a schema that says nothing is one that the vendor did not write, not one for anything.
    """

    contract: Contract
    silent: frozenset[str] = frozenset()
    vague: bool = False


class Drift:
    """Compares our contract with a vendor's; both are read as requests see them."""

    def __init__(self, vendor: Vendor, ours: Contract) -> None:
        self._vendor, self._ours = vendor.contract, ours
        self._there, self._here = _view(vendor.contract), _view(ours)
        self._types = TypeReader(self._there)
        theirs = Side(self._there, vague=vendor.vague)
        here = Side(self._here, vendor.silent)
        self._narrower = Subsumption(theirs, here, outer_is_here=True)
        self._wider = Subsumption(here, theirs, outer_is_here=False)

    def find(self, track: Track = iter) -> list[Found]:
        """Return every difference; `track` may show how far the pairs of operations are."""
        found = [
            Found("wider", title(operation), "", "is no operation of the vendor's")
            for operation in self._only_ours()
        ]
        for theirs, ours in track(self.pairs()):
            if ours is None:
                text = "is no operation of ours"
                found.append(Found("narrower", title(theirs), "", text))
            else:
                found += dict.fromkeys(self._operation(theirs, ours))
        return found

    def pairs(self) -> list[Pair]:
        """Return each of the vendor's operations with ours, where there is one."""
        known = {operation_key(each): each for each in _relayed(self._ours)}
        return [
            (each, known.get(operation_key(each)) or known.get(_without_query(each)))
            for each in _relayed(self._vendor)
        ]

    def _only_ours(self) -> list[Operation]:
        known = {operation_key(each) for each in _relayed(self._vendor)}
        return [each for each in _relayed(self._ours) if operation_key(each) not in known]

    def _operation(self, theirs: Operation, ours: Operation) -> Iterator[Found]:
        name = title(theirs)
        for mark, place, text in (*self._parameters(theirs, ours), *self._body(theirs, ours)):
            yield Found(mark, name, place, text)

    def _parameters(self, theirs: Operation, ours: Operation) -> Iterator[tuple[Mark, str, str]]:
        there, here = placed_parameters(theirs), placed_parameters(ours)
        for key, parameter in there.items():
            place = f"{parameter.place} {parameter.name}"
            own = here.get(key)
            if own is None:
                refused = parameter.place == "query" and ours.policy.unknown_query == "refuse"
                yield "narrower" if refused else "unknown", place, "is not declared here"
                continue
            if own.required != parameter.required:
                where = "here" if own.required else "there"
                yield (
                    "narrower" if own.required else "wider",
                    place,
                    f"is required {where} only",
                )
            if written(own) != written(parameter):
                yield "undecided", place, "is written otherwise"
            said = _schema(self._there, parameter)
            if own.types == {"array"}:
                said = as_lists(said, self._types)
            yield from self._schemas(place, said, _schema(self._here, own))
        for key, own in here.items():
            if key not in there:
                place = f"{own.place} {own.name}"
                if own.required and key[1] not in dict(theirs.fixed_query):
                    yield "narrower", place, "is required here only"
                elif key[1] not in dict(theirs.fixed_query):
                    yield "wider", place, "is not declared there"

    def _body(self, theirs: Operation, ours: Operation) -> Iterator[tuple[Mark, str, str]]:
        there, here = theirs.body, ours.body
        if there is None or here is None:
            if here is not None:
                mark: Mark = "narrower" if here.required else "wider"
                yield mark, "body", "is taken here only" + ", and required" * here.required
            elif there is not None:
                yield "narrower", "body", "is taken there only"
            return
        if there.required != here.required:
            where = "here" if here.required else "there"
            yield "narrower" if here.required else "wider", "body", f"is required {where} only"
        for body in there.types:
            own = _meets(body.media_type, here.types)
            if own is None:
                yield "narrower", "body", f"{body.media_type} is taken there only"
                continue
            yield from self._schemas("body", _schema(self._there, body), _schema(self._here, own))
        for own in here.types:
            if _meets(own.media_type, there.types) is None:
                yield "wider", "body", f"{own.media_type} is taken here only"

    def _schemas(self, place: str, theirs: Any, ours: Any) -> Iterator[tuple[Mark, str, str]]:
        told: set[tuple[str, str]] = set()
        for marks, gaps in (
            (HERE, self._narrower.gaps(theirs, ours)),
            (THERE, self._wider.gaps(ours, theirs)),
        ):
            for gap in gaps:
                where = _where(place, gap)
                if gap.kind != "undecided" or (where, gap.text) not in told:
                    told.add((where, gap.text))
                    yield marks[gap.kind], where, gap.text


def title(operation: Operation) -> str:
    """Return method and path, with the fixed part of the query."""
    query = "&".join(f"{name}={value}" for name, value in operation.fixed_query)
    path = f"{operation.path}?{query}" if query else operation.path
    return f"{operation.method} {path}"


def _view(contract: Contract) -> Mapping[str, Any]:
    document = contract.document
    found: Mapping[str, Any] = request_view(
        document, one_of="any", document=document, kind="document"
    )
    return found


def _relayed(contract: Contract) -> Iterator[Operation]:
    return (each for each in contract.operations.values() if not each.local)


def _without_query(operation: Operation) -> Any:
    return operation_key(replace(operation, fixed_query=()))


def _schema(view: Mapping[str, Any], holder: Parameter | BodyType) -> Any:
    if holder.schema is None or isinstance(holder.schema, bool) or not holder.pointer:
        return True if holder.schema is None else holder.schema
    return resolve(view, holder.pointer)


def _meets(media_type: str, types: Iterable[BodyType]) -> BodyType | None:
    by_name = {each.media_type: each for each in types}
    names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((by_name[name] for name in names if name in by_name), None)


def _where(place: str, gap: Gap) -> str:
    return f"{gap.root}{gap.place}" if gap.root else f"{place}{gap.place}"
