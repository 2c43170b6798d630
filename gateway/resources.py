"""Where the files that ship with Specrelay are, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def spec_folder() -> Path:
    """Return the folder that holds `openapi.yaml` and `x-gateway.schema.json`.

    A wheel carries it as `gateway/_spec`; in a checkout it is `spec/` beside the package.
    """
    installed = PACKAGE / "_spec"
    return installed if installed.is_dir() else PACKAGE.parent / "spec"
