"""The keys of a run, and where they must not be: in answers, at the upstream, in the log."""

import base64
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from gateway.contract.model import Contract
from gateway.exchange import Exchange
from gateway.logs import JsonLines, PrettyLines
from gateway.standin.record import Recorded

KEY = "contract-tests-relay-key-7f3a9c52"
CREDENTIAL = "contract-tests-credential-{}-5e81d0b6"
MASK = "<KEY>"


@dataclass(frozen=True)
class Secrets:
    """The relay key and the upstream's credentials, and the variables that hold them."""

    variables: dict[str, str]
    credentials: tuple[str, ...]

    def named_in(self, data: bytes) -> list[str]:
        """Tell which keys stand in `data`: as they are, percent-encoded or in Base64."""
        named = [("the relay key", KEY)]
        named += [(f"the upstream's credential {n}", c) for n, c in enumerate(self.credentials, 1)]
        return [name for name, key in named if any(form in data for form in forms(key))]

    def masked(self, text: str) -> str:
        """Return the text without any key."""
        for key in (KEY, *self.credentials):
            for form in forms(key):
                text = text.replace(form.decode(), MASK)
        return text


@cache
def forms(key: str) -> tuple[bytes, ...]:
    """Return how a key can be written; of Base64 what does not depend on what stands before it."""
    encoded = [base64.b64encode(b"x" * before + key.encode()) for before in range(3)]
    from_key = [text[4 if before else 0 : -4] for before, text in enumerate(encoded)]
    return (key.encode(), quote(key, safe="").encode(), *from_key)


def secrets_of(contract: Contract) -> Secrets:
    """Give every security scheme of a contract a credential of its own."""
    variables = {"RELAY_KEY": KEY}
    mapped: list[str] = []
    credentials: list[str] = []
    for number, scheme in enumerate(contract.schemes, 1):
        credentials.append(CREDENTIAL.format(number))
        policy = contract.credentials.get(scheme)
        if policy is None:
            mapped.append(f"{scheme}=CONTRACT_TESTS_CREDENTIAL_{number}")
            variables[f"CONTRACT_TESTS_CREDENTIAL_{number}"] = credentials[-1]
            continue
        variables.setdefault(policy.env, credentials[-1])
        if policy.relay_keys is not None:
            variables[policy.relay_keys] = KEY
    variables["SPECRELAY_CREDENTIALS"] = ",".join(mapped)
    return Secrets(variables, tuple(credentials))


def relay_key_upstream(entry: Recorded) -> bool:
    """Tell whether the relay key came to the upstream."""
    places = [entry.target, entry.body or b"", *(part for pair in entry.headers for part in pair)]
    return any(form in place for place in places for form in forms(KEY))


@dataclass(frozen=True)
class Leak:
    """A line of the log that holds a key. `request_id` is the gateway's, where the line has one."""

    message: str
    request_id: str | None = None


class LogWatch(logging.Handler):
    """Reads every line of the log, in both of the log's forms, and keeps those that hold a key."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__(logging.DEBUG)
        self.leaks: deque[Leak] = deque()
        self.lines = 0
        self._secrets = secrets
        self._forms = (JsonLines(), PrettyLines("utf-8"))

    def emit(self, record: logging.LogRecord) -> None:
        """Read one line."""
        self.lines += 1
        for form in self._forms:
            line = form(record)
            named = self._secrets.named_in(line)
            if named:
                exchange = getattr(record, "exchange", None)
                ident = exchange.request_id if isinstance(exchange, Exchange) else None
                said = f"{' and '.join(named)} in a line of {record.name}: "
                self.leaks.append(Leak(said + self._secrets.masked(line.decode())[:200], ident))
                return


@contextmanager
def watching_the_log(secrets: Secrets) -> Iterator[LogWatch]:
    """Watch all that is logged meanwhile, the gateway's least severe lines included."""
    watch = LogWatch(secrets)
    own, server = logging.getLogger("specrelay"), logging.getLogger("uvicorn")
    level = own.level
    own.setLevel(logging.DEBUG)
    ends = [logging.getLogger(), *([] if server.propagate else [server])]
    for logger in ends:
        logger.addHandler(watch)
    try:
        yield watch
    finally:
        for logger in ends:
            logger.removeHandler(watch)
        own.setLevel(level)
