"""The least check: a body is held against its schema, and against nothing else."""

import asyncio

import httpx
import pytest

from gateway.contract.compile import load_contract
from gateway.transport.raw import WholeBody
from gateway.validate.body import check_body
from tests.bench.counted_upstream import upstream
from tests.bench.least_check import CHAT, CheckingTransport, unread
from tests.bench.run import BODY
from tests.bench.servers import ROOT

DOUBLED = BODY.replace("{", '{"model": "gpt-4",', 1)


@pytest.mark.parametrize(("body", "status"), [(BODY, 200), (DOUBLED, 200), ('{"model": 1}', 400)])
def test_the_transport_answers_what_its_schema_refuses(body: str, status: int) -> None:
    contract, check = unread(load_contract(ROOT / "spec" / "openapi.yaml"))
    content = body.encode()
    assert check_body(contract.operations[CHAT], b"application/json", None, content) == []

    async def status_of(origin: str) -> int:
        transport = CheckingTransport(origin, check)
        fields = {"content-length": str(len(content))}
        request = httpx.Request("POST", origin, headers=fields, stream=WholeBody(content))
        try:
            response = await transport.handle_async_request(request)
            await response.aclose()
            return response.status_code
        finally:
            await transport.aclose()

    with upstream() as origin:
        assert asyncio.run(status_of(origin)) == status
