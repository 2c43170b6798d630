"""One call from its members to its answer, for every kind of consumer."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.types import ASGIApp, Scope

from gateway.actions.adapter import Adapter, Restored
from gateway.actions.answering import Answers
from gateway.actions.downloads import Downloads
from gateway.actions.inner_call import run_inner
from gateway.actions.jobs import CallAnswer
from gateway.actions.twins import Twins
from gateway.projection import Call


class Calls:
    """Runs calls as requests of their caller. `entrance` gives the gateway's outermost stage."""

    def __init__(
        self,
        adapter: Adapter,
        entrance: Callable[[], ASGIApp],
        *,
        twins: Twins,
        answers: Answers,
        downloads: Downloads,
    ) -> None:
        self._adapter = adapter
        self._entrance = entrance
        self._twins = twins
        self._answers = answers
        self._downloads = downloads

    async def run(
        self,
        call: Call,
        arguments: Mapping[str, Any],
        restored: Restored,
        scope: Scope,
        gone: asyncio.Event,
    ) -> CallAnswer:
        """Return what a call is answered, whatever its status.

        `arguments` are the members as they came, `restored` what they mean; `scope` is the request
        that they came in, `gone` tells that its client went away. Raises RelayError for what is
        wrong with the call itself, and ClientGone.
        """
        operation = self._adapter.operation(call)
        async with self._twins.inner_call(call, arguments, restored) as inner:
            answer = await run_inner(
                self._entrance(), inner, scope, gone, self._downloads, binary=call.binary
            )
        base_url = self._downloads.base_url(scope)
        try:
            return await self._answers.make(call, operation, answer, base_url)
        finally:
            if answer.file is not None:
                await asyncio.to_thread(answer.file.abandon)
