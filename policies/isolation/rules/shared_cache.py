"""Two owners must not use one cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import accounts
from ..findings import MANDATORY, Finding, Rule
from ..graph.graph import Graph
from ..resources import text
from ..sharing import GRADES, REMEDY, findings_of_sharing, shared

ID = "shared-cache"


def check(graph: Graph, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Caches of which several owners use one keyspace."""
    grade = text(config.get("grade")) or "database"
    for store in graph.every_store():
        if store.kind == "cache":
            yield from findings_of_sharing(ID, graph, store, shared(graph, store, grade), REMEDY)
    if grade == accounts.GRADE:
        yield from accounts.findings_of_accounts(ID, graph, "cache")


RULE = Rule(
    id=ID,
    cause="Two owners use one cache.",
    explanation="Keys collide, one owner's load evicts another's entries, and a flush takes everybody down. Sessions "
    "and locks in a shared cache couple services as tightly as a shared table does.",
    remedy="Give each owner its own cache; it is the cheapest store there is.",
    level=MANDATORY,
    check=check,
    config={"grade": {"type": "string", "enum": list(GRADES), "default": "database"}},
)
