"""The usual design of a relay, as a rival: FastAPI, one `httpx.AsyncClient`, all buffered."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request, Response

client: httpx.AsyncClient


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    global client
    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)
    async with httpx.AsyncClient(base_url=os.environ["UPSTREAM"], limits=limits) as client:
        yield


app = FastAPI(lifespan=lifespan)
DROPPED = {"host", "content-length", "connection", "transfer-encoding", "content-encoding"}


@app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def relay(path: str, request: Request) -> Response:
    body = await request.body()
    headers = {k: v for k, v in request.headers.items() if k.lower() not in DROPPED}
    answer = await client.request(
        request.method, f"/{path}", content=body, headers=headers, params=request.query_params
    )
    kept = {k: v for k, v in answer.headers.items() if k.lower() not in DROPPED}
    return Response(answer.content, status_code=answer.status_code, headers=kept)
