"""What answers each local operation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp

from gateway._generated.operation_ids import DOCS, HEALTH, OPENAPI_JSON, OPENAPI_YAML, READY
from gateway.contract.model import Contract
from gateway.local.catalogue import ENVELOPE, local_kind
from gateway.local.docs import Docs
from gateway.local.document import Document
from gateway.local.envelope import EnvelopeApplication
from gateway.local.ready import Readiness, ReadyCheck, answer_health


@dataclass(frozen=True, slots=True)
class LocalDependencies:
    """What local operations need of the gateway.

    `contract` has the local operations in it. `public_url` is the gateway's address without a
    closing slash ("": unknown). `entrance` gives the whole gateway, for requests in requests;
    `more` is what answers other kinds of operations.
    """

    contract: Contract
    public_url: str
    checks: Sequence[ReadyCheck]
    entrance: Callable[[], ASGIApp]
    more: Mapping[str, ASGIApp] = field(default_factory=dict)


def local_applications(contract: Contract, dependencies: LocalDependencies) -> dict[str, ASGIApp]:
    """Return the application of every local operation of `contract`, by operationId."""
    document = Document(contract, dependencies.public_url)
    docs = Docs(contract.title, len(contract.operations), dependencies.public_url)
    by_kind: dict[str, ASGIApp] = {
        HEALTH: answer_health,
        READY: Readiness(dependencies.checks),
        OPENAPI_JSON: document.answer_json,
        OPENAPI_YAML: document.answer_yaml,
        DOCS: docs.answer_page,
        "docsAsset": docs.answer_asset,
        ENVELOPE: EnvelopeApplication(contract, dependencies.entrance),
        **dependencies.more,
    }
    return {
        operation.id: by_kind[local_kind(operation)]
        for operation in contract.operations.values()
        if operation.local
    }
