"""A store outside the input, written out as a host or ARN, must be its user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_uses
from ..graph.graph import Graph
from ..graph.owners import Owner
from ..graph.stores import Store

ID = "foreign-literal"
_REMEDY = "give the reader a store of its own, or let it read over a declared edge or by events"
_UNKNOWN = "nothing here declares this store, so whose it is cannot be told: state it in `hostOwners`"


def check(graph: Graph, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Stores that no resource declares, by the owner that the configuration or their namespace states."""
    for store in graph.every_store():
        if store.display_kind != "external" or store.kind in {"broker", "registry"}:
            continue
        theirs = _owner(graph, store)
        for use in graph.uses_of[store.key]:
            ours = graph.owner(use.workload)
            if theirs is not None and ours != theirs:
                yield finding_of_uses(
                    ID,
                    MANDATORY,
                    store,
                    use.logical if isinstance(use.logical, str) else None,
                    [use],
                    graph,
                    f"it belongs to {theirs.name}; {_REMEDY}",
                    [theirs],
                )
            elif theirs is None and ours.declared and use.via in {"address", "reference"}:
                yield finding_of_uses(ID, ADVISORY, store, None, [use], graph, _UNKNOWN)


def _owner(graph: Graph, store: Store) -> Owner | None:
    host = store.key.removeprefix("external:")
    for pattern, name in graph.settings.host_owners.items():
        if fnmatchcase(host, pattern.lower()) or fnmatchcase(store.name, pattern.lower()):
            return Owner(name, name, True)
    parts = host.split(".")
    if len(parts) == 3 and parts[2] == "svc":
        return graph.owners.of_namespace(parts[1], "")
    return None


RULE = Rule(
    id=ID,
    cause="A store of another owner is written out as a host or ARN.",
    explanation="What is read by name instead of by reference never passes through the program, so no other rule sees "
    "whose it is: a host of another stack, or a database that was looked up instead of declared.",
    remedy="Use stores that the program declares. Where a store lives in another stack, state its owner in "
    "`hostOwners` or its namespace's in `namespaceOwners`.",
    level=MANDATORY,
    check=check,
)
