"""Clients that ask for more before they were answered (RFC 9112, section 9.3.2)."""

import asyncio
from collections.abc import Sized

from uvicorn.protocols.http.flow_control import FlowControl

# Requests that wait for their turn behind the one that is being answered. What has come already is
# parsed although reading is paused: one read may hold some 14 000.
MOST_WAITING = 100


class PipelineFlow(FlowControl):
    """Reads nothing more of a client while requests of it wait for their turn."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read again, unless requests wait."""
        if self.read_paused and not self._waiting:
            super().resume_reading()
