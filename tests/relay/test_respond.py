"""The way back: `Location`, timing, and what an exchange notes of the response."""

from collections.abc import AsyncIterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.rawhttp import RawRequest, respond
from tests.relay.gateways import compiled, gateway_to, relaying
from tests.servers import Act, RawUpstream

SERVERS = [{"url": "https://api.example.com/v2"}]
PATHS = {"/jobs": {"post": {}}, "/jobs/{id}": {"get": {}}}


def test_a_location_on_the_upstream_leads_to_ours() -> None:
    def answer(request: RawRequest) -> bytes:
        place = f"http://{request.value(b'host').decode()}/jobs/1?x"
        return respond(b"", "201 Created", [("Location", place)])

    root = {"servers": SERVERS}
    with relaying(PATHS, answer, root=root) as (gateway, _):
        (place,) = gateway.ask("POST", "/v2/jobs").values(b"location")
        assert place == b"/v2/jobs/1?x"
        assert gateway.ask("GET", place).status == 201
    with relaying(PATHS, answer, root=root, PUBLIC_URL="https://gw.example/") as (gateway, _):
        reply = gateway.ask("POST", "/v2/jobs")
        assert reply.values(b"location") == [b"https://gw.example/v2/jobs/1?x"]


def test_a_location_elsewhere_stays_and_is_not_followed() -> None:
    moved = respond(b"", "302 Found", [("Location", "https://files.example/a?sig=%7e")])
    with relaying(PATHS, lambda _: moved) as (gateway, upstream):
        reply = gateway.ask("GET", "/jobs/1")
        assert reply.status == 302
        assert reply.values(b"location") == [b"https://files.example/a?sig=%7e"]
        assert len(upstream.requests) == 1


def test_a_location_that_is_none_is_no_fault() -> None:
    odd = respond(b"", "302 Found", [("Location", "http://[")])
    with relaying(PATHS, lambda _: odd) as (gateway, _):
        assert gateway.ask("GET", "/jobs/1").values(b"location") == [b"http://["]


def test_timing_tells_the_upstreams_part() -> None:
    async def slow(request: RawRequest) -> AsyncIterator[bytes | Act]:
        import asyncio

        await asyncio.sleep(0.2)
        yield respond(b"ok")

    with relaying(PATHS, slow) as (gateway, _):
        (timing,) = gateway.ask("GET", "/jobs/1").values(b"server-timing")
        upstream, relay = (float(part.split(b"=")[1]) for part in timing.split(b", "))
        assert 190 < upstream < 1000
        assert relay < 150
        line = gateway.line()
        assert abs(line["upstream_ms"] - upstream) < 0.1
        assert abs(line["overhead_ms"] - relay) < 0.1
        assert line["total_ms"] >= line["upstream_ms"]


def test_an_upstreams_own_error_passes_through() -> None:
    body = b'{"error" : {"message":"theirs"}}'
    error = respond(body, "429 Too Many", [("Retry-After", "1"), ("X-Should-Retry", "true")])
    with relaying(PATHS, lambda _: error) as (gateway, _):
        reply = gateway.ask("GET", "/jobs/1")
        assert (reply.status, reply.body) == (429, body)
        assert reply.values(b"x-should-retry") == [b"true"]
        line = gateway.line()
        assert (line["status"], line["outcome"], line["bytes_out"]) == (429, "complete", len(body))
        assert "code" not in line


def test_a_chunked_answer_that_came_whole_goes_out_with_its_end() -> None:
    """Else its end would pass all stages alone, a turn of the loop later."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    sent: list[tuple[bytes, bool]] = []

    def noting(app: ASGIApp) -> ASGIApp:
        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            async def note(message: Message) -> None:
                if message["type"] == "http.response.body":
                    sent.append((message["body"], message.get("more_body", False)))
                await send(message)

            await app(scope, receive, note)

        return noted

    with (
        RawUpstream(lambda _: answer) as upstream,
        gateway_to(compiled(PATHS), upstream.url, around=noting) as gateway,
    ):
        assert gateway.ask("GET", "/jobs/1").body == b"{}"
    assert sent == [(b"{}", False)]
