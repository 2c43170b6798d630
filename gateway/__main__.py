"""`python -m gateway` and the console script `specrelay`."""

import os
import sys

STANDARD = (0, 1, 2)  # the descriptors of standard input, output and error


def hold_standard_descriptors() -> None:
    """Open those that the caller closed (`2>&-`), to nothing (POSIX, exec: they may be reused).

    Else the next file or socket would have such a number, and get what is said to people.
    """
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)


def main() -> None:
    """Run the command line and exit with its code."""
    hold_standard_descriptors()
    from gateway.cli.app import run

    code = run(sys.argv[1:])
    try:
        sys.stderr.flush()
    except OSError:  # its reader has gone; the interpreter would try again, and exit with 120
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
