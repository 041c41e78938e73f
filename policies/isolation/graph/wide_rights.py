"""Cloud rights by wildcard: which stores of other owners a policy covers that spells out none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalog.cloud import IDENTITIES
from ..resources import Resource
from .references import given_to
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class WideRight:
    """A workload of a stated owner whose policy covers stores of others."""

    workload: Workload
    policy: Resource
    stores: tuple[Store, ...]


def wide_rights(graph: Graph) -> Iterator[WideRight]:
    """Rights that lead from one stated owner to another's stores, secrets and keys."""
    if not any(graph.wide.values()):
        return
    for workload in graph.index.workloads.values():
        ours = graph.owner(workload)
        if not ours.declared:
            continue
        for policy in graph.links.reachable(iter(given_to(graph, workload))):
            covered = {
                store.key: store
                for key in graph.wide.get(policy.key, ())
                for store in (graph.stores.get(key), *graph.links.stores_behind(key, graph.stores))
                if store is not None
            }
            theirs = [
                store
                for store in covered.values()
                if store.owner is not None and store.owner.declared and store.owner != ours
            ]
            if theirs:
                yield WideRight(workload=workload, policy=policy, stores=tuple(theirs))


def identities_of(graph: Graph, workload: Workload) -> list[Resource]:
    """Roles and accounts of a cloud that a workload acts as, also by its profile, ServiceAccount or binding."""
    found: dict[str, Resource] = {}
    pending, seen = given_to(graph, workload), set[str]()
    while pending:
        key = pending.pop()
        resource = graph.index.by_key.get(key)
        if resource is None or key in seen:
            continue
        seen.add(key)
        if resource.group in IDENTITIES:
            found[key] = resource
        elif resource.kind in {
            "InstanceProfile",
            "PodIdentityAssociation",
            "ServiceAccount",
            "AccessKey",
            "Key",
        }:
            pending += [source for sources in resource.inputs_from.values() for source in sources]
    return list(found.values())
