"""What `serve` says when it listens: where, what, to whom, and what to know first."""

import sys
from collections.abc import Iterator

from gateway import __version__
from gateway.cli.console import print_problems
from gateway.cli.sockets import client_url
from gateway.plan import Plan
from gateway.settings import Settings

FEW = 5


def print_banner(plan: Plan, settings: Settings, scheme: str, *, made_up: bool) -> None:
    """Write the banner to standard error."""
    for line in _lines(plan, settings, scheme, made_up):
        print(line, file=sys.stderr)
    print_problems(plan.warnings[:FEW])
    if len(plan.warnings) > FEW:
        more = len(plan.warnings) - FEW
        print(f"and {more} more warnings; `specrelay check` lists them all.", file=sys.stderr)
    sys.stderr.flush()


def _lines(plan: Plan, settings: Settings, scheme: str, made_up: bool) -> Iterator[str]:
    url = client_url(settings.host, settings.port, scheme)
    count = len(plan.contract.operations)
    yield f"Specrelay {__version__} serves {plan.contract.title}, {count} operations, at {url}"
    if made_up:
        yield "  ANSWERS ARE MADE UP: the stand-in answers from the document, no API is called."
    else:
        bases = dict.fromkeys(route.upstream.url for route in plan.routes.values())
        yield f"  relays to {', '.join(bases) or 'nothing: every operation is local'}"
    if plan.keyring:
        yield "  a relay key is needed"
    else:
        yield "  no RELAY_KEY is set: no key is needed, and only this machine is served"
    if settings.workers > 1:
        yield f"  {settings.workers} workers"
    yield f"  pages about the API: {url}/-/docs"
