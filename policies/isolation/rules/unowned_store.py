"""Every store has an owner that somebody stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_store
from ..graph.graph import Graph

ID = "unowned-store"


def check(graph: Graph, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Stores without a stated owner, in input where owners are stated at all."""
    if not graph.owners.any_declared:
        return
    level = MANDATORY if config.get("level") == MANDATORY else ADVISORY
    for store in graph.every_store():
        if store.resource is None or store.stated_owner is not None or store.kind in {"registry", "secret"}:
            continue
        yield finding_of_store(
            ID,
            level,
            store,
            f"{store.title} has no owner: label or tag it with {graph.settings.owner_keys[0]}",
        )


RULE = Rule(
    id=ID,
    cause="A store has no owner.",
    explanation="A store that nobody owns is shared by default. A parked store keeps its owner: the domain whose data "
    "it holds.",
    remedy="Label or tag the store with its owner, or put it into a component that carries one.",
    level=ADVISORY,
    check=check,
    config={"level": {"type": "string", "enum": [ADVISORY, MANDATORY], "default": ADVISORY}},
)
