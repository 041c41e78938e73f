"""The driver: `python -m offline <command>`, called by the Makefile."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this very check must run on the interpreter it refuses
    sys.exit(
        "python: %s is version %d.%d, but Python 3.11 or newer is needed.\n"  # noqa: UP031
        "  fix: install Python 3.11+ and name it: make PYTHON=python3.11 up"
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )

from offline.commands import main  # only after the check above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
