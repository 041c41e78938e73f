"""A store is not deleted by accident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_store
from ..graph.graph import Graph
from ..graph.stores import Store
from ..resources import Resource, dig, sequence

ID = "unprotected-store"


def check(graph: Graph, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Stores that keep data and can be deleted by an update; manifests know no such protection."""
    level = MANDATORY if config.get("level") == MANDATORY else ADVISORY
    for store in graph.every_store():
        resource = store.resource
        if resource is None or resource.protected is not False or not _keeps_data(store, resource):
            continue
        yield finding_of_store(
            ID, level, store, f"{store.title} is not protected: set `protect` in its resource options"
        )


def _keeps_data(store: Store, resource: Resource) -> bool:
    if store.key.startswith("claims:"):
        return False
    if resource.kubernetes and resource.kind in {
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "Pod",
    }:
        return bool(sequence(dig(resource.body, "spec", "volumeClaimTemplates")))
    return store.kind != "secret"


RULE = Rule(
    id=ID,
    cause="A store can be deleted by an update.",
    explanation="A renamed resource, a flag turned back or a destroy in the wrong terminal deletes the data with the "
    "server. Protection turns that into an error.",
    remedy="Set `protect` in the store's resource options, and lift it in a step of its own.",
    level=ADVISORY,
    check=check,
    config={"level": {"type": "string", "enum": [ADVISORY, MANDATORY], "default": ADVISORY}},
)
