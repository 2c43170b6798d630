"""Rules about how a key is declared: one scheme, of a kind that the editor can enter."""

from collections.abc import Iterator

from codegen.lint.rule import Hit, advice, rule
from codegen.lint.tree import Tree, below, items, mapping, target, text
from codegen.lint.view import View

PLACE = "/components/securitySchemes"


def _schemes(view: View) -> list[tuple[Tree, str]]:
    declared = mapping(view.document.get("components")).get("securitySchemes")
    return [(target(view.document, node), place) for _, node, place in items(declared, PLACE)]


@rule(
    "ignored",
    "B",
    says="Found multiple security schemes, only 1 is supported",
    mend="Leave one scheme. Which key is sent is set in the editor alone.",
)
def security_schemes(view: View) -> Iterator[Hit]:
    """There is at most one security scheme."""
    if len(_schemes(view)) > 1:
        yield Hit(PLACE)


@advice(
    "A",
    "The editor cannot enter this scheme: {kind}.",
    "Take a key as bearer, basic or in a header of its own, or OAuth's authorization code.",
)
def security_kind(view: View) -> Iterator[Hit]:
    """The security scheme is one that the editor can enter."""
    for scheme, place in _schemes(view):
        kind = _unsupported(scheme)
        if kind:
            yield Hit(place, {"kind": kind})


def _unsupported(scheme: Tree) -> str:
    """Name what the editor has no form for; "" where it has one."""
    kind = text(scheme.get("type"))
    if kind == "http":
        named = text(scheme.get("scheme"))
        return "" if named.lower() in ("bearer", "basic") else f"http {named}".strip()
    if kind == "apiKey":
        where = text(scheme.get("in"))
        return "" if where == "header" else f"a key in the {where or 'place that is not named'}"
    if kind == "oauth2":
        flows = mapping(scheme.get("flows"))
        return "" if "authorizationCode" in flows else "OAuth without an authorization code"
    return kind or "a scheme without a type"


@advice(
    "A",
    "The authorization code's {url} is no https URL.",
    "Write the absolute https URL that is entered in the editor.",
)
def security_urls(view: View) -> Iterator[Hit]:
    """OAuth's URLs are https."""
    for scheme, place in _schemes(view):
        flow = mapping(mapping(scheme.get("flows")).get("authorizationCode"))
        for url in ("authorizationUrl", "tokenUrl"):
            if flow and not text(flow.get(url)).startswith("https://"):
                yield Hit(below(place, "flows", "authorizationCode"), {"url": url})


RULES = (security_schemes, security_kind, security_urls)
