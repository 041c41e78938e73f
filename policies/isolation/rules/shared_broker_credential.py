"""Two owners may meet on a broker, but not with one credential."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_uses
from ..graph.graph import Graph, Use
from ..graph.stores import Store

ID = "shared-broker-credential"
_REMEDY = "give each owner its own broker user, with permissions on its own queues only"


def check(graph: Graph, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Broker users that several owners log in as, and a broker's own credential in foreign hands."""
    for store in graph.every_store():
        if store.kind == "broker":
            yield from _of_broker(graph, store)


def _of_broker(graph: Graph, store: Store) -> Iterator[Finding]:
    by_credential: dict[str, list[Use]] = defaultdict(list)
    for use in graph.uses_of[store.key]:
        for credential in _credentials(graph, use):
            by_credential[credential].append(use)
    told: set[tuple[str, ...]] = set()
    for credential, uses in by_credential.items():
        owners = {(owner := graph.owner(use.workload)).identity: owner for use in uses}
        extra = []
        if credential.startswith("lock:") and (keeper := store.stated_owner) is not None:
            extra = [keeper]
            owners.setdefault(keeper.identity, keeper)
        users = tuple(sorted({use.workload.key for use in uses}))
        if len(owners) < 2 or users in told:
            continue
        told.add(users)
        strict = sum(owner.declared for owner in owners.values()) > 1
        yield finding_of_uses(
            ID,
            MANDATORY if strict else ADVISORY,
            store,
            None,
            list({u.workload.key: u for u in uses}.values()),
            graph,
            _REMEDY,
            extra,
        )


def _credentials(graph: Graph, use: Use) -> Iterator[str]:
    """What a use proves itself by: a login, or the broker's own Secret."""
    if use.login:
        yield f"login:{use.login}"
    if use.via == "credential":
        of_cloud = use.store.resource is not None and not use.store.resource.kubernetes
        yield f"lock:{(of_cloud and use.credential) or use.store.key}"
    for carrier in use.carriers:
        resource = graph.index.by_key.get(carrier)
        if resource is not None and resource.kind == "Secret" and graph.credentials.of_resource(resource):
            yield f"lock:{carrier}"


RULE = Rule(
    id=ID,
    cause="Two owners log in to a broker as one user.",
    explanation="A broker is transport and may be shared, but with one user nobody can be limited to his own queues: "
    "each can read, publish as and delete what is another's.",
    remedy="One broker user for each owner, with permissions limited to its own queues and to what it publishes.",
    level=MANDATORY,
    check=check,
)
