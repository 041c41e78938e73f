"""`make check`: lint, format, types, import directions and the levels of the policy packs; what CI runs first."""

from __future__ import annotations

import subprocess
import sys

from offline.toolchain.places import ROOT, VENV

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "-m", "offline", "ci-policy"),
)


def run(_arguments: list[str]) -> int:
    """Run every check, also after one has failed; returns 1 if one did."""
    failed = []
    for command in CHECKS:
        print(f"$ {' '.join(command)}", flush=True)
        done = subprocess.run([str(VENV / "bin" / command[0]), *command[1:]], cwd=ROOT, check=False)
        if done.returncode != 0:
            failed.append(" ".join(command))
    if failed:
        print(f"error: {len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0
