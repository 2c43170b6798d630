"""Connexion's validation stage, replaced: the request against the compiled contract.

Parameters, header rules, media type and Content-Length are checked before the first `receive()`.
A body is parsed at most once; the original bytes go on.
"""

from collections.abc import Awaitable
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.contract.model import Contract, Operation
from gateway.errors import Finding, RelayError
from gateway.exchange import SCOPE_KEY, Exchange, exchange_of
from gateway.relay.headers import check_request_headers
from gateway.stages.bodies import BodyReader
from gateway.validate.parameters import compile_parameters


class OperationValidation:
    """Checks the requests of one operation."""

    def __init__(self, app: ASGIApp, operation: Operation, contract: Contract) -> None:
        self.app = app
        self.operation = operation
        schemes = [contract.schemes[name] for names in operation.security for name in names]
        query_keys = {scheme.field for scheme in schemes if scheme.place == "query"}
        self.parameters = compile_parameters(operation, query_keys)
        self.bodies = BodyReader(operation, contract.document)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check what stands in the head, then hand on a `receive` that checks the body."""
        exchange: Exchange = scope[SCOPE_KEY]
        check_request_headers(scope["headers"], exchange.fields)
        if self.operation.policy.request != "off":
            findings = self.parameters.findings(
                exchange.path_values, scope["query_string"], scope["headers"]
            )
            if findings:
                self._refuse(exchange, findings)
        if scope["type"] == "http":
            receive = await self.bodies.checked(receive, exchange)
        await self.app(scope, receive, send)

    def _refuse(self, exchange: Exchange, findings: list[Finding]) -> None:
        exchange.findings += tuple(finding.schema for finding in findings)
        if self.operation.policy.request == "enforce":
            raise RelayError(
                "invalid_parameter",
                f"{self.operation.id}: {findings[0].param}: {findings[0].message}",
                errors=findings,
            )


class ValidationAPI(RoutedAPI[OperationValidation]):
    """One validation per operationId of the binding document."""

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> OperationValidation:
        """Compile the validation of one operation."""
        own = self.contract.operations[operation.operation_id]
        return OperationValidation(self.next_app, own, self.contract)


class Validation(RoutedMiddleware[ValidationAPI]):
    """The stage; a WebSocket's handshake is checked like a request's head."""

    api_cls = ValidationAPI

    def __init__(self, app: ASGIApp, *, contract: Contract) -> None:
        super().__init__(app)
        self.contract = contract

    def add_api(self, specification: Specification, **kwargs: Any) -> ValidationAPI:
        """Compile the validations of the binding document's operations."""
        api: ValidationAPI = super().add_api(specification, contract=self.contract, **kwargs)
        return api

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Validate by the operation that routing found."""
        operation = exchange_of(scope).operation
        assert operation is not None
        bound: OperationValidation = self.apis[""][0].operations[operation.id]
        return bound(scope, receive, send)
