"""Where things lie: the project's root, the cache all clones share, and the ignored folders of one clone."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GO_MODULES = ROOT / "offline" / "go"
VENV = ROOT / ".venv"
STATE = ROOT / ".state"


def cache_root() -> Path:
    """`$XDG_CACHE_HOME/service-extraction` (`~/.cache/...` when that is unset); shared by every clone of one user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "service-extraction"


def experiment_folder() -> Path | None:
    """Folder named by `SERVICE_EXTRACTION_BIN`, whose binaries are taken instead of built ones; None when unset."""
    named = os.environ.get("SERVICE_EXTRACTION_BIN")
    return Path(named) if named else None
