"""The gateway as an ASGI application. The order of its stages is the one literal below."""

import os
from collections.abc import Callable, Mapping
from functools import partial

import httpx
from connexion.middleware import ConnexionMiddleware
from starlette.types import ASGIApp

from gateway.contract.binding import binding_document
from gateway.contract.model import Contract
from gateway.contract.router import Router
from gateway.local.applications import LocalDependencies, local_applications
from gateway.local.ready import ready_checks
from gateway.plan import Plan, make_plan
from gateway.projected import ProjectedApplications
from gateway.projection import Projection
from gateway.relay.forward import Forwarder
from gateway.relay.outgoing import RelayedOperation
from gateway.relay.respond import Responder
from gateway.relay.watch import ResponseChecks
from gateway.settings import Settings
from gateway.stages.access_log import AccessLog
from gateway.stages.binding import Binding, ForwarderResolver
from gateway.stages.cross_origin import CrossOrigin
from gateway.stages.early_answer import EarlyAnswer
from gateway.stages.errors import Errors
from gateway.stages.host import Host
from gateway.stages.lifespan import Close, Lifespan
from gateway.stages.request_id import RequestId
from gateway.stages.routing import Routing
from gateway.stages.security import SCHEME, RelayKeys, Security, is_open
from gateway.stages.validation import Validation
from gateway.transport.aiohttp import AiohttpTransport
from gateway.transport.proxy import choose_proxy

MakeTransport = Callable[[str], httpx.AsyncBaseTransport]


def build_app(
    contract: Contract,
    settings: Settings,
    transport: MakeTransport | None = None,
    projection: Projection | None = None,
) -> ASGIApp:
    """Build the gateway for a contract, and what its projection adds.

    `transport` makes an httpx transport for an upstream's origin, in the place of the default one.
    Raises StartError with every problem of the settings.
    """
    return build_planned(make_plan(contract, settings, projection), settings, transport)


def build_planned(
    plan: Plan, settings: Settings, transport: MakeTransport | None = None
) -> ASGIApp:
    """Build the gateway from its plan."""
    transports = _transports(plan, transport)
    forwarder = Forwarder(
        {
            operation_id: RelayedOperation(
                route, plan.access[operation_id], transports[route.upstream.url]
            )
            for operation_id, route in plan.routes.items()
        },
        Responder(settings.public_url or "", ResponseChecks(plan.contract.check_for)),
    )
    operations = plan.contract.operations
    keys = RelayKeys(plan.keyring, plan.access)
    local, closing = _local(plan, settings, lambda: gateway)
    gateway = ConnexionMiddleware(
        forwarder,
        middlewares=[
            partial(Lifespan, closing=(*closing, *(each.aclose for each in transports.values()))),
            RequestId,
            AccessLog,
            EarlyAnswer,
            partial(CrossOrigin, origins=settings.cors_origins),
            partial(Errors, shape=plan.contract.errors),
            partial(Host, settings=settings, keyless=not plan.keyring),
            partial(Routing, router=Router(operations.values())),
            partial(Security, keys=keys),
            partial(Validation, contract=plan.contract),
            Binding,
        ],
        resolver=ForwarderResolver(forwarder, local),
    )
    gateway.add_api(binding_document(operations.values(), SCHEME, is_open))
    app: ASGIApp = gateway
    return app


def _transports(
    plan: Plan, transport: MakeTransport | None
) -> Mapping[str, httpx.AsyncBaseTransport]:
    """Make one transport for each upstream's base URL."""
    made: dict[str, httpx.AsyncBaseTransport] = {}
    for route in plan.routes.values():
        upstream = route.upstream
        if upstream.url not in made:
            made[upstream.url] = (
                transport(upstream.origin)
                if transport
                else AiohttpTransport(
                    upstream.origin,
                    timeouts=route.timeouts,
                    connections=upstream.connections,
                    proxy=choose_proxy(upstream.url, os.environ),
                )
            )
    return made


def _local(
    plan: Plan, settings: Settings, entrance: Callable[[], ASGIApp]
) -> tuple[dict[str, ASGIApp], list[Close]]:
    """Return what answers each local operation, and what is to be closed at the end."""
    more: Mapping[str, ASGIApp] = {}
    closing: list[Close] = []
    if plan.projection is not None:
        projected = ProjectedApplications(
            plan.contract, plan.projection, plan.actions, settings, entrance
        )
        more = projected.applications
        closing.append(projected.aclose)
    dependencies = LocalDependencies(
        contract=plan.contract,
        public_url=settings.public_url or "",
        checks=ready_checks(plan),
        entrance=entrance,
        more=more,
    )
    return local_applications(plan.contract, dependencies), closing
