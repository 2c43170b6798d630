"""Compile a document into a contract. All that is wrong with it is told at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.contract import policy as policies
from gateway.contract.cache import load_prepared
from gateway.contract.checks import Checks
from gateway.contract.model import Contract
from gateway.contract.names import check_names
from gateway.contract.operations import OperationCompiler
from gateway.contract.parts import PartsCompiler
from gateway.contract.prepare import Prepared
from gateway.contract.security import build_schemes
from gateway.errors import Problem, StartError
from gateway.validate.media_types import kind_of


def load_contract(path: Path, cache_folder: Path | None = None) -> Contract:
    """Compile the document at `path`; raises StartError with every fatal problem.

    Prepared documents are kept in `cache_folder`, by default the user's own.
    """
    try:
        return compile_contract(load_prepared(path, cache_folder), source=str(path))
    except RecursionError as error:
        mend = "Write it flatter, with `$ref`s; an alias must not hold itself."
        raise StartError([Problem(path.name, "The document nests too deeply.", mend)]) from error


def compile_contract(prepared: Prepared, source: str = "") -> Contract:
    """Compile a prepared document; raises StartError with every fatal problem."""
    document = prepared.document
    problems = list(prepared.problems)
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
        written=prepared.written,
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
