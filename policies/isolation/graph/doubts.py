"""Uses that may not be: of a list that several services were handed whole, or with a password of several servers.

Which store of such a list a service uses, or on which server it uses such a password, is then decided in its code.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .graph import Graph


def doubtful_uses(graph: Graph) -> set[tuple[str, str]]:
    """Workload and store of every use that nothing but such a list or such a password speaks for."""
    listed: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for use in graph.uses:
        for name in use.lists:
            listed[name][use.workload.key, use.store.kind].add(use.store.key)
    found = {(use.workload.key, use.store.key) for use in graph.uses if use.opens_several}
    for name, handed in listed.items():
        owners = {graph.owner(graph.index.workloads[workload]).identity for workload, _ in handed}
        for (workload, _), keys in handed.items():
            # Two owners with two stores each may well have written that down themselves; more of either is a copy.
            copied = name in graph.index.by_key or len(owners) > 2 or len(keys) > 2
            if len(owners) > 1 and len(keys) > 1 and copied:
                found |= {(workload, key) for key in keys}
    return found - {
        (use.workload.key, use.store.key) for use in graph.uses if not use.lists and not use.opens_several
    }
