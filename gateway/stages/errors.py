"""Connexion's exception stage, answering in our one error shape."""

import logging

from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.answers import Shape, render
from gateway.errors import ClientGone, RelayError
from gateway.exchange import Exchange, exchange_of
from gateway.logs import trace

RAISED = "specrelay.raised"
CLIENT_CLOSED = 499  # as nginx logs it; it never reaches a client

logger = logging.getLogger("specrelay")


class Errors(ExceptionMiddleware):
    """Answers every exception of the stages behind it; a WebSocket gets an HTTP answer too."""

    def __init__(self, app: ASGIApp, *, shape: Shape) -> None:
        super().__init__(_raise)
        self.next = app
        self.shape = shape
        self.add_exception_handler(RelayError, self.answer_relay_error)
        self.add_exception_handler(ClientGone, self.note_client_gone)
        self.add_exception_handler(Exception, self.answer_defect)

    async def answer_relay_error(
        self, request: ConnexionRequest, error: RelayError
    ) -> ConnexionResponse:
        """Answer an error that was raised on purpose."""
        return self._answer(exchange_of(request.scope), error)

    async def answer_defect(self, request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        """Answer a defect of ours; the log gets where it happened, never a value."""
        return self._answer(exchange_of(request.scope), self._defect(request.scope, error))

    async def note_client_gone(
        self, request: ConnexionRequest, error: ClientGone
    ) -> ConnexionResponse:
        """Note that the client went away; the server drops the answer, the log keeps it."""
        exchange = exchange_of(request.scope)
        exchange.outcome = "client-gone"
        exchange.status = CLIENT_CLOSED
        return ConnexionResponse(status_code=CLIENT_CLOSED)

    def _defect(self, scope: Scope, error: BaseException) -> RelayError:
        exchange = exchange_of(scope)
        logger.error("%s failed: %s", exchange.request_id, trace(error))
        return RelayError(
            "internal_error",
            "The gateway failed. Its log has the place under this request id.",
        )

    def _answer(self, exchange: Exchange, error: RelayError) -> ConnexionResponse:
        body, media_type = render(error, exchange, self.shape)
        note_refusal(exchange, error)
        headers = {name.decode(): value.decode() for name, value in error.headers}
        return ConnexionResponse(
            status_code=error.status, body=body, mimetype=media_type, headers=headers
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the stages behind."""
        try:
            await self.next(scope, receive, send)
        except Exception as error:
            if scope["type"] == "websocket":
                said = error if isinstance(error, RelayError) else self._defect(scope, error)
                await self._refuse_socket(scope, send, said)
            elif exchange_of(scope).status:
                # The response had begun: it ends short of its end, and the server cuts.
                self._defect(scope, error)
                exchange_of(scope).outcome = "failed"
            else:
                # Connexion's stage wraps each request before it knows of any error; so it gets
                # those alone that have one (measured: a thirtieth of what a request costs).
                await super().__call__({**scope, RAISED: error}, receive, send)

    async def _refuse_socket(self, scope: Scope, send: Send, error: RelayError) -> None:
        """Answer a handshake over HTTP (ASGI's WebSocket Denial Response extension)."""
        response = self._answer(exchange_of(scope), error)
        headers = [
            (b"content-type", str(response.mimetype).encode()),
            (b"content-length", str(len(response.body)).encode()),
            *error.headers,
        ]
        await send(
            {
                "type": "websocket.http.response.start",
                "status": int(error.status),
                "headers": headers,
            }
        )
        await send({"type": "websocket.http.response.body", "body": response.body})


async def _raise(scope: Scope, receive: Receive, send: Send) -> None:
    raise scope[RAISED]


def note_refusal(exchange: Exchange, error: RelayError) -> None:
    """Write into the exchange what was answered."""
    exchange.code = error.code
    if error.errors and not exchange.findings:
        exchange.findings = tuple(finding.schema for finding in error.errors)
    if error.code.endswith("_timeout"):
        exchange.outcome = "timeout"
    elif error.status < 500:
        exchange.outcome = "refused"
    else:
        exchange.outcome = "failed"
