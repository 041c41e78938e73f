"""Both packs as one. Two ways in: the Pulumi engine runs this folder; a person runs `python -m policies verify`.

The engine runs the folder as a script, outside any package. The project's root is put on the path in place of the
folder itself, so that `policies` is found under its own name.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path

if __package__:
    from .roadmap.command_line import main_of_both

    sys.exit(main_of_both(sys.argv[1:]))

# A preview waits for this process to be ready: no search for garbage in what is imported, nor for pydantic's plugins.
gc.disable()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
_folder = Path(__file__).resolve().parent
sys.path[:] = [str(_folder.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _folder)]
importlib.import_module(f"{_folder.name}.roadmap.server").serve_both()
