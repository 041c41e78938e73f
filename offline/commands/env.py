"""`make env`: shell exports after which plain `pulumi` and `kubectl` work on this clone."""

from __future__ import annotations

import contextlib
import shlex
import sys

from offline.commands.prepared import prepare
from offline.toolchain.environment import pulumi_environment


def run(_arguments: list[str]) -> int:
    """Print exports on standard output and everything else on standard error, for `eval "$(make -s env)"`."""
    with contextlib.redirect_stdout(sys.stderr):
        variables = pulumi_environment(prepare(cluster=True))
    for name, value in variables.items():
        print(f"unset {name};" if value is None else f"export {name}={shlex.quote(value)};")
    return 0
