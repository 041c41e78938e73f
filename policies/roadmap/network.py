"""Who can reach whom, by NetworkPolicies alone: what a selector leaves open counts as open.

A path needs an opening at either end. Each end is looked at on its own, since one that is open is half of a path that
nobody declared.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import UNKNOWN, Resource, dig, mapping, sequence, text

if TYPE_CHECKING:
    from .stack import Stack

NAMESPACE_NAME = "kubernetes.io/metadata.name"
_PRIVATE: tuple[ipaddress.IPv4Network, ...] = tuple(
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
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
        for rule in _rules(spec, "ingress"):
            ports = _ports(rule)
            for source in _peers(stack, policy, rule, "from"):
                for target in own:
                    if source is not target:
                        yield Reach(policy=policy, source=source, target=target, ports=ports)
        for rule in _rules(spec, "egress"):
            ports = _ports(rule)
            for end in _peers(stack, policy, rule, "to"):
                for pod in own:
                    if pod is not end:
                        yield Reach(policy=policy, source=pod, target=end, ports=ports)


def _rules(spec: Any, direction: str) -> Any:
    rules = dig(spec, direction)
    return [UNKNOWN] if rules is UNKNOWN else sequence(rules)


def _ports(rule: Any) -> frozenset[int] | None:
    found: set[int] = set()
    ports = dig(rule, "ports")
    for port in sequence(ports):
        number, end = text(dig(port, "port")), text(dig(port, "endPort"))
        if number is None or not number.isdigit():
            return None
        found.update(range(int(number), int(end) + 1 if end and end.isdigit() else int(number) + 1))
    return frozenset(found) or None


def _peers(stack: Stack, policy: Resource, rule: Any, field: str) -> Iterator[Workload | None]:
    peers = dig(rule, field)
    if peers is UNKNOWN or not sequence(peers):
        yield None
        return
    for peer in sequence(peers):
        if peer is UNKNOWN:
            yield None
        elif (block := dig(peer, "ipBlock")) is not None:
            if reaches_private(block):
                yield None
        else:
            for namespace in _namespaces(stack, policy, peer):
                yield from _selected(stack, policy, namespace, dig(peer, "podSelector"))


def reaches_private(block: Any) -> bool:
    """Whether a block of addresses holds some at which pods are found, after what it leaves out."""
    try:
        network = ipaddress.ip_network(text(dig(block, "cidr")) or "", strict=False)
        excepted = [
            ipaddress.ip_network(text(item) or "", strict=False) for item in sequence(dig(block, "except"))
        ]
    except ValueError:
        return True  # unknown, or no block at all
    if not isinstance(network, ipaddress.IPv4Network):
        return network.prefixlen == 0 and not excepted
    inside: list[ipaddress.IPv4Network] = [
        item for item in excepted if isinstance(item, ipaddress.IPv4Network)
    ]
    return any(
        network.overlaps(private)
        and network.prefixlen < 32
        and not any(private.subnet_of(item) for item in inside)
        for private in _PRIVATE
    )


def _namespaces(stack: Stack, policy: Resource, peer: Any) -> Iterator[str]:
    selector = dig(peer, "namespaceSelector")
    if selector is None:
        yield policy.namespace or "default"
        return
    named = text(dig(selector, "matchLabels", NAMESPACE_NAME))
    if named is not None:
        yield named
        return
    for namespace in sorted(stack.index.namespaces()):
        resource = stack.index.find("Namespace", "default", namespace, policy.scope)
        labels = {NAMESPACE_NAME: namespace, **(resource.labels if resource is not None else {})}
        if fits(selector, labels):
            yield namespace


def _selected(stack: Stack, policy: Resource, namespace: str, selector: Any) -> Iterator[Workload]:
    plain = mapping(dig(selector, "matchLabels"))
    known: Mapping[str, Any] = {name: value for name, value in plain.items() if text(value) is not None}
    for workload in stack.index.select(namespace, known, policy.scope):
        if fits(selector, workload.pod_labels):
            yield workload


def fits(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector may choose these labels; what cannot be judged fits."""
    for name, value in mapping(dig(selector, "matchLabels")).items():
        wanted, found = text(value), labels.get(name)
        if wanted is not None and found is not UNKNOWN and text(found) != wanted:
            return False
    for expression in sequence(dig(selector, "matchExpressions")):
        name, operator = text(dig(expression, "key")) or "", text(dig(expression, "operator"))
        values = {text(value) for value in sequence(dig(expression, "values"))}
        found = text(labels.get(name))
        if labels.get(name) is UNKNOWN:
            continue
        if operator == "In" and found not in values:
            return False
        if operator == "NotIn" and found in values:
            return False
        if operator == "Exists" and name not in labels:
            return False
        if operator == "DoesNotExist" and name in labels:
            return False
    return True
