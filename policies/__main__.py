"""Both packs as one, for the Pulumi engine: it runs this folder as a script, outside any package.

The project's root is put on the path in place of the folder, so that `policies` is found under its own name.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

if __package__:
    sys.exit(
        "usage: python -m policies.isolation | python -m policies.roadmap; this folder is for the Pulumi engine"
    )

_folder = Path(__file__).resolve().parent
sys.path[:] = [str(_folder.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _folder)]
importlib.import_module(f"{_folder.name}.roadmap.server").serve_both()
