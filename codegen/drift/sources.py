"""Where the vendor's word comes from: a document's file, or an installed package."""

from pathlib import Path

from codegen.drift.operations import Vendor
from codegen.drift.sdk import PACKAGE, read_sdk
from gateway.contract.compile import load_contract
from gateway.errors import Problem, StartError


def read_vendor(name: str) -> Vendor:
    """Read an OpenAPI 3.x document, or the package if it is so named and no file is.

    Raises StartError where it cannot be read, or is neither.
    """
    path = Path(name)
    if path.is_file():
        return Vendor(load_contract(path))
    if name == PACKAGE:
        return read_sdk()
    mend = f"Name an OpenAPI document's file, or `{PACKAGE}` for the installed package."
    raise StartError([Problem(name, "There is no such file.", mend)])
