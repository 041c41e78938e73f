"""Network allowances: which workloads' pods a NetworkPolicy lets through to which stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..resources import Resource, dig, mapping, sequence, text
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph

# Labels by which operators mark the pods they make, which no workload of the input declares.
_OPERATOR_LABELS = {
    "postgresql.cnpg.io": "cnpg.io/cluster",
    "rabbitmq.com": "app.kubernetes.io/name",
    "acid.zalan.do": "cluster-name",
    "postgres-operator.crunchydata.com": "postgres-operator.crunchydata.com/cluster",
    "kafka.strimzi.io": "strimzi.io/cluster",
    "elasticsearch.k8s.elastic.co": "elasticsearch.k8s.elastic.co/cluster-name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One policy lets one workload reach one store."""

    policy: Resource
    client: Workload
    store: Store
    pods: Any = None
    """Selector by which the policy chooses the store's pods."""
    guarded: bool = False
    """Whether it is the client's alone, and policies at the store decide for themselves whom they let in."""


def allowances(graph: Graph) -> Iterator[Allowance]:
    """Allowances at the store's side and at the client's; a selector that fits nobody allows nothing."""
    guarded = _guarded(graph)
    for policy in graph.index.of_kind("NetworkPolicy"):
        spec = mapping(dig(policy.body, "spec"))
        own = workloads_selected(graph, policy, policy.namespace or "default", spec.get("podSelector"))
        stores = _stores(graph, policy, policy.namespace or "default", spec.get("podSelector"), own)
        for rule in sequence(spec.get("ingress")) if stores else ():
            for client in _peers(graph, policy, sequence(dig(rule, "from"))):
                for store in stores:
                    if _opens(rule, store) and client.key != store.key:
                        yield Allowance(
                            policy=policy, client=client, store=store, pods=spec.get("podSelector")
                        )
        for rule in sequence(spec.get("egress")):
            for peer in sequence(dig(rule, "to")):
                for namespace in _namespaces(graph, policy, peer):
                    selector = dig(peer, "podSelector")
                    pods = workloads_selected(graph, policy, namespace, selector)
                    for store in _stores(graph, policy, namespace, selector, pods):
                        known = store.key in guarded
                        for client in own:
                            if _opens(rule, store) and client.key != store.key:
                                yield Allowance(
                                    policy=policy, client=client, store=store, pods=selector, guarded=known
                                )


def _guarded(graph: Graph) -> set[str]:
    """Keys of the stores whose own policies tell by labels whom they let in, and so whom they do not.

    Kubernetes lets a connection through if both sides allow it; a side that no policy speaks of allows everything.
    """
    found: set[str] = set()
    open_to_all: set[str] = set()
    for policy in graph.index.of_kind("NetworkPolicy"):
        spec = mapping(dig(policy.body, "spec"))
        if "Ingress" not in (sequence(spec.get("policyTypes")) or ("Ingress",)):
            continue
        namespace, selector = policy.namespace or "default", spec.get("podSelector")
        own = workloads_selected(graph, policy, namespace, selector)
        for store in _stores(graph, policy, namespace, selector, own):
            found.add(store.key)
            for rule in sequence(spec.get("ingress")):
                peers = sequence(dig(rule, "from"))
                if _opens(rule, store) and not (peers and all(_is_plain(peer) for peer in peers)):
                    open_to_all.add(store.key)
    return found - open_to_all


def _is_plain(peer: Any) -> bool:
    """Whether a peer is told by labels that this can judge, and by no address."""
    selectors = (dig(peer, "podSelector"), dig(peer, "namespaceSelector"))
    return dig(peer, "ipBlock") is None and all(_labels(selector) is not None for selector in selectors)


def _peers(graph: Graph, policy: Resource, peers: Any) -> Iterator[Workload]:
    for peer in peers:
        if dig(peer, "ipBlock") is None:
            for namespace in _namespaces(graph, policy, peer):
                selector = dig(peer, "podSelector")
                yield from workloads_selected(graph, policy, namespace, selector)
                for store in _operated(graph, policy, namespace, selector):
                    assert store.resource is not None
                    yield Workload(resource=store.resource, pod={}, pod_labels={}, template={}, images=())


def _namespaces(graph: Graph, policy: Resource, peer: Any) -> list[str]:
    selector = dig(peer, "namespaceSelector")
    if selector is None:
        return [policy.namespace or "default"]
    wanted = _labels(selector)
    if wanted is None:
        return []
    found = []
    for namespace in sorted(graph.index.namespaces() | graph.store_namespaces()):
        resource = graph.index.find("Namespace", "default", namespace, policy.scope)
        labels = {
            "kubernetes.io/metadata.name": namespace,
            **(resource.labels if resource is not None else {}),
        }
        if all(text(labels.get(label)) in values for label, values in wanted.items()):
            found.append(namespace)
    return found


def _labels(selector: Any) -> dict[str, set[str]] | None:
    """A selector's demands by label; None if it asks for what this cannot judge."""
    wanted = {label: {text(value) or ""} for label, value in mapping(dig(selector, "matchLabels")).items()}
    for expression in sequence(dig(selector, "matchExpressions")):
        label = text(dig(expression, "key")) or ""
        if text(dig(expression, "operator")) != "In":
            return None
        wanted[label] = {text(value) or "" for value in sequence(dig(expression, "values"))}
    return wanted


def workloads_selected(graph: Graph, policy: Resource, namespace: str, selector: Any) -> list[Workload]:
    """Workloads of a namespace whose pods a label selector of `policy` fits."""
    wanted = _labels(selector)
    if wanted is None:
        return []
    plain: Mapping[str, str] = {
        label: next(iter(values)) for label, values in wanted.items() if len(values) == 1
    }
    found = graph.index.select(namespace, plain, policy.scope)
    return [
        item
        for item in found
        if all(text(item.pod_labels.get(label)) in values for label, values in wanted.items())
    ]


def _stores(
    graph: Graph, policy: Resource, namespace: str, selector: Any, pods: list[Workload]
) -> list[Store]:
    found = [graph.stores[item.key] for item in pods if item.key in graph.stores]
    return [*found, *_operated(graph, policy, namespace, selector)]


def _operated(graph: Graph, policy: Resource, namespace: str, selector: Any) -> list[Store]:
    """Stores whose pods an operator makes, and a label selector of `policy` fits."""
    found = []
    wanted = _labels(selector)
    for store, _ in graph.operated:
        resource = store.resource
        label = _OPERATOR_LABELS.get(resource.group) if resource is not None else None
        if (
            resource is None
            or label is None
            or resource.namespace != namespace
            or resource.scope != policy.scope
        ):
            continue
        if wanted is not None and (not wanted or resource.name in wanted.get(label, ())):
            found.append(store)
    return found


def _opens(rule: Any, store: Store) -> bool:
    """Whether a rule's ports include one that the store's engine serves; no ports are all ports."""
    ports = sequence(dig(rule, "ports"))
    if not ports or store.engine is None or not store.engine.ports:
        return True
    for port in ports:
        number = text(dig(port, "port"))
        if number is None or not number.isdigit() or int(number) in store.engine.ports:
            return True
        end = text(dig(port, "endPort"))
        if end and end.isdigit() and any(int(number) <= known <= int(end) for known in store.engine.ports):
            return True
    return False
