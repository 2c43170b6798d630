"""`specrelay check`: everything that is wrong with a document and the settings."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli.console import print_problems
from gateway.cli.options import Credential, Spec, Upstream
from gateway.errors import Problem, StartError

if TYPE_CHECKING:
    from gateway.cli.opening import Opened
    from gateway.contract.model import Contract


def check(
    *,
    spec: Spec = None,
    upstream: Upstream = None,
    credential: Credential = None,
    document: Annotated[
        bool,
        Parameter(help="Check the document alone, not what serving it needs.", negative=""),
    ] = False,
) -> int:
    """Print every finding; 1 where one of them is an error."""
    from gateway.cli.opening import open_document
    from gateway.cli.strict import strict_findings

    opened = open_document(spec=spec, upstream=upstream, credentials=credential)
    contract = opened.contract
    found = [*contract.warnings, *strict_findings(contract.bundle)]
    found += _projecting(contract)
    if not document:
        found += _serving(opened)
    problems = list(dict.fromkeys(found))
    print_problems(problems)
    errors = sum(problem.fatal for problem in problems)
    print(
        f"{contract.title}: {len(contract.operations)} operations, "
        f"{errors} errors, {len(problems) - errors} warnings"
    )
    return 1 if errors else 0


def _projecting(contract: "Contract") -> list[Problem]:
    """Tell what stands in the way of publishing the document."""
    from codegen.project import project

    try:
        project(contract)
    except StartError as error:
        return list(error.problems)
    return []


def _serving(opened: "Opened") -> list[Problem]:
    """Tell what stands in the way of serving the document with these settings."""
    from gateway.cli.sockets import check_exposure
    from gateway.plan import make_plan

    try:
        plan = make_plan(opened.contract, opened.settings)
        check_exposure(opened.settings, keyless=not plan.keyring)
    except StartError as error:
        return list(error.problems)
    return list(plan.warnings)
