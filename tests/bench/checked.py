"""Speed alone is no use: after a load the gateway still refuses, and still logs every request."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.servers import KEY

INVALID = '{"model": 1}'
CLIENTS = 16
EACH = 10  # requests of a client in the burst that is counted


def ask(connection: http.client.HTTPConnection, body: str) -> int:
    """Ask for a chat completion; return the status of the answer, which is read whole."""
    fields = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    connection.request("POST", "/v1/chat/completions", body, fields)
    response = connection.getresponse()
    response.read()
    return response.status


def status_of(port: int, body: str = INVALID) -> int:
    """Return what a body is answered, by default one that the document does not allow."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    status = ask(connection, body)
    connection.close()
    return status


def burst(port: int, body: str) -> None:
    """Send requests of which each must be answered 200, `CLIENTS` at a time."""

    def client(_: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        found = {ask(connection, body) for _ in range(EACH)}
        connection.close()
        if found != {200}:
            raise SystemExit(f"requests of a burst were answered {sorted(found)}")

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))


def logged(log: Path, status: int) -> int:
    """Count the lines of requests that were answered so."""
    return log.read_text().count(f'"status":{status},')


def settled(log: Path, least: int, patience: float) -> int:
    """Wait for at least so many lines with status 200, and until they are no more; count them."""
    end = time.monotonic() + patience
    before = -1
    while (lines := logged(log, 200)) != before or lines < least:
        if time.monotonic() > end:
            break
        before = lines
        time.sleep(0.2)
    return lines


def check(port: int, log: Path, body: str, answered: int = 0, patience: float = 5.0) -> None:
    """Assert that an invalid body is refused, and that each request has its line in the log.

    A load leaves requests behind that were logged and not counted, so it shows only that no fewer
    lines than `answered` are there; a burst of `body` that is counted shows that none is missing.
    `patience` is the seconds that lines may come late.
    """
    status = status_of(port)
    if status != 400:
        raise SystemExit(f"an invalid body was answered {status}, not 400")
    lines = settled(log, answered, patience)
    if lines < answered or not logged(log, 400):
        raise SystemExit(f"{answered} requests were answered, {lines} are in the log")
    burst(port, body)
    sent = CLIENTS * EACH
    more = settled(log, lines + sent, patience) - lines
    if more != sent:
        raise SystemExit(f"{sent} requests of a burst were answered, {more} are in the log")
    under = f", of {answered} requests that were answered under load" if answered else ""
    print(f"access-log lines: {lines}{under}")
