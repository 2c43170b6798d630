"""What is known of one request and its response while it passes; the access log's source."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.contract.model import Operation

Outcome = Literal["complete", "client-gone", "upstream-cut", "timeout", "refused", "failed"]
SCOPE_KEY = "specrelay.exchange"


@dataclass(slots=True)
class Exchange:
    """One request and its response. Times are `time.perf_counter()` seconds; sizes are bytes."""

    request_id: str
    method: str
    path: str = ""
    # The first value of each of the request's fields; never logged.
    fields: Mapping[bytes, bytes] = field(default_factory=dict)
    has_body: bool = False  # whether the request announces one
    started: float = field(default_factory=time.perf_counter)
    operation: Operation | None = None
    path_values: tuple[str, ...] = ()
    grant: Any = None  # gateway.relay.credentials.Grant, chosen by the security stage
    body: bytes | None = None  # the request's, where a stage read it whole; never logged
    key: bytes | None = None  # as it was presented; never logged
    key_id: str | None = None
    parent_id: str | None = None  # the envelope's request id, for a request inside one
    upstream_id: str | None = None
    status: int = 0
    body_begun: bool = False  # whether anything of the request's body has come
    body_ended: bool = False  # whether its end has come, or that of the connection
    bytes_in: int = 0
    bytes_out: int = 0
    upstream_sent: float = 0.0  # when the request went to the upstream
    upstream_first: float = 0.0  # when its response headers came
    ended: float = 0.0
    overhead: float = 0.0  # seconds that we added until the response began
    outcome: Outcome = "complete"
    code: str | None = None  # of the error that was answered
    usage: dict[str, int] | None = None  # token counts, by the policy's reader
    drift: tuple[str, ...] = ()  # schema locations that the response did not meet
    findings: tuple[str, ...] = ()  # schema locations, for `request: report` and refusals


def exchange_of(scope: Any) -> Exchange:
    """Return the exchange of an ASGI scope; the outermost stage put it there."""
    exchange: Exchange = scope[SCOPE_KEY]
    return exchange
