"""What a gateway does, worked out at start from contract and settings; nothing is opened yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.actions.service import ActionsOptions
from gateway.contract.model import Contract, CredentialPolicy, Operation
from gateway.errors import Problem, StartError
from gateway.keys import Keyring
from gateway.local.catalogue import local_operations
from gateway.projected import actions_options, projected_operations
from gateway.projection import Projection
from gateway.relay.credentials import Access, plan_access
from gateway.relay.upstreams import Route, plan_routes
from gateway.settings import Settings
from gateway.suggest import did_you_mean

RELAY_KEY = "RELAY_KEY"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that serving needs to know."""

    contract: Contract  # with the gateway's own operations
    routes: Mapping[str, Route]
    access: Mapping[str, Access]
    keyring: Keyring
    warnings: tuple[Problem, ...]
    actions: ActionsOptions
    projection: Projection | None = None


def make_plan(contract: Contract, settings: Settings, projection: Projection | None = None) -> Plan:
    """Work out routes, credentials and keys; raises StartError with every problem."""
    problems: list[Problem] = []
    whole = _with(contract, local_operations(contract, settings.open_documents))
    if projection is not None:
        added = projected_operations(whole, projection, settings.open_documents)
        whole = _with(whole, added)
    try:
        options = actions_options(settings)
    except StartError as error:
        problems += error.problems
    routes: Mapping[str, Route] = {}
    try:
        address = (settings.host, settings.port)
        routes = plan_routes(whole, settings.variable, settings.upstream, address)
    except StartError as error:
        problems += error.problems
    mapped = _mapped(whole, settings, problems)
    keys = _keys(mapped, settings)
    unset = [name for name, values in keys.items() if not values] if any(keys.values()) else []
    access: Mapping[str, Access] = {}
    warnings: list[Problem] = []
    try:
        access, warnings = plan_access(whole, mapped, settings.variable, unset)
    except StartError as error:
        problems += error.problems
    if problems:
        raise StartError(problems)
    return Plan(
        contract=whole,
        routes=routes,
        access=access,
        keyring=Keyring(keys),
        warnings=(*contract.warnings, *warnings, *_published(settings, projection)),
        projection=projection,
        actions=options,
    )


def _published(settings: Settings, projection: Projection | None) -> list[Problem]:
    """Tell what keeps others from importing the published documents."""
    if projection is None or not projection.sets or settings.public_url:
        return []
    message = "It is unset: the Actions document names a placeholder as its server."
    return [Problem("PUBLIC_URL", message, "Set it so that ChatGPT can import it.", fatal=False)]


def _with(contract: Contract, operations: Iterable[Operation]) -> Contract:
    added = {operation.id: operation for operation in operations}
    return replace(contract, operations={**contract.operations, **added})


def _mapped(
    contract: Contract, settings: Settings, problems: list[Problem]
) -> dict[str, CredentialPolicy]:
    """Return the credential of each mapped scheme; `--credential` overrides the document."""
    mapped = dict(contract.credentials)
    for text in settings.credentials:
        scheme, _, variable = text.partition("=")
        if scheme not in contract.schemes:
            mend = did_you_mean(scheme, contract.schemes)
            problems.append(Problem("--credential", f"No scheme is named {scheme!r}.", mend))
            continue
        keys = mapped[scheme].relay_keys if scheme in mapped else None
        mapped[scheme] = CredentialPolicy(scheme, variable, keys)
    return mapped


def _keys(mapped: Mapping[str, CredentialPolicy], settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return all relay keys by the setting that holds them."""
    names = {RELAY_KEY, *(p.relay_keys for p in mapped.values() if p.relay_keys)}
    return {name: settings.keys(name) for name in sorted(names)}


def relayed(plan: Plan) -> list[Operation]:
    """List the operations that go to an upstream."""
    return [operation for operation in plan.contract.operations.values() if not operation.local]
