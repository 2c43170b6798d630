"""The envelope: a request in the body of another one, for clients that can call one operation."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.contract.model import Contract
from gateway.errors import ClientGone
from gateway.local.catalogue import ENVELOPE_SIZE
from gateway.local.envelope_members import read_envelope
from gateway.local.inner_request import InnerRequests
from gateway.local.reentry import reenter
from gateway.relay.headers import header
from gateway.validate.coding import decoded_body


class EnvelopeApplication:
    """Opens envelopes. `entrance` gives the gateway's outermost application."""

    def __init__(self, contract: Contract, entrance: Callable[[], ASGIApp]) -> None:
        self._requests = InnerRequests(contract)
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what the inner request is answered, as it comes.

        Raises RelayError where the envelope cannot be opened.
        """
        members = read_envelope(await _read(scope, receive))
        await reenter(self._entrance(), self._requests.build(members), scope, receive, send)


async def _read(scope: Scope, receive: Receive) -> bytes:
    """Return the envelope's text. Its size is bound before and after decoding."""
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    data = b"".join(chunks)
    return decoded_body(data, header(scope["headers"], b"content-encoding"), ENVELOPE_SIZE)
