"""Two owners must not use one file system or bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_uses
from ..graph.graph import Graph
from ..graph.stores import Store
from ..sharing import REMEDY, counted, findings_of_sharing, owners_among, shared

ID = "shared-filesystem"
_DATASET = "all of them only read it, which is a shared data set rather than shared state"


def check(graph: Graph, _: Mapping[str, Any]) -> Iterator[Finding]:
    """File systems, however claimed, and buckets that several owners use."""
    for store in graph.every_store():
        if store.kind == "object-store":
            # Without a bucket's name or stated owners nothing shows that it is one bucket.
            for item in shared(graph, store):
                strict = item.logical is not None or graph.owners.any_declared or not _serves_buckets(store)
                yield from findings_of_sharing(ID, graph, store, [item], REMEDY, strict=strict)
        elif store.kind == "filesystem":
            yield from _filesystem(graph, store)


def _serves_buckets(store: Store) -> bool:
    """Whether the store is a server of many buckets, rather than one bucket."""
    return store.engine is not None and store.engine.name == "minio"


def _filesystem(graph: Graph, store: Store) -> Iterator[Finding]:
    around = [
        replace(use, store=store) for other in _enclosing(graph, store) for use in graph.uses_of[other.key]
    ]
    uses = counted(graph, [*graph.uses_of[store.key], *around])
    owner = store.stated_owner
    if len(owners_among(graph, uses, owner)) < 2:
        return
    harmless = all(use.read_only for use in uses) and len(uses) > 1
    claims = {use.logical for use in uses if isinstance(use.logical, str)}
    yield finding_of_uses(
        ID,
        ADVISORY if harmless else MANDATORY,
        store,
        claims.pop() if len(claims) == 1 else None,
        [use for use in uses if owner is None or graph.owner(use.workload) != owner],
        graph,
        _DATASET if harmless else REMEDY,
        [owner] if owner is not None else [],
    )


def _enclosing(graph: Graph, store: Store) -> Iterator[Store]:
    """File systems that hold this one's directory: who mounts `/exports` sees `/exports/orders`."""
    if store.place is None:
        return
    server, path = store.place
    while path != "/":
        path = path.rpartition("/")[0] or "/"
        for key in (f"volume:nfs://{server}{path}", f"directory:{server}:{path}", f"volume:{server}:{path}"):
            if key in graph.stores:
                yield graph.stores[key]
    if server in graph.stores:
        yield graph.stores[server]


RULE = Rule(
    id=ID,
    cause="Two owners use one file system or bucket.",
    explanation="Files are an interface without a version: whoever writes them decides their format for everybody "
    "who reads them, and a full or slow volume stops all of them.",
    remedy="Give each owner its own volume or bucket. Hand files over through an API or an event that names them.",
    level=MANDATORY,
    check=check,
)
