"""Security groups: which cloud workloads and pods are let through to which stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..catalog.cloud import GROUP_RULES, SECURITY_GROUP, WORKLOADS
from ..resources import Resource, dig, text
from .allowances import Allowance, workloads_selected
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph


def group_allowances(graph: Graph) -> Iterator[Allowance]:
    """A rule of a store's group that admits a workload's group lets the workload through.

    Only what went into the properties is asked, since a group's id is unknown until it exists.
    """
    stores: dict[str, list[Store]] = defaultdict(list)
    clients: dict[str, list[Workload]] = defaultdict(list)
    for store in graph.every_store():
        if store.resource is not None and not store.resource.kubernetes:
            for group in _groups(graph, store.resource):
                stores[group].append(store)
    for workload in graph.index.workloads.values():
        if workload.resource.group in WORKLOADS:
            for group in _groups(graph, workload.resource):
                clients[group].append(workload)
    for policy in graph.index.of_kind("SecurityGroupPolicy"):
        for group in _groups(graph, policy):
            clients[group] += workloads_selected(
                graph, policy, policy.namespace or "default", dig(policy.body, "spec", "podSelector")
            )
    for rule, target, sources in _rules(graph):
        for source in sources:
            for store in stores.get(target, ()):
                for client in clients.get(source, ()):
                    yield Allowance(policy=rule, client=client, store=store)


def _groups(graph: Graph, resource: Resource) -> set[str]:
    """Security groups whose ids went into a resource."""
    keys = {source for sources in resource.inputs_from.values() for source in sources}
    return {key for key in keys if (found := graph.index.by_key.get(key)) and found.group == SECURITY_GROUP}


def _rules(graph: Graph) -> Iterator[tuple[Resource, str, set[str]]]:
    """Rules as (rule, the group it opens, the groups it admits)."""
    for resource in graph.index.resources:
        if resource.group in GROUP_RULES and text(resource.body.get("type")) != "egress":
            opened, admitted = GROUP_RULES[resource.group]
            for target in resource.inputs_from.get(opened, ()):
                yield resource, target, set(resource.inputs_from.get(admitted, ()))
        elif resource.group == SECURITY_GROUP and resource.inputs_from.get("ingress"):
            yield resource, resource.key, set(resource.inputs_from["ingress"])
