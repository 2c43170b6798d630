"""The gateway with the least that a check of a body can be: it is held against its schema.

Doubled names and numbers out of range pass. What this costs above `validation off` no tightening
of the strict reader can take away, as long as the schema engine asks for values of Python.

`python -m tests.bench.least_check port upstream`. Its contract has the chat's body as one that is
read whole and looked at no further; the transport then reads and checks it.
"""

import gc
import sys
from dataclasses import replace

import httpx
from jiter import from_json

from gateway.app import build_app
from gateway.cli.server import GatewayServer, run_server, server_config
from gateway.cli.sockets import bind
from gateway.contract.compile import load_contract
from gateway.contract.model import Check, Contract, Timeouts
from gateway.logs import set_up_logs
from gateway.settings import Settings
from gateway.transport.aiohttp import AiohttpTransport
from gateway.transport.raw import RawResponse, WholeBody
from tests.bench.servers import ROOT

CHAT = "createChatCompletion"
REFUSED = ((b"content-length", b"0"),)


class CheckingTransport(AiohttpTransport):
    """Sends the bodies that are valid; answers 400 to any other by itself."""

    def __init__(self, origin: str, check: Check) -> None:
        super().__init__(origin, timeouts=Timeouts())
        self._check = check

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = request.stream
        assert isinstance(body, WholeBody)
        if not self._check.is_valid(from_json(body.content, cache_mode="keys")):
            return RawResponse(400, REFUSED, httpx.ByteStream(b""))
        return await super().handle_async_request(request)


def unread(contract: Contract) -> tuple[Contract, Check]:
    """Return the contract with the chat's body unread, and the check of its schema."""
    chat = contract.operations[CHAT]
    assert chat.body is not None
    (body,) = chat.body.types
    assert body.check is not None
    changed = replace(chat.body, types=(replace(body, kind="raw"),))
    operations = {**contract.operations, CHAT: replace(chat, body=changed)}
    return replace(contract, operations=operations), body.check


def main(port: int, upstream: str) -> int:
    gc.disable()  # the server enables it, with the gateway's own figures
    settings = Settings.load(port=port, upstream=[upstream])
    contract, check = unread(load_contract(ROOT / "spec" / "openapi.yaml"))
    app = build_app(contract, settings, lambda origin: CheckingTransport(origin, check))
    log = set_up_logs(settings.log_level, settings.log_format)
    try:
        server = GatewayServer(server_config(app, settings))
        return run_server(server, bind(settings.host, settings.port))
    finally:
        log.close()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
