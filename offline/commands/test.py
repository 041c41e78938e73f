"""`make test`: every check, then every test; what CI runs."""

from __future__ import annotations

import subprocess
import sys

from offline.commands import check, settings
from offline.commands.prepared import prepare, table
from offline.toolchain import TESTS, ensure
from offline.toolchain.environment import OF_MAKE, applied
from offline.toolchain.places import ROOT, VENV


def run(_arguments: list[str]) -> int:
    """Returns 0 only if the checks and the tests pass; `ARGS` goes to pytest."""
    print(table(prepare(cluster=True)))
    ensure(TESTS)
    checked = check.run([])
    command = [str(VENV / "bin" / "python"), "-m", "pytest", *settings.extra_arguments()]
    # The tests choose stack, engine and program themselves, and pytest reads no word that was meant for make.
    without = dict.fromkeys((*OF_MAKE, "PYTHONDONTWRITEBYTECODE"))
    tested = subprocess.run(command, cwd=ROOT, env=applied(without), check=False)
    if checked:
        print(
            "error: the tests have run, but a check failed before them: `make check` says which",
            file=sys.stderr,
        )
    return checked or tested.returncode
