"""Security groups: which cloud workloads and pods are let through to which stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalog.cloud import GROUP_RULES, NETWORK_OF, NETWORK_PARTS, SECURITY_GROUP, WORKLOADS
from ..resources import UNKNOWN, Resource, dig, mapping, sequence, text
from .allowances import Allowance, workloads_selected
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph

_EVERYTHING = frozenset({"-1", "all"})
_PORTS = {"efs": 2049, "redshift": 5439, "neptune": 8182, "elasticsearch": 443}
"""Ports of managed stores that are not those of the engine they speak."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Something in a rule that admits members of one group to members of another."""

    rule: Resource
    target: str
    source: str
    stated: Mapping[str, Any]
    """Protocol and ports."""


def group_allowances(graph: Graph) -> Iterator[Allowance]:
    """A rule of a store's group that admits a workload's group lets the workload through."""
    stores: dict[str, list[Store]] = defaultdict(list)
    clients: dict[str, list[Workload]] = defaultdict(list)
    for resource in graph.index.resources:
        if resource.group in WORKLOADS:
            for group in _groups(graph, resource):
                clients[group].append(graph.index.workloads[resource.key])
        elif resource.group in NETWORK_OF:
            for key in resource.inputs_from.get(NETWORK_OF[resource.group], ()):
                for group in _groups(graph, resource) if key in graph.index.workloads else ():
                    clients[group].append(graph.index.workloads[key])
        elif (
            not resource.kubernetes and resource.group not in GROUP_RULES and resource.group != SECURITY_GROUP
        ):
            for group in (groups := _groups(graph, resource)) and sorted(groups):
                stores[group] += graph.links.stores_behind(resource.key, graph.stores)
    for policy in graph.index.of_kind("SecurityGroupPolicy"):
        for group in _groups(graph, policy):
            clients[group] += workloads_selected(
                graph, policy, policy.namespace or "default", dig(policy.body, "spec", "podSelector")
            )
    for opening in _openings(graph):
        for store in stores.get(opening.target, ()):
            for client in clients.get(opening.source, ()) if _opens(opening.stated, store) else ():
                yield Allowance(policy=opening.rule, client=client, store=store)


def _groups(graph: Graph, resource: Resource) -> set[str]:
    """Security groups whose ids went into a resource, or into what it names to be in them in its place."""
    found: set[str] = set()
    for key in {source for sources in resource.inputs_from.values() for source in sources}:
        source = graph.index.by_key.get(key)
        if source is not None and source.group == SECURITY_GROUP:
            found.add(key)
        elif source is not None and source.group in NETWORK_PARTS:
            found |= _groups(graph, source)
    return found


def _openings(graph: Graph) -> Iterator[Opening]:
    """What every rule admits: another group, or its own."""
    for resource in graph.index.resources:
        if resource.group in GROUP_RULES and text(resource.body.get("type")) != "egress":
            opened, admitted = GROUP_RULES[resource.group]
            for target in resource.inputs_from.get(opened, ()):
                sources = {*resource.inputs_from.get(admitted, ())}
                sources |= {target} if resource.body.get("self") is True else set()
                for source in sorted(sources):
                    yield Opening(resource, target, source, resource.body)
        elif resource.group == SECURITY_GROUP:
            yield from _inline(graph, resource)


def _inline(graph: Graph, group: Resource) -> Iterator[Opening]:
    """What a group's own list admits; where the list is unknown, all that went into it."""
    admitted = group.inputs_from.get("ingress", ())
    rules = [mapping(rule) for rule in sequence(group.body.get("ingress"))]
    for source in admitted:
        known = graph.index.by_key.get(source)
        name = text(known.body.get("id")) if known is not None else None
        for rule in rules or [{}]:
            named = sequence(rule.get("securityGroups"))
            if not rules or rule.get("securityGroups") is UNKNOWN or UNKNOWN in named or name in named:
                yield Opening(group, group.key, source, rule)
    for rule in rules:
        if rule.get("self") is True:
            yield Opening(group, group.key, group.key, rule)


def _opens(stated: Mapping[str, Any], store: Store) -> bool:
    """Whether a rule's ports include the store's; what is not known counts as open."""
    protocol = text(stated.get("ipProtocol")) or text(stated.get("protocol")) or ""
    first, last = text(stated.get("fromPort")), text(stated.get("toPort"))
    ports = _ports(store)
    if protocol in _EVERYTHING or not ports or not first or not last:
        return True
    return not (first.isdigit() and last.isdigit()) or any(int(first) <= port <= int(last) for port in ports)


def _ports(store: Store) -> tuple[int, ...]:
    resource = store.resource
    stated = text(resource.body.get("port")) if resource is not None else None
    if stated and stated.isdigit():
        return (int(stated),)
    module = resource.group.split(":")[1].split("/")[0] if resource is not None else ""
    names = {"opensearch": "elasticsearch"}.get(module, module)
    managed = _PORTS.get(names)
    return (managed,) if managed is not None else store.engine.ports if store.engine is not None else ()
