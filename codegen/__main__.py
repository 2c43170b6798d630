"""`python -m codegen` is `specrelay generate`."""

import sys

from gateway.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["generate", *sys.argv[1:]]))
