"""The roadmap's domain model: catalog, readiness, transitions and the topology, as pure data and rules.

It reads stack files and writes nothing; it knows no provider and no engine.
"""

from roadmap.buildable import check_buildable
from roadmap.catalog_entries import Catalog
from roadmap.catalog_files import load_catalog
from roadmap.moves import Move, decide, judge_move
from roadmap.refusal import Refusal
from roadmap.resolve import resolve
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
