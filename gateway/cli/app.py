"""The command line: its commands, their help, and what becomes of errors.

Exit codes: 0 done, 1 it failed (every problem is told), 2 the command line itself is wrong.
Commands are imported when they are called, so that `--version` and `--help` cost nothing.
"""

import os
import sys
from collections.abc import Sequence
from typing import Literal

from cyclopts import App, CycloptsError

from gateway import __version__
from gateway.errors import StartError

COMMANDS = {
    "serve": (
        "Serve a document: validate requests and relay them to its API.",
        (
            "specrelay serve",
            "specrelay serve --spec petstore.yaml --upstream http://127.0.0.1:9000",
            "specrelay serve --spec stripe.yaml --credential bearerAuth=STRIPE_KEY",
            "specrelay serve --stand-in always",
        ),
    ),
    "mock": (
        "Serve made-up, valid answers to every operation of a document.",
        ("specrelay mock", "specrelay mock --spec petstore.yaml --port 9000 --faults"),
    ),
    "routes": (
        "List a document's operations: method, path, name, upstream and policy.",
        ("specrelay routes", "specrelay routes --spec petstore.yaml | grep pets"),
    ),
    "check": (
        "Check a document and the settings, and tell everything that is wrong with them.",
        ("specrelay check", "specrelay check --spec petstore.yaml"),
    ),
    "generate": (
        "Write what is made of a document: Actions, tools, reference; or check that it is fresh.",
        (
            "specrelay generate",
            "specrelay generate check",
            "specrelay generate --spec petstore.yaml --out published",
        ),
    ),
    "lint": (
        "Say what an importer of ChatGPT Actions would say about a document.",
        ("specrelay lint actions", "specrelay lint actions petstore.yaml --fix"),
    ),
    "diff": (
        "Review what changed in a document, for clients, Actions and tools.",
        ("specrelay diff HEAD~1", "specrelay diff old.yaml --spec new.yaml"),
    ),
    "drift": (
        "Compare a document with the vendor's, and tell what the gateway would refuse.",
        (
            "specrelay drift vendor-openapi.yaml",
            "specrelay drift openai --format markdown",
            "specrelay drift vendor.json --spec petstore.yaml --format json",
        ),
    ),
    "call": (
        "Make one call through a running gateway and print the answer.",
        (
            "specrelay call listModels",
            "specrelay call retrieveFile --param file_id=file-1",
            """specrelay call createEmbedding --body '{"model": "m", "input": "hello"}'""",
            "specrelay call createFile --field purpose=assistants --field file=@notes.txt",
        ),
    ),
}


def _examples(lines: Sequence[str]) -> str:
    return "\n".join(["Examples:", *(f"  {line}" for line in lines)])


def build() -> App:
    """Make the command line's tree."""
    plain: Literal["plain"] | None = None if sys.stdout.isatty() else "plain"
    app = App(
        name="specrelay",
        help="One OpenAPI document in, a validating, streaming gateway out.",
        help_epilogue=_examples(
            ["specrelay serve", "specrelay COMMAND --help", "specrelay check --spec petstore.yaml"]
        ),
        version=__version__,
        help_format="plaintext",
        help_formatter=plain,
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
    )
    for name, (text, examples) in COMMANDS.items():
        app.command(
            f"gateway.cli.{name}:{name}", name=name, help=text, help_epilogue=_examples(examples)
        )
    return app


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    try:
        code = build()(list(arguments))
        sys.stdout.flush()
    except CycloptsError as error:
        words = ["specrelay", *(each for each in arguments[:1] if each in COMMANDS), "--help"]
        print(f"{error}\n{' '.join(words)} tells more.", file=sys.stderr)
        return 2
    except StartError as error:
        from gateway.cli.console import print_problems

        print_problems(error.problems)
        return 1
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0
