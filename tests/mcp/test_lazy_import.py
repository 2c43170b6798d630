"""The SDK is heavy: nothing imports it until the first message comes."""

import subprocess
import sys

PROGRAM = """
import sys
import gateway.app, gateway.mcp.application, gateway.mcp.operations, gateway.mcp.listing
assert "mcp" not in sys.modules and "mcp_types" not in sys.modules
import gateway.mcp.server
assert "mcp" in sys.modules
"""


def test_the_sdk_is_imported_late() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
