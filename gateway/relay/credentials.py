"""Which credential of the upstream an operation gets, decided at start for every operation."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.contract.model import Contract, CredentialPolicy, Operation, SecurityScheme
from gateway.errors import Problem, RelayError, StartError
from gateway.keys import KEYLESS, KeyHolder
from gateway.relay.key_places import credential_field

Variable = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Grant:
    """One alternative of an operation's security: what is put where, and who may have it."""

    placed: tuple[tuple[SecurityScheme, str], ...] = ()
    relay_keys: frozenset[str] = frozenset()  # settings of which the key must stand in all
    fields: tuple[tuple[bytes, bytes], ...] = field(init=False)  # what of it is header fields
    elsewhere: tuple[tuple[SecurityScheme, str], ...] = field(init=False)  # the rest of `placed`

    def __post_init__(self) -> None:
        found = [(each, credential_field(*each)) for each in self.placed]
        fields = tuple(pair for _, pair in found if pair is not None)
        object.__setattr__(self, "fields", fields)
        elsewhere = tuple(each for each, pair in found if pair is None)
        object.__setattr__(self, "elsewhere", elsewhere)


@dataclass(frozen=True, slots=True)
class Access:
    """What an operation needs of a client's key, and what it gives the upstream for it."""

    operation: Operation
    schemes: tuple[SecurityScheme, ...]  # the places where a client may put its key
    grants: tuple[Grant, ...]
    missing: tuple[str, ...] = ()  # the unset variables that close the operation
    unset_keys: tuple[str, ...] = ()  # the unset key settings that close it

    def grant_for(self, holder: KeyHolder) -> Grant:
        """Return the first grant that the key may have.

        Raises RelayError `upstream_credential_missing` or `key_not_allowed`.
        """
        for grant in self.grants:
            if grant.relay_keys <= holder.settings or holder is KEYLESS:
                return grant
        if self.missing:
            names = ", ".join(self.missing)
            raise RelayError(
                "upstream_credential_missing",
                f"No credential is set for {self.operation.id}; the operator sets {names}.",
            )
        wanted = sorted({name for grant in self.grants for name in grant.relay_keys})
        raise RelayError(
            "key_not_allowed",
            f"This relay key may not call {self.operation.id}; "
            f"use one of {', '.join(wanted or self.unset_keys)}.",
        )


def plan_access(
    contract: Contract,
    mapped: Mapping[str, CredentialPolicy],
    variable: Variable,
    unset_keys: Collection[str] = (),
) -> tuple[dict[str, Access], list[Problem]]:
    """Decide every operation's access; `mapped` are the credentials by scheme.

    `unset_keys` are the settings of relay keys that hold none, where others hold some; a gateway
    without any key counts as holding all. Returns warnings; raises StartError where every mapped
    variable is unset.
    """
    values = {name: variable(policy.env) for name, policy in mapped.items()}
    if values and not any(values.values()):
        names = ", ".join(sorted({policy.env for policy in mapped.values()}))
        mend = "Set one of them, or start with --stand-in to try the gateway without the API."
        raise StartError([Problem(names, "No credential of the upstream is set.", mend)])
    planner = _Planner(contract, mapped, values, unset_keys)
    access = {operation.id: planner.plan(operation) for operation in contract.operations.values()}
    return access, planner.warnings(access.values())


class _Planner:
    def __init__(
        self,
        contract: Contract,
        mapped: Mapping[str, CredentialPolicy],
        values: Mapping[str, str | None],
        unset_keys: Collection[str],
    ) -> None:
        self.schemes = contract.schemes
        self.mapped = mapped
        self.values = values
        self.unset_keys = unset_keys

    def plan(self, operation: Operation) -> Access:
        """Decide one operation's access."""
        wanted = [names for names in operation.security if names]
        names = dict.fromkeys(name for alternative in wanted for name in alternative)
        places = tuple(self.schemes[name] for name in names)
        if operation.local:
            return Access(operation, places, (Grant(),))
        usable = [alternative for alternative in wanted if self._is_usable(alternative)]
        # An alternative with a credential first: what is relayed without one is the last resort.
        usable.sort(key=lambda alternative: not any(name in self.mapped for name in alternative))
        grants = tuple(self._grant(alternative) for alternative in usable)
        if not wanted or () in operation.security:
            grants = (*grants, Grant())
        missing = {self.mapped[n].env for n in names if n in self.mapped and not self.values[n]}
        keys = {k for n in names if (k := self._unset_key(n)) is not None}
        if not grants and not missing:
            return Access(operation, places, (), unset_keys=tuple(sorted(keys)))
        return Access(operation, places, grants, tuple(sorted(missing)) if not grants else ())

    def _is_usable(self, alternative: Sequence[str]) -> bool:
        return all(
            name not in self.mapped or (self.values[name] and self._unset_key(name) is None)
            for name in alternative
        )

    def _unset_key(self, scheme: str) -> str | None:
        """Return the key setting that a scheme's credential asks for, if it is unset."""
        policy = self.mapped.get(scheme)
        setting = policy.relay_keys if policy is not None else None
        return setting if setting in self.unset_keys else None

    def _grant(self, alternative: Sequence[str]) -> Grant:
        policies = [self.mapped[name] for name in alternative if name in self.mapped]
        return Grant(
            placed=tuple(
                (self.schemes[policy.scheme], self.values[policy.scheme] or "")
                for policy in policies
            ),
            relay_keys=frozenset(p.relay_keys for p in policies if p.relay_keys is not None),
        )

    def warnings(self, accesses: Collection[Access]) -> list[Problem]:
        """Tell once for each variable and scheme what it closes or leaves bare."""
        found = []
        for policy in self.mapped.values():
            closed = [a for a in accesses if policy.env in a.missing]
            if closed and not self.values[policy.scheme]:
                message = f"It is unset, which closes {len(closed)} operations (503)."
                found.append(Problem(policy.env, message, "Set it to open them.", fatal=False))
            setting = policy.relay_keys
            shut = [a for a in accesses if setting in a.unset_keys] if setting else []
            if setting and shut:
                message = f"It is unset, which closes {len(shut)} operations (403)."
                found.append(Problem(setting, message, "Set it to open them.", fatal=False))
        bare = {s.name for a in accesses if not a.operation.local for s in a.schemes}
        for name in sorted(bare - set(self.mapped)):
            mend = f"Map it with --credential {name}=VARIABLE."
            message = "Nothing maps this security scheme: requests are relayed without it."
            found.append(Problem(name, message, mend, fatal=False))
        return found
