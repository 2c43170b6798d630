"""All projections of a contract, made once: at start, or to be written to files."""

from dataclasses import dataclass

from codegen.actions.entries import ReportEntry
from codegen.actions.projection import project_actions
from codegen.curation import curate
from codegen.manifest import Classes, make_instructions, make_manifest, make_plugin
from codegen.tools import make_tools
from gateway.contract.model import Contract
from gateway.projection import Projection


@dataclass(frozen=True, slots=True)
class Projected:
    """A projection, what was rewritten on the way, and the class of every operation."""

    projection: Projection
    entries: tuple[ReportEntry, ...]
    classes: Classes


def project(contract: Contract) -> Projection:
    """Return all projections of a contract. Raises StartError where its curation is wrong."""
    return project_reported(contract).projection


def project_reported(contract: Contract) -> Projected:
    """Return all projections and what the report tells of them."""
    sets, entries = project_actions(contract)
    tools = make_tools(sets, contract.operations)
    classes = curate(contract).classes
    instructions = make_instructions(contract, sets, classes)
    projection = Projection(
        sets=sets,
        tools=tools,
        manifest=make_manifest(contract, sets, tools, classes),
        plugin=make_plugin(contract, instructions),
        instructions=instructions,
    )
    return Projected(projection, tuple(entries), classes)
