"""The gateway with the least that a check can be: a body is read and held against its schema.

Doubled names and numbers out of range pass. What this costs above `validation off` no tightening
of the strict reader can take away, as long as the schema engine asks for values of Python.
"""

import sys
from functools import partial

from jiter import from_json

import gateway.validate.body
from gateway.cli.app import run

if __name__ == "__main__":
    gateway.validate.body.parse_json = partial(from_json, cache_mode="keys")
    sys.exit(run(sys.argv[1:]))
