"""Two ways in: the Pulumi engine runs this folder as a policy pack; a person runs `python -m policies.isolation`
here, and `python path/to/isolation audit` from anywhere else.

The engine and that person run the folder as a script, outside any package. It is taken off the path and imported as
a package of one name, however somebody called the folder: none of its modules can then hide another's.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

if __package__:
    from .command_line import main

    sys.exit(main(sys.argv[1:]))

_folder = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _folder]
_spec = importlib.util.spec_from_file_location(
    "isolation", _folder / "__init__.py", submodule_search_locations=[str(_folder)]
)
assert _spec is not None
assert _spec.loader is not None
sys.modules[_spec.name] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sys.modules[_spec.name])
# The engine gives its address; a person gives a command, or asks for help.
if len(sys.argv) < 2 or ":" not in sys.argv[1]:
    sys.exit(importlib.import_module("isolation.command_line").main(sys.argv[1:]))
_packs = importlib.import_module("isolation.packs")
importlib.import_module("isolation.server").serve(_packs.ISOLATION, name=_packs.ISOLATION.name)
