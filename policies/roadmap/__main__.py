"""Two ways in: the Pulumi engine runs this folder as a policy pack, a person runs `python -m policies.roadmap`.

The engine runs the folder as a script, outside any package. The project's root is put on the path in place of the
folder itself, so that the pack is found under its own name and hides no other package of that name.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

if __package__:
    from .command_line import main

    sys.exit(main(sys.argv[1:]))

_folder = Path(__file__).resolve().parent
_project = _folder.parents[1]
sys.path[:] = [str(_project), *(entry for entry in sys.path if Path(entry or ".").resolve() != _folder)]
importlib.import_module(f"{_folder.parent.name}.{_folder.name}.server").serve_roadmap()
