"""What changed about how the gateway treats an operation: security and `x-gateway`."""

from collections.abc import Iterator

from codegen.diff.change import Change, Level
from gateway.contract.model import Operation, Policy

STRICTNESS = ("off", "report", "enforce")
PLAIN = ("upstream", "response", "timeouts", "headers", "retry", "usage", "scope", "raw_path")


def policy_changes(old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the changes of security and policy, for clients and for tools."""
    for level, text in (*_security(old, new), *_policy(old.policy, new.policy)):
        yield Change("clients", level, new.id, "", text)
    before, after = old.policy.actions, new.policy.actions
    if before != after:
        lost = after == "never" or (before == "direct" and after == "envelope")
        text = f"`actions` was {before or 'not said'} and is {after or 'not said'}"
        yield Change("tools", "breaking" if lost else "compatible", new.id, "", text)


def _security(old: Operation, new: Operation) -> Iterator[tuple[Level, str]]:
    before, after = set(old.security), set(new.security)
    if old.policy.public != new.policy.public:
        now = new.policy.public
        yield ("compatible", "needs no key now") if now else ("breaking", "needs a key now")
    if before - after:
        yield "breaking", "a way to present the key is gone"
    if after - before:
        yield "compatible", "there is another way to present the key"


def _policy(old: Policy, new: Policy) -> Iterator[tuple[Level, str]]:
    if old.request != new.request:
        stricter = STRICTNESS.index(new.request) > STRICTNESS.index(old.request)
        text = f"`request` was {old.request} and is {new.request}"
        yield "breaking" if stricter else "compatible", text
    for name, strict in (("one_of", "exact"), ("unknown_query", "refuse")):
        if getattr(old, name) != getattr(new, name):
            now = getattr(new, name)
            text = f"`{name.replace('_', '-')}` is {now}"
            yield "breaking" if now == strict else "compatible", text
    if (old.max_body, old.max_whole_body) != (new.max_body, new.max_whole_body):
        before, after = _size(old), _size(new)
        text = f"`max-body` was {before or 'unbounded'} and is {after or 'unbounded'}"
        lower = after is not None and (before is None or after < before)
        yield "breaking" if lower else "compatible", text
    for name in PLAIN:
        if getattr(old, name) != getattr(new, name):
            yield "compatible", f"`{name.replace('_', '-')}` changed"


def _size(policy: Policy) -> int | None:
    return policy.max_whole_body if policy.max_body is None else policy.max_body
