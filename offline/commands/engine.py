"""`make engine`: build what is missing and say which engine and plugins are in use."""

from __future__ import annotations

from offline.commands.prepared import prepare, table


def run(_arguments: list[str]) -> int:
    """Returns 0; raises ToolchainError if something cannot be built or a forced engine is not there."""
    print(table(prepare(cluster=True)))
    return 0
