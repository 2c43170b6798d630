"""From a bundled document to what a contract is compiled from: all that a cache can keep of it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.contract import policy as policies
from gateway.contract.bundle import published
from gateway.contract.mend import Mender
from gateway.errors import Problem, StartError
from gateway.validate.schemas import good_pattern


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that was read, bundled and mended.

    `document` is the mended tree; `written` the bundle as it was written, less `x-gateway`, as
    JSON text; `problems` what was odd about the text, and the mends.
    """

    document: Mapping[str, Any]
    written: bytes
    problems: tuple[Problem, ...]


def prepare(bundle: Mapping[str, Any], problems: Iterable[Problem] = ()) -> Prepared:
    """Mend a bundled document; raises StartError where its version is none that is served."""
    _check_version(bundle)
    mender = Mender(bundle, good_pattern=good_pattern)
    written = as_json(published(bundle, policies.KEY))
    return Prepared(mender.document, written, (*problems, *mender.warnings))


def as_json(document: Mapping[str, Any]) -> bytes:
    """Write a document as JSON; a key or a value that JSON does not know becomes a text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _check_version(document: Mapping[str, Any]) -> None:
    version = str(document.get("openapi", document.get("swagger", "")))
    if re.fullmatch(r"3\.[01](\..*)?", version):
        return
    if version.startswith("2"):
        mend = "Convert it to OpenAPI 3, for example with swagger2openapi, and serve the result."
        raise StartError([Problem("/swagger", "This is a Swagger 2.0 document.", mend)])
    if version.startswith("3."):
        mend = "Write `openapi: 3.1.1` if it uses nothing newer."
        raise StartError([Problem("/openapi", f"OpenAPI {version} is not served yet.", mend)])
    mend = "The document begins with `openapi: 3.1.0` or `openapi: 3.0.3`."
    raise StartError([Problem("/openapi", "The document names no OpenAPI version.", mend)])
