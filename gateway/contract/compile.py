"""Compile a document into a contract. All that is wrong with it is told at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.contract import policy as policies
from gateway.contract.cache import Prepared, prepare
from gateway.contract.model import Check, Contract, Operation, Schema
from gateway.contract.operations import OperationCompiler
from gateway.contract.parts import PartsCompiler
from gateway.contract.security import build_schemes
from gateway.errors import Problem, StartError
from gateway.suggest import did_you_mean
from gateway.validate.media_types import kind_of
from gateway.validate.schemas import SchemaChecks, good_pattern


def load_contract(path: Path, cache_folder: Path | None = None) -> Contract:
    """Compile the document at `path`; raises StartError with every fatal problem."""
    prepared = prepare(path, good_pattern, cache_folder)
    return compile_contract(prepared, source=str(path))


def compile_contract(prepared: Prepared, source: str = "") -> Contract:
    """Compile a prepared document; raises StartError with every fatal problem."""
    document = prepared.document
    _check_version(prepared.bundle)
    root = document.get(policies.KEY) or {}
    problems = list(prepared.problems)
    problems += policies.check_policy(root, "root", "")
    if any(problem.fatal for problem in problems):
        raise StartError([problem for problem in problems if problem.fatal])
    schemes, found = build_schemes(document)
    problems += found
    checks = _Checks(prepared)
    compiler = OperationCompiler(
        document,
        schemes,
        root,
        parts=PartsCompiler(document, kind_of),
        check=checks.compile,
        problems=problems,
    )
    operations = compiler.compile()
    problems += _check_names(root, operations, schemes, bool(document.get("paths")))
    if any(problem.fatal for problem in problems):
        raise StartError([problem for problem in problems if problem.fatal])
    info = document.get("info") or {}
    return Contract(
        title=str(info.get("title", "API")),
        version=str(info.get("version", "")),
        document=document,
        bundle=_published(prepared.bundle),
        operations=operations,
        schemes=schemes,
        upstreams=policies.build_upstreams(root),
        credentials=policies.build_credentials(root),
        errors=root.get("errors", "problem"),
        action_sets={name: tuple(ids) for name, ids in root.get("action-sets", {}).items()},
        warnings=tuple(problem for problem in problems if not problem.fatal),
        check_for=checks.response,
        source=source,
    )


class _Checks:
    """Compiled schemas, each once per reading of the document."""

    def __init__(self, prepared: Prepared) -> None:
        self._readings = {
            name: SchemaChecks(view, one_of=name)  # type: ignore[arg-type]
            for name, view in prepared.views.items()
        }
        self._response: SchemaChecks | None = None
        self._document = prepared.document
        self._made: dict[tuple[str, str], Check] = {}

    def compile(self, schema: Schema, pointer: str, one_of: str) -> Check:
        """Compile a request's schema in the reading that the operation's policy asks for."""
        reading = self._readings[one_of]
        if not pointer:
            return reading.check(schema, "")
        key = (one_of, pointer)
        if key not in self._made:
            self._made[key] = reading.check(schema, pointer)
        return self._made[key]

    def response(self, schema: Schema, pointer: str) -> Check:
        """Compile a schema as responses see it."""
        if self._response is None:
            self._response = SchemaChecks(self._document, one_of="exact")
        return self._response.check(schema, pointer)


def _check_version(document: Mapping[str, Any]) -> None:
    version = str(document.get("openapi", document.get("swagger", "")))
    if version.startswith(("3.0", "3.1")):
        return
    if version.startswith("2"):
        mend = "Convert it to OpenAPI 3, for example with swagger2openapi, and serve the result."
        raise StartError([Problem("/swagger", "This is a Swagger 2.0 document.", mend)])
    if version.startswith("3."):
        mend = "Write `openapi: 3.1.1` if it uses nothing newer."
        raise StartError([Problem("/openapi", f"OpenAPI {version} is not served yet.", mend)])
    mend = "The document begins with `openapi: 3.1.0` or `openapi: 3.0.3`."
    raise StartError([Problem("/openapi", "The document names no OpenAPI version.", mend)])


def _check_names(
    root: Mapping[str, Any],
    operations: Mapping[str, Operation],
    schemes: Mapping[str, Any],
    has_paths: bool,
) -> list[Problem]:
    problems = []
    if not operations:
        what = "no operation" if has_paths else "no `paths`"
        problems.append(Problem("/paths", f"The document has {what}.", "Nothing can be served."))
    upstreams = {"local", "default", *root.get("upstreams", {})}
    for operation in operations.values():
        name = operation.policy.upstream
        if name not in upstreams:
            place = f"{operation.pointer}/{policies.KEY}/upstream"
            mend = did_you_mean(name, upstreams)
            problems.append(Problem(place, f"The upstream {name!r} is not declared.", mend))
    for scheme in root.get("credentials", {}):
        if scheme not in schemes:
            place = f"/{policies.KEY}/credentials/{scheme}"
            problems.append(Problem(place, "No such scheme.", did_you_mean(scheme, schemes)))
    for name, ids in root.get("action-sets", {}).items():
        for index, one in enumerate(ids):
            if one not in operations:
                place = f"/{policies.KEY}/action-sets/{name}/{index}"
                mend = did_you_mean(one, operations)
                problems.append(Problem(place, f"No operation is named {one!r}.", mend))
    return problems


def _published(node: Any) -> Any:
    """Copy the bundled document without any `x-gateway`."""
    if isinstance(node, dict):
        return {key: _published(value) for key, value in node.items() if key != policies.KEY}
    if isinstance(node, list):
        return [_published(item) for item in node]
    return node
