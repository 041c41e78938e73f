"""`make clean`: what the driver made in this clone, less the cluster and the state, which hold data."""

from __future__ import annotations

import shutil

from offline.toolchain.places import ROOT, STATE, VENV, cache_root

CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache")


def run(_arguments: list[str]) -> int:
    """Returns 0; never touches `.cluster`, the state, the passphrase or the cache that clones share."""
    for path in (
        VENV,
        *(ROOT / name for name in CACHES),
        STATE / "pulumi",
        STATE / "stand-ins",
        STATE / "venv",
    ):
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
    print("removed .venv and the caches of the checks; the next command makes them again")
    print("kept .cluster (`make cluster-down` removes it), .state (stacks and their passphrase)")
    print(f"kept {cache_root()}, which all clones share; it may be deleted at any time")
    return 0
