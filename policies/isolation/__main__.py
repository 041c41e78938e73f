"""Two ways in: the Pulumi engine runs this folder as a policy pack; a person runs `python -m policies.isolation`
here, and `python path/to/isolation audit` from anywhere else.

The engine and that person run the folder as a script, outside any package. Its parent is put on the path in place
of the folder itself, so that the package is found under its own name and none of its modules can hide another's.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

if __package__:
    from .command_line import main

    sys.exit(main(sys.argv[1:]))

_folder = Path(__file__).resolve().parent
sys.path[:] = [str(_folder.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _folder)]
# The engine gives its address; a person gives a command, or asks for help.
if len(sys.argv) < 2 or ":" not in sys.argv[1]:
    sys.exit(importlib.import_module(f"{_folder.name}.command_line").main(sys.argv[1:]))
_packs = importlib.import_module(f"{_folder.name}.packs")
importlib.import_module(f"{_folder.name}.server").serve(_packs.ISOLATION, name=_packs.ISOLATION.name)
