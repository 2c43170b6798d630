"""Security schemes of a document (OpenAPI 3.1.0, section 4.8.27) as places for keys."""

from collections.abc import Mapping
from typing import Any

from gateway.contract.model import SecurityScheme
from gateway.contract.pointer import escape, follow
from gateway.errors import Problem


def build_schemes(
    document: Mapping[str, Any],
) -> tuple[dict[str, SecurityScheme], list[Problem]]:
    """Read `components.securitySchemes`; one that cannot be served is read as bearer, and told."""
    schemes: dict[str, SecurityScheme] = {}
    problems: list[Problem] = []
    for name, value in _declared(document).items():
        said, _ = follow(document, value)
        scheme = _build(name, said if isinstance(said, Mapping) else {})
        if scheme is None:
            problems.append(
                Problem(
                    f"/components/securitySchemes/{escape(name)}",
                    "This kind of security scheme cannot be relayed.",
                    "It is read as a bearer token.",
                    fatal=False,
                )
            )
            scheme = SecurityScheme(name, "bearer")
        schemes[name] = scheme
    return schemes, problems


def _declared(document: Mapping[str, Any]) -> Mapping[str, Any]:
    components = document.get("components")
    found = components.get("securitySchemes") if isinstance(components, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _build(name: str, said: Mapping[str, Any]) -> SecurityScheme | None:
    kind = said.get("type")
    if kind == "http" and str(said.get("scheme", "")).lower() == "basic":
        return SecurityScheme(name, "basic")
    if kind in ("oauth2", "openIdConnect"):
        return SecurityScheme(name, "bearer")
    if kind == "http" and str(said.get("scheme", "")).lower() == "bearer":
        return SecurityScheme(name, "bearer")
    place, field = said.get("in"), said.get("name")
    if kind == "apiKey" and place in ("header", "query", "cookie") and isinstance(field, str):
        return SecurityScheme(name, "key", place, field.lower() if place == "header" else field)
    return None


def alternatives(
    said: Any, schemes: dict[str, SecurityScheme], pointer: str, problems: list[Problem]
) -> tuple[tuple[str, ...], ...]:
    """Read a `security` value: alternatives (OR) of scheme names that go together (AND).

    `((),)` is a value that asks for nothing, `()` none at all. A name that is not declared is told,
    and added to `schemes` as a bearer token.
    """
    if not isinstance(said, list):
        return ()
    if not said:
        return ((),)
    found = []
    for requirement in said:
        names = tuple(requirement) if isinstance(requirement, Mapping) else ()
        for name in names:
            if name not in schemes:
                message = f"The security scheme {name!r} is not declared."
                mend = "Declare it in components.securitySchemes; until then it counts as bearer."
                problems.append(Problem(pointer, message, mend, fatal=False))
                schemes[name] = SecurityScheme(name, "bearer")
        found.append(names)
    return tuple(found)
