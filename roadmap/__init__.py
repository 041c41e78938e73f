"""The roadmap's domain model: catalog, readiness, transitions and the topology, as pure data and rules.

It reads stack files and writes nothing; it knows no provider and no engine.

What this package offers is loaded when it is asked for: its models take longer to load than a policy pack may take to
start, and the packs' rules need little more than `roadmap.vocabulary` before there is a stack to judge.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from roadmap.buildable import check_buildable
    from roadmap.catalog_entries import Catalog
    from roadmap.catalog_files import load_catalog
    from roadmap.moves import Move, decide, judge_move
    from roadmap.refusal import Refusal
    from roadmap.resolution import resolve
    from roadmap.stack_config import StackConfig
    from roadmap.stack_file import load_stack_file, parse_stack_config
    from roadmap.topology import Topology

__all__ = [
    "Catalog",
    "Move",
    "Refusal",
    "StackConfig",
    "Topology",
    "check_buildable",
    "decide",
    "judge_move",
    "load_catalog",
    "load_stack_file",
    "parse_stack_config",
    "resolve",
]

_MODULES = {
    "buildable": ("check_buildable",),
    "catalog_entries": ("Catalog",),
    "catalog_files": ("load_catalog",),
    "moves": ("Move", "decide", "judge_move"),
    "refusal": ("Refusal",),
    "resolution": ("resolve",),
    "stack_config": ("StackConfig",),
    "stack_file": ("load_stack_file", "parse_stack_config"),
    "topology": ("Topology",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """One of the names above, from the module that defines it (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
