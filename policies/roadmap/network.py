"""Who can reach whom, by NetworkPolicies alone: what a selector leaves open counts as open.

A path needs an opening at either end. Each end is looked at on its own, since one that is open is half of a path that
nobody declared.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import UNKNOWN, Resource, dig, has_unknown, items, mapping, sequence, text

if TYPE_CHECKING:
    from .stack import Stack

NAMESPACE_NAME = "kubernetes.io/metadata.name"
_PRIVATE = tuple(
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A policy's rule lets `source` reach `target`; None stands for anybody in the cluster."""

    policy: Resource
    source: Workload | None
    target: Workload | None
    ports: frozenset[int] | None
    """None for every port."""


def reaches(stack: Stack) -> Iterator[Reach]:
    """Every opening of every NetworkPolicy, between workloads of the stack or to anybody."""
    for policy in stack.index.of_kind("NetworkPolicy"):
        spec = dig(policy.body, "spec")
        own = list(_selected(stack, policy, policy.namespace or "default", dig(spec, "podSelector")))
        for rule in items(dig(spec, "ingress")):
            ports = _ports(rule)
            for source in _peers(stack, policy, rule, "from"):
                for target in own:
                    if source is not target:
                        yield Reach(policy=policy, source=source, target=target, ports=ports)
        for rule in items(dig(spec, "egress")):
            ports = _ports(rule)
            for end in _peers(stack, policy, rule, "to"):
                for pod in own:
                    if pod is not end:
                        yield Reach(policy=policy, source=pod, target=end, ports=ports)


def _ports(rule: Any) -> frozenset[int] | None:
    found: set[int] = set()
    for port in sequence(dig(rule, "ports")):
        start, end = dig(port, "port"), dig(port, "endPort")
        first, last = text(start), text(start if end is None else end)
        if first is None or last is None or not (first + last).isdecimal():
            return None
        found.update(range(int(first), int(last) + 1))
    return frozenset(found) or None


def _peers(stack: Stack, policy: Resource, rule: Any, field: str) -> Iterator[Workload | None]:
    peers = items(dig(rule, field))
    if not peers:
        yield None
    for peer in peers:
        if peer is UNKNOWN:
            yield None
        elif (block := dig(peer, "ipBlock")) is None:
            for namespace in _namespaces(stack, policy, peer):
                yield from _selected(stack, policy, namespace, dig(peer, "podSelector"))
        elif reaches_private(block):
            yield None


def reaches_private(block: Any) -> bool:
    """Whether a block of addresses holds some at which pods are found, after what it leaves out."""
    try:
        network, *excepted = (
            ipaddress.ip_interface(str(text(item))).network
            for item in (dig(block, "cidr"), *sequence(dig(block, "except")))
        )
    except ValueError:
        return True  # unknown, or no block at all
    return network.prefixlen < network.max_prefixlen and any(
        network.overlaps(private)
        and not any(
            private.network_address in item and private.broadcast_address in item for item in excepted
        )
        for private in _PRIVATE
    )


def _namespaces(stack: Stack, policy: Resource, peer: Any) -> Iterator[str]:
    selector = dig(peer, "namespaceSelector")
    if selector is None:
        yield policy.namespace or "default"
        return
    for namespace in sorted(stack.index.namespaces()):
        resource = stack.index.find("Namespace", "default", namespace, policy.scope)
        labels = dig(resource.body, "metadata", "labels") if resource is not None else None
        if fits(selector, labels, known={NAMESPACE_NAME: namespace}):
            yield namespace


def _selected(stack: Stack, policy: Resource, namespace: str, selector: Any) -> Iterator[Workload]:
    for workload in stack.index.select(namespace, {}, policy.scope):
        template = workload.template or dig(workload.resource.body, "spec", "template")
        if fits(selector, workload.pod_labels or dig(template, "metadata", "labels")):
            yield workload


def fits(selector: Any, labels: Any, known: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether a label selector may choose these labels, and those `known` besides; what cannot be judged fits."""

    def found(name: str | None) -> Any:
        return UNKNOWN if name is None else known.get(name) or dig(labels, name)

    for name, value in mapping(dig(selector, "matchLabels")).items():
        if UNKNOWN not in (value, found(name)) and text(found(name)) != text(value):
            return False
    for expression in sequence(dig(selector, "matchExpressions")):
        label, operator = found(text(dig(expression, "key"))), text(dig(expression, "operator"))
        values = dig(expression, "values")
        if label is UNKNOWN:
            continue
        among = text(label) in [text(value) for value in sequence(values) if value is not UNKNOWN]
        if operator == "In" and not among and not has_unknown(values):
            return False
        if operator == "NotIn" and among:
            return False
        if operator == "Exists" and label is None:
            return False
        if operator == "DoesNotExist" and label is not None:
            return False
    return True
