"""Default deny, and exactly the declared paths: one rule for each at either end, and nothing else is open."""

from collections import Counter
from typing import Any

import pytest

from components.rendering.network import pod_policies
from roadmap.topology import NetworkPath, Peer, Topology
from tests.components.program import Program

Rule = tuple[str, str, str, str, tuple[int, ...], str]
"""Namespace and pods that are selected, direction, the other end, ports, protocol."""


def _text(selector: dict[str, Any] | None) -> str:
    return ",".join(
        f"{key}={value}" for key, value in sorted((selector or {}).get("matchLabels", {}).items())
    )


def _other_end(peer: dict[str, Any]) -> str:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        return f"{block['cidr']} except {sorted(block.get('except', []))}"
    namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    return f"{namespace}/{_text(peer.get('podSelector'))}"


def registered_rules(program: Program) -> list[Rule]:
    rules: list[Rule] = []
    for policy in program.of("NetworkPolicy"):
        selected = _text(policy.spec["podSelector"])
        for direction, ends in (("ingress", "from"), ("egress", "to")):
            for rule in policy.spec.get(direction, []):
                (peer,) = rule[ends]
                protocols = {port["protocol"] for port in rule["ports"]}
                assert len(protocols) == 1
                ports = tuple(int(port["port"]) for port in rule["ports"])
                namespace = policy.namespace
                assert namespace is not None
                rules.append((namespace, selected, direction, _other_end(peer), ports, protocols.pop()))
    return rules


def declared_rules(topology: Topology) -> list[Rule]:
    ours = {namespace.name for namespace in topology.namespaces}

    def labels(peer: Peer) -> str:
        return ",".join(f"{key}={value}" for key, value in sorted(peer.labels))

    def end(peer: Peer) -> str:
        return (
            f"{peer.cidr} except {sorted(peer.except_cidrs)}"
            if peer.cidr
            else f"{peer.namespace}/{labels(peer)}"
        )

    rules: list[Rule] = []
    for path in topology.network:
        for direction, own, other in (
            ("ingress", path.target, path.source),
            ("egress", path.source, path.target),
        ):
            if own.namespace in ours:
                assert own.namespace is not None
                rules.append((own.namespace, labels(own), direction, end(other), path.ports, path.protocol))
    return rules


def test_every_path_becomes_exactly_one_rule_at_each_end_and_nothing_else_is_open(
    any_program: Program, any_topology: Topology
) -> None:
    declared = Counter(declared_rules(any_topology))
    assert len(declared) >= 40
    assert Counter(registered_rules(any_program)) == declared


def test_every_namespace_denies_by_default(any_program: Program, any_topology: Topology) -> None:
    denying = {
        policy.namespace
        for policy in any_program.of("NetworkPolicy")
        if policy.spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    }
    assert denying == {namespace.name for namespace in any_topology.namespaces}


def test_policy_types_name_exactly_the_directions_that_have_rules(any_program: Program) -> None:
    for policy in any_program.of("NetworkPolicy"):
        if policy.object_name != "default-deny":
            directions = [kind for kind in ("Ingress", "Egress") if kind.lower() in policy.spec]
            assert policy.spec["policyTypes"] == directions, policy.id


def test_every_rule_says_why(any_program: Program) -> None:
    for policy in any_program.of("NetworkPolicy"):
        reasons = policy.metadata["annotations"]["service-extraction/purpose"].splitlines()
        rules = [*policy.spec.get("ingress", []), *policy.spec.get("egress", [])]
        assert len(reasons) == max(1, len(rules)), policy.id


def test_selected_pods_exist(any_program: Program) -> None:
    """A policy that selects nothing would close a path that is declared."""
    made_by_operators = {"cnpg.io/cluster", "cnpg.io/instanceRole"}
    own = [
        (found.namespace, found.pod_template["metadata"]["labels"])
        for found in any_program.with_pods
        if found.pod_template is not None
    ]
    broker = any_program.of("RabbitmqCluster")[0]
    operator_labels = {
        "app.kubernetes.io/component": "rabbitmq",
        "app.kubernetes.io/name": broker.object_name,
    }
    own.append((broker.namespace, operator_labels))
    for policy in any_program.of("NetworkPolicy"):
        wanted = policy.spec["podSelector"].get("matchLabels", {})
        if policy.object_name != "default-deny" and not made_by_operators & set(wanted):
            assert any(
                namespace == policy.namespace and wanted.items() <= labels.items()
                for namespace, labels in own
            ), policy.id


def path(source: Peer, target: Peer, **more: Any) -> NetworkPath:
    return NetworkPath(source=source, target=target, ports=(80,), purpose="a test", **more)


A = Peer(namespace="one", labels=(("app.kubernetes.io/name", "a"),))
A_OTHERWISE = Peer(namespace="one", labels=(("cnpg.io/cluster", "a"),))
A_REPLICA = Peer(namespace="one", labels=(("cnpg.io/cluster", "a"), ("cnpg.io/instanceRole", "replica")))
EVERY = Peer(namespace="one")
B = Peer(namespace="two", labels=(("app.kubernetes.io/name", "b"),))
OUTSIDE = Peer(cidr="0.0.0.0/0", except_cidrs=("10.0.0.0/8",))


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        pytest.param([], [], id="no-path"),
        pytest.param([path(B, B)], [], id="elsewhere"),
        pytest.param([path(A, B)], ["a"], id="from-here"),
        pytest.param([path(B, A)], ["a"], id="to-here"),
        pytest.param([path(A, A)], ["a"], id="among-peers"),
        pytest.param([path(A, OUTSIDE), path(A, B)], ["a"], id="one-policy-for-two-paths"),
        pytest.param(
            [path(B, A), path(B, A_OTHERWISE), path(B, A_REPLICA), path(EVERY, B)],
            ["a", "cluster-a", "cluster-a-instancerole-replica", "every-pod"],
            id="groups-never-share-a-name",
        ),
    ],
)
def test_policies_of_a_namespace(paths: list[NetworkPath], names: list[str]) -> None:
    assert [policy.name for policy in pod_policies("one", paths)] == names


def test_addresses_keep_their_exceptions() -> None:
    (policy,) = pod_policies("one", [path(A, OUTSIDE)])
    assert policy.spec["egress"] == [
        {
            "to": [{"ip_block": {"cidr": "0.0.0.0/0", "except_": ["10.0.0.0/8"]}}],
            "ports": [{"port": 80, "protocol": "TCP"}],
        }
    ]


def test_an_end_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a namespace nor a CIDR"):
        pod_policies("one", [path(Peer(), A)])
