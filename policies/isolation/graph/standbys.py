"""Operators' stores that follow another store: what they hold is a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..resources import dig, sequence, text
from .stores import Store

if TYPE_CHECKING:
    from .graph import Graph


def standbys(graph: Graph) -> dict[str, Store]:
    """The store that each standby follows, by the standby's key."""
    found: dict[str, Store] = {}
    for store, _ in graph.operated:
        assert store.resource is not None
        for host in _followed(store.resource.body):
            led = graph.names.resolve(host, store.namespace or "default", store.resource.scope)
            if led is not None and led.store is not None and led.store is not store:
                found[store.key] = led.store
    return found


def _followed(body: Any) -> Iterator[str]:
    """Hosts that a custom resource replicates from: as a replica cluster (CloudNativePG), or as a standby."""
    replica = dig(body, "spec", "replica")
    source = text(dig(replica, "source"))
    named = text(dig(replica, "primary"))
    follows = dig(replica, "enabled") is True or (named is not None and named == source)
    for cluster in sequence(dig(body, "spec", "externalClusters")):
        host = text(dig(cluster, "connectionParameters", "host"))
        if follows and host and text(dig(cluster, "name")) == source:
            yield host
    for name in ("host", "standby_host"):
        host = text(dig(body, "spec", "standby", name))
        if host and dig(body, "spec", "standby", "enabled") is not False:
            yield host
