"""No network allowance leads from one owner's pods to another's store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, message_of
from ..graph.allowances import Allowance, allowances
from ..graph.graph import Graph
from ..graph.security_groups import group_allowances
from ..graph.stores import Store
from ..graph.workloads import Workload

ID = "foreign-network-path"
_REMEDY = "allow the store's owner only; others read over a declared edge or by events"


def check(graph: Graph, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Policies and security groups that let several owners' pods to one database, cache or volume server."""
    by_store: dict[tuple[str, str], list[Allowance]] = {}
    for allowance in (*allowances(graph), *group_allowances(graph)):
        if allowance.store.kind not in {"broker", "registry"}:
            by_store.setdefault((allowance.store.key, allowance.policy.key), []).append(allowance)
    for found in by_store.values():
        yield from _finding(graph, found)


def _finding(graph: Graph, found: list[Allowance]) -> Iterator[Finding]:
    store, policy = found[0].store, found[0].policy
    theirs = store.stated_owner
    clients = {
        item.client.key: (graph.owner(item.client), item.client.resource.name)
        for item in found
        if not item.client.observer and _counts(graph, item.client, store)
    }
    foreign = [
        (owner, name) for owner, name in clients.values() if theirs and owner.declared and owner != theirs
    ]
    if not foreign:  # where no statement forbids it, a guarded store's own policies say all there is to say
        told = {item.client.key for item in found if item.guarded}
        clients = {key: client for key, client in clients.items() if key not in told}
    users = foreign or list(clients.values())
    if not foreign and (theirs is not None or len({owner for owner, _ in users}) < 2):
        return
    owners = [owner.name for owner, _ in users]
    target = f"{store.title} (owner {theirs.name})" if theirs is not None else store.title
    yield Finding(
        rule=ID,
        level=MANDATORY if foreign else ADVISORY,
        store_kind=store.display_kind,
        store_name=store.name,
        store_namespace=store.namespace,
        logical=None,
        users=tuple(name for _, name in users),
        owners=tuple(dict.fromkeys([*owners, *([theirs.name] if theirs is not None else [])])),
        paths=tuple((name, policy.title, store.title) for _, name in users),
        message=message_of(
            (
                (owner.identity, f"{name} (owner {owner.name}) → {policy.title} → {target}")
                for owner, name in users
            ),
            _REMEDY,
        ),
        resource=policy.key,
        origin=policy.origin,
    )


def _counts(graph: Graph, client: Workload, store: Store) -> bool:
    """Whether a client makes a second service: a store's own pods only where both owners are stated."""
    owner = graph.owner(client)
    if client.key in graph.stores:
        return owner.declared and store.stated_owner is not None
    return owner.declared or not client.one_off


RULE = Rule(
    id=ID,
    cause="A network allowance leads to another owner's store.",
    explanation="A path that is open will be used, by a leaked credential if by nothing else. Between owners the "
    "network is the wall that holds when everything else was misconfigured.",
    remedy="Deny by default, and let each store admit its owner's pods only.",
    level=MANDATORY,
    check=check,
)
