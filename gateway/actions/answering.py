"""From what an operation answered to what a model is answered: files out, then the budget."""

import asyncio
import json
import math
from typing import Any

from gateway.actions.base64_members import success_schema
from gateway.actions.budget import BUDGET, fit, fit_text, paging_of, written
from gateway.actions.collecting import Collected
from gateway.actions.files_out import FilesOut
from gateway.actions.jobs import CallAnswer
from gateway.actions.media import is_json, media_type_of
from gateway.contract.model import Operation
from gateway.projection import Call

EMPTY = frozenset((204, 205, 304))


class Answers:
    """Makes the answers of calls. `budget` is in characters."""

    def __init__(self, files: FilesOut, budget: int = BUDGET) -> None:
        self._files = files
        self._budget = budget

    async def make(
        self, call: Call, operation: Operation, answer: Collected, base_url: str
    ) -> CallAnswer:
        """Return the answer of a call: JSON within the budget, or text within it."""
        headers = tuple(answer.headers)
        if answer.file is not None:
            said = await self._files.take_whole(answer, call.name, base_url)
            return CallAnswer(answer.status, _bytes(written(said)), headers=headers)
        if answer.status in EMPTY or not answer.content:
            return CallAnswer(answer.status, b"", "", headers)
        media_type = media_type_of(answer.content_type)
        if is_json(media_type):
            try:
                value = await asyncio.to_thread(_parsed, answer.content)
            except (ValueError, RecursionError):
                media_type = "text/plain"
            else:
                return await self._json(call, operation, answer, value, base_url)
        return await self._text(call, answer, media_type, base_url)

    async def _json(
        self, call: Call, operation: Operation, answer: Collected, value: Any, base_url: str
    ) -> CallAnswer:
        kind = media_type_of(answer.content_type)
        schema = success_schema(operation, answer.status)
        value, taken = await self._files.take_members(value, schema, call.name, base_url)
        if not taken and len(answer.content) <= self._budget:
            return CallAnswer(answer.status, answer.content, kind, tuple(answer.headers))
        text = await asyncio.to_thread(written, value)
        if len(text) > self._budget:
            url = await self._files.keep_text(_bytes(text), call.name, "application/json", base_url)
            paging = paging_of(member.name for member in call.members)
            fitted = await asyncio.to_thread(
                lambda: fit(value, self._budget, paging=paging, url=url)
            )
            text = written(fitted.value)
        return CallAnswer(answer.status, _bytes(text), kind, tuple(answer.headers))

    async def _text(
        self, call: Call, answer: Collected, media_type: str, base_url: str
    ) -> CallAnswer:
        text = answer.content.decode("utf-8", "replace")
        if len(text) > self._budget:
            url = await self._files.keep_text(answer.content, call.name, media_type, base_url)
            text = fit_text(text, self._budget, url=url)
        kind = f"{media_type}; charset=utf-8" if answer.content_type else "text/plain"
        return CallAnswer(answer.status, _bytes(text), kind, tuple(answer.headers))


def _parsed(content: bytes) -> Any:
    """Read JSON; raises ValueError for what could not be written again."""
    return json.loads(content, parse_float=_finite, parse_constant=_refuse)


def _finite(text: str) -> float:
    value = float(text)
    if math.isfinite(value):
        return value
    raise ValueError


def _refuse(_: str) -> None:
    raise ValueError


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
