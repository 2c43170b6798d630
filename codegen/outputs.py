"""Every file that is made of a contract, by its path; nothing is written here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.actions.document import PLACEHOLDER
from codegen.operation_ids import definitions, looks_secret
from codegen.project import Projected
from codegen.reference import families
from codegen.render import render
from codegen.report import report
from codegen.tools import chat_tool, responses_tool
from gateway.contract.model import Contract
from gateway.mcp.listing import listed


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the kinds of files go, each a folder of its own relative to one root."""

    published: str
    reference: str
    code: str


CHECKOUT = Layout("spec/published", "docs/reference", "gateway/_generated")
FOLDER = Layout(".", "reference", "code")
CODE_PACKAGE = '"""Code that is made of the document."""\n'


def outputs(
    contract: Contract, projected: Projected, layout: Layout, *, source: str, command: str
) -> dict[str, str]:
    """Return the text of every file, by its path under the root, in POSIX form."""
    header = {"source": source, "command": command}
    found = {
        f"{layout.published}/{name}": text
        for name, text in _published(contract, projected, header).items()
    }
    pages = families(contract, projected.classes)
    index = render("reference_index.md.j2", contract=contract, families=pages, **header)
    found[f"{layout.reference}/README.md"] = index
    for page in pages:
        text = render("reference.md.j2", family=page, **header)
        found[f"{layout.reference}/{page.slug}.md"] = text
    lines = definitions(contract.operations)
    secretive = any(looks_secret(line) for line in lines)
    ids = render("operation_ids.py.j2", lines=lines, secretive=secretive, **header)
    found[f"{layout.code}/operation_ids.py"] = ids
    found[f"{layout.code}/__init__.py"] = _lines(header) + CODE_PACKAGE
    return {path.removeprefix("./"): text for path, text in found.items()}


def _published(
    contract: Contract, projected: Projected, header: Mapping[str, str]
) -> dict[str, str]:
    projection = projected.projection
    tools = projection.tools
    mcp = {
        "url": f"{PLACEHOLDER}/mcp",
        "instructions": projection.instructions,
        "tools": [listed(tool) for tool in tools],
    }
    return {
        "openapi.json": _json(contract.bundle),
        **{
            f"actions/{name}.json": _json(actions.document)
            for name, actions in projection.sets.items()
        },
        "tools/responses.json": _json([responses_tool(tool) for tool in tools]),
        "tools/chat.json": _json([chat_tool(tool) for tool in tools]),
        "mcp.json": _json(mcp),
        "manifest.json": _json(projection.manifest),
        "ai-plugin.json": _json(projection.plugin),
        "report.md": report(contract, projected, header["source"], header["command"]),
    }


def _lines(header: Mapping[str, str]) -> str:
    said = f"# Made from {header['source']}\n"
    return said + f"# by `{header['command']}`; edit the document, not this file.\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=dict) + "\n"
