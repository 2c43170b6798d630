"""Opening a document and the settings; what is wrong with either is told together."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attrs

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.errors import Problem, StartError
from gateway.resources import spec_folder
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Opened:
    """A document and the settings that it is served with."""

    contract: Contract
    settings: Settings

    def at_port(self, port: int) -> "Opened":
        """Return the same with the port that was found free."""
        return Opened(self.contract, attrs.evolve(self.settings, port=port))


def open_document(**options: Any) -> Opened:
    """Load the settings, with `options` over them, and the document that they name.

    Raises StartError with the problems of both.
    """
    problems: list[Problem] = []
    settings: Settings | None = None
    contract: Contract | None = None
    try:
        settings = Settings.load(**options)
    except StartError as error:
        problems += error.problems
    try:
        contract = load_contract(_document(settings, options.get("spec")))
    except StartError as error:
        problems += error.problems
    if settings is None or contract is None:
        raise StartError(problems)
    return Opened(contract, settings)


def _document(settings: Settings | None, option: Path | None) -> Path:
    """Return the document's path, as far as it can be known where the settings are wrong."""
    shipped = spec_folder() / "openapi.yaml"
    if settings is not None:
        return settings.spec or shipped
    return option or Path(os.environ.get("SPECRELAY_SPEC") or shipped)
