"""NetworkPolicies from the topology's paths: per group of pods one policy, per path one rule at each end."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_kubernetes.networking.v1 import (
    NetworkPolicyEgressRuleArgsDict,
    NetworkPolicyIngressRuleArgsDict,
    NetworkPolicyPeerArgsDict,
    NetworkPolicyPortArgsDict,
    NetworkPolicySpecArgsDict,
)

from roadmap.topology import NetworkPath, Peer

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""Label that the API server itself puts on every namespace, so that nobody can claim another's name."""

DEFAULT_DENY: NetworkPolicySpecArgsDict = {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class PodPolicy:
    """The NetworkPolicy of one group of pods."""

    name: str
    purposes: tuple[str, ...]
    """Why each rule exists, in the order of the rules: ingress first."""
    spec: NetworkPolicySpecArgsDict


def pod_policies(namespace: str, paths: Sequence[NetworkPath]) -> list[PodPolicy]:
    """Policies of a namespace: each path's target end as an ingress rule, its source end as an egress rule."""
    groups: dict[tuple[tuple[str, str], ...], None] = {}
    for path in paths:
        for peer in (path.source, path.target):
            if peer.namespace == namespace:
                groups.setdefault(tuple(sorted(peer.labels)))
    return [_policy(namespace, group, paths) for group in groups]


def _policy(namespace: str, group: tuple[tuple[str, str], ...], paths: Sequence[NetworkPath]) -> PodPolicy:
    def is_ours(peer: Peer) -> bool:
        return peer.namespace == namespace and tuple(sorted(peer.labels)) == group

    incoming = [path for path in paths if is_ours(path.target)]
    outgoing = [path for path in paths if is_ours(path.source)]
    ingress: list[NetworkPolicyIngressRuleArgsDict] = [
        {"from_": [_peer(path.source)], "ports": _ports(path)} for path in incoming
    ]
    egress: list[NetworkPolicyEgressRuleArgsDict] = [
        {"to": [_peer(path.target)], "ports": _ports(path)} for path in outgoing
    ]
    spec: NetworkPolicySpecArgsDict = {
        "pod_selector": {"match_labels": dict(group)} if group else {},
        "policy_types": [*(["Ingress"] if ingress else []), *(["Egress"] if egress else [])],
    }
    if ingress:
        spec["ingress"] = ingress
    if egress:
        spec["egress"] = egress
    purposes = [f"ingress: {path.purpose}" for path in incoming]
    purposes += [f"egress: {path.purpose}" for path in outgoing]
    return PodPolicy(name=_name(group), purposes=tuple(purposes), spec=spec)


def _peer(peer: Peer) -> NetworkPolicyPeerArgsDict:
    if peer.cidr is not None:
        if peer.except_cidrs:
            return {"ip_block": {"cidr": peer.cidr, "except_": list(peer.except_cidrs)}}
        return {"ip_block": {"cidr": peer.cidr}}
    if peer.namespace is None:
        # An empty peer would mean every pod of every namespace.
        raise ValueError("a network path's end names neither a namespace nor a CIDR")
    result: NetworkPolicyPeerArgsDict = {
        "namespace_selector": {"match_labels": {NAMESPACE_NAME: peer.namespace}}
    }
    if peer.labels:
        result["pod_selector"] = {"match_labels": dict(peer.labels)}
    return result


def _ports(path: NetworkPath) -> list[NetworkPolicyPortArgsDict]:
    return [{"port": port, "protocol": path.protocol} for port in path.ports]


def _name(group: tuple[tuple[str, str], ...]) -> str:
    """`monolith-api` for the name label alone; other labels are spelled out, so that no two groups meet."""
    if not group:
        return "every-pod"
    parts: list[str] = []
    for key, value in group:
        tail = key.rsplit("/", 1)[-1].lower()
        parts.append(value if tail == "name" else f"{tail}-{value}")
    return "-".join(parts)
