"""Compile a document into a contract. All that is wrong with it is told at once."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.contract import policy as policies
from gateway.contract.bundle import published
from gateway.contract.cache import Bundled, load_bundle
from gateway.contract.checks import Checks
from gateway.contract.mend import Mender
from gateway.contract.model import Contract
from gateway.contract.names import check_names
from gateway.contract.operations import OperationCompiler
from gateway.contract.parts import PartsCompiler
from gateway.contract.security import build_schemes
from gateway.errors import Problem, StartError
from gateway.validate.media_types import kind_of
from gateway.validate.schemas import good_pattern

DEEP = "Write it flatter, with `$ref`s."


def load_contract(path: Path, cache_folder: Path | None = None) -> Contract:
    """Compile the document at `path`; raises StartError with every fatal problem.

    Bundles are kept in `cache_folder`, by default the user's own.
    """
    bundled = load_bundle(path, cache_folder)
    try:
        return compile_contract(bundled, source=str(path))
    except RecursionError as error:
        raise StartError([Problem(path.name, "The document nests too deeply.", DEEP)]) from error


def compile_contract(bundled: Bundled, source: str = "") -> Contract:
    """Compile a bundled document; raises StartError with every fatal problem."""
    _check_version(bundled.tree)
    mender = Mender(bundled.tree, good_pattern=good_pattern)
    document = mender.document
    problems = [*bundled.problems, *mender.warnings]
    root = policies.checked_root(document, problems)
    schemes, found = build_schemes(document)
    problems += found
    checks = Checks(document)
    parts = PartsCompiler(document, kind_of, problems)
    operations = OperationCompiler(
        document, schemes, root, parts=parts, check=checks.request, problems=problems
    ).compile()
    problems += checks.compile()
    problems += check_names(document, root, operations, schemes)
    fatal = [problem for problem in problems if problem.fatal]
    if fatal:
        raise StartError(list(dict.fromkeys(fatal)))
    title, version = _title(document)
    return Contract(
        title=title,
        version=version,
        document=document,
        bundle=published(bundled.tree, policies.KEY),
        operations=operations,
        schemes=schemes,
        upstreams=policies.build_upstreams(root),
        credentials=policies.build_credentials(root),
        errors=root.get("errors", "problem"),
        action_sets={name: tuple(ids) for name, ids in root.get("action-sets", {}).items()},
        warnings=tuple(dict.fromkeys(problems)),
        check_for=checks.response,
        source=source,
    )


def _title(document: Mapping[str, Any]) -> tuple[str, str]:
    said = document.get("info")
    info = said if isinstance(said, Mapping) else {}
    return str(info.get("title", "API")), str(info.get("version", ""))


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
