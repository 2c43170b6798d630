"""Rules about the document as a whole: version, size, components, and what the editor holds."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from codegen.lint.rule import Hit, advice, rule
from codegen.lint.rules.servers import domain_of
from codegen.lint.tree import mapping
from codegen.lint.view import View
from gateway.contract.load import parse_document
from gateway.errors import StartError

MAX_OPERATIONS = 30
VERSIONS = ("3.1.0", "3.1.1")


@rule(
    "blocks",
    "B",
    says="('openapi',): Input should be '3.1.1' or '3.1.0'",
    mend="Write `openapi: 3.1.0`, and the document in that version's form.",
)
def openapi_version(view: View) -> Iterator[Hit]:
    """The document is OpenAPI 3.1.0 or 3.1.1."""
    if view.document.get("openapi") not in VERSIONS:
        yield Hit("/openapi" if "openapi" in view.document else "")


@rule(
    "blocks",
    "B",
    says="OpenAPI spec can have a maximum of 30 operations",
    mend="It has {count}: take {over} away, or reach them through one operation.",
)
def operation_limit(view: View) -> Iterator[Hit]:
    """A document has at most 30 operations."""
    count = len(view.operations)
    if count > MAX_OPERATIONS:
        yield Hit("/paths", {"count": count, "over": count - MAX_OPERATIONS})


@rule(
    "blocks",
    "B",
    says="In components section, schemas subsection is not an object",
    mend="Write `components: {{schemas: {{}}}}`; without schemas the object is empty.",
)
def components_schemas(view: View) -> Iterator[Hit]:
    """`components.schemas` is an object, an empty one where there are none."""
    if "components" in view.document:
        components = view.document["components"]
        if not isinstance(mapping(components).get("schemas"), dict):
            has = "schemas" in mapping(components)
            yield Hit("/components/schemas" if has else "/components")


@advice(
    "C",
    "There is no `components` section.",
    "Write `components: {{schemas: {{}}}}`: some importers ask for it even where it is empty.",
)
def components_absent(view: View) -> Iterator[Hit]:
    """There is a `components` section."""
    if "components" not in view.document:
        yield Hit("")


@rule(
    "blocks",
    "A",
    says="Action sets cannot have duplicate domains - {domain} already exists on another action",
    mend="Make one document of both, or serve one of them under another host name.",
)
def duplicate_domains(view: View) -> Iterator[Hit]:
    """A GPT has one action for a domain."""
    domain = domain_of(view.document)
    if domain and domain in {other.lower() for other in view.editor.domains}:
        yield Hit("/servers/0/url", {"domain": domain})


@rule(
    "blocks",
    "A",
    says="Public actions require valid privacy policy URLs",
    mend="Enter the https URL of a privacy policy in the editor; only then can it be published.",
)
def privacy_policy(view: View) -> Iterator[Hit]:
    """A public GPT names a privacy policy."""
    if view.editor.public and not _is_https_url(view.editor.privacy_policy):
        yield Hit("")


@advice(
    "C",
    "{fault}",
    "Keep one of the two: which one an importer takes is not known.",
)
def repeated_key(view: View) -> Iterator[Hit]:
    """No key stands twice in an object."""
    if view.text is None:
        return
    try:
        _, problems = parse_document(view.text, Path("document.yaml"))
    except StartError:
        return
    for problem in problems:
        yield Hit("", {"fault": problem.message})


def _is_https_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and "." in (parts.hostname or "")
    except ValueError:
        return False


RULES = (
    openapi_version,
    operation_limit,
    components_schemas,
    components_absent,
    duplicate_domains,
    privacy_policy,
    repeated_key,
)
