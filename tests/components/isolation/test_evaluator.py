"""The check can fail: the evaluator reads policies as Kubernetes does, and whatever is opened or closed is reported."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from roadmap.topology import Topology
from tests.components.isolation.comparison import compare, in_words
from tests.components.isolation.connections import block_of, divided
from tests.components.isolation.evaluator import EVERY_PORT, Evaluator
from tests.components.isolation.manifests import policy, rendered_policies
from tests.components.isolation.population import Pod, population
from tests.components.isolation.topologies import of_year

ONE = Pod(namespace="here", name="one", labels={"app": "one"})
TWO = Pod(namespace="here", name="two", labels={"app": "two"})
THERE = Pod(namespace="there", name="one", labels={"app": "one"})
EVERYBODY = (ONE, TWO, THERE)
NAMED_THERE = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "there"}}}
LABELLED_ONE = {"podSelector": {"matchLabels": {"app": "one"}}}


def ingress(peer: Mapping[str, Any] | None, *ports: Mapping[str, Any]) -> Mapping[str, Any]:
    """A policy of pod `two` with one rule."""
    rule: dict[str, Any] = {"from": [peer]} if peer else {}
    return {
        "podSelector": {"matchLabels": {"app": "two"}},
        "ingress": [rule | ({"ports": ports} if ports else {})],
    }


@pytest.mark.parametrize(
    ("spec", "opened"),
    [
        pytest.param({"podSelector": {}}, {}, id="default-deny"),
        pytest.param(ingress(None), {ONE: "all", THERE: "all"}, id="rule-without-peers"),
        pytest.param(ingress(LABELLED_ONE), {ONE: "all"}, id="pods-without-namespace-are-the-policys"),
        pytest.param(ingress(NAMED_THERE), {THERE: "all"}, id="namespace-by-label"),
        pytest.param(
            ingress({"namespaceSelector": {}} | LABELLED_ONE), {ONE: "all", THERE: "all"}, id="both-selectors"
        ),
        pytest.param(
            ingress(
                LABELLED_ONE, {"port": 80}, {"port": 8000, "endPort": 8010}, {"port": 53, "protocol": "UDP"}
            ),
            {ONE: "TCP 80,8000-8010 UDP 53"},
            id="ports-ranges-and-protocols",
        ),
        pytest.param(ingress({"ipBlock": {"cidr": "0.0.0.0/0"}}), {}, id="addresses-are-no-pods"),
    ],
)
def test_pods_are_found_as_kubernetes_finds_them(
    evaluator: Evaluator, spec: Mapping[str, Any], opened: Mapping[Pod, str]
) -> None:
    evaluated = evaluator.evaluate(EVERYBODY, [policy("here", "rules", spec)])
    found = {source: evaluated.ports(source, TWO) for source in (ONE, THERE)}
    words = {pod: "all" if ports == EVERY_PORT else in_words(ports) for pod, ports in found.items() if ports}
    assert words == opened


def test_addresses_keep_their_exceptions(evaluator: Evaluator) -> None:
    block = {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}
    rule = {"to": [block], "ports": [{"port": 443, "protocol": "TCP"}]}
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]}
    evaluated = evaluator.evaluate(EVERYBODY, [policy("here", "rules", spec)])
    parts = divided([block_of("10.0.0.0/8"), block_of("10.1.0.0/16")])
    assert [(part.id, in_words(evaluated.ports(ONE, part))) for part in parts] == [
        ("0.0.0.0-9.255.255.255", ""),
        ("10.0.0.0-10.0.255.255", "TCP 443"),
        ("10.1.0.0-10.1.255.255", ""),
        ("10.2.0.0-10.255.255.255", "TCP 443"),
        ("11.0.0.0-255.255.255.255", ""),
    ]


@pytest.fixture(scope="module")
def year3() -> Topology:
    return of_year("year3")


Policies = list[dict[str, Any]]


def named(policies: Policies, namespace: str, name: str) -> dict[str, Any]:
    """The spec of one policy; fails where there is none."""
    (found,) = (p for p in policies if p["metadata"] == {"namespace": namespace, "name": name})
    spec: dict[str, Any] = found["spec"]
    return spec


def without_default_deny(policies: Policies, topology: Topology) -> None:
    ai = {"namespace": "year3-ai", "name": "default-deny"}
    policies[:] = [found for found in policies if found["metadata"] != ai]


def ingress_only(policies: Policies, topology: Topology) -> None:
    named(policies, "year3-edge", "default-deny")["policyTypes"] = ["Ingress"]


def selectors_swapped(policies: Policies, topology: Topology) -> None:
    api, jobs = (named(policies, "year3-ai", f"allow-ai-{name}") for name in ("api", "jobs"))
    api["podSelector"], jobs["podSelector"] = jobs["podSelector"], api["podSelector"]


def around_the_proxy(policies: Policies, topology: Topology) -> None:
    edge = topology.edges[0]
    consumer, upstream = (
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
        }
        for namespace, name in (
            (edge.namespace, edge.consumer_workloads[0]),
            (edge.upstream_namespace, edge.upstream_workload),
        )
    )
    outward = {"to": [upstream], "ports": [{"port": edge.upstream_port}]}
    inward = {"from": [consumer], "ports": [{"port": edge.upstream_port}]}
    named(policies, edge.namespace, f"allow-{edge.consumer_workloads[0]}")["egress"].append(outward)
    named(policies, edge.upstream_namespace, f"allow-{edge.upstream_workload}")["ingress"].append(inward)


def any_namespace(policies: Policies, topology: Topology) -> None:
    edge = topology.edges[0]
    for rule in named(policies, edge.namespace, f"allow-{edge.name}")["ingress"]:
        for peer in rule["from"]:
            peer["namespaceSelector"] = {}


def private_addresses_too(policies: Policies, topology: Topology) -> None:
    for rule in named(policies, "year3-ai", "allow-ai-jobs")["egress"]:
        for peer in rule["to"]:
            peer.get("ipBlock", {}).pop("except", None)


def a_port_more(policies: Policies, topology: Topology) -> None:
    for spec, direction in (
        (named(policies, "year3-ai", "allow-cluster-ai-postgres"), "ingress"),
        (named(policies, "year3-ai", "allow-ai-api"), "egress"),
    ):
        for rule in spec[direction]:
            rule["ports"].append({"port": 22, "protocol": "TCP"})


def a_port_less(policies: Policies, topology: Topology) -> None:
    for rule in named(policies, "year3-broker", "allow-component-rabbitmq-events")["ingress"]:
        rule["ports"] = [port for port in rule["ports"] if port["port"] != 5672] or [{"port": 1}]


def one_way_only(policies: Policies, topology: Topology) -> None:
    del named(policies, "year3-analytics", "allow-analytics-clickhouse")["ingress"][0]


@pytest.mark.parametrize(
    ("change", "undeclared", "closed"),
    [
        pytest.param(
            without_default_deny,
            "elsewhere/stranger -> year3-ai/ai-migration-1 SCTP 1-65535",
            None,
            id="a-namespace-without-default-deny",
        ),
        pytest.param(
            ingress_only, "year3-edge/stranger -> elsewhere/stranger SCTP 1-65535", None, id="egress-open"
        ),
        pytest.param(
            selectors_swapped,
            "year3-ai/ai-api-1 -> 0.0.0.0-9.255.255.255 TCP 443",
            "year3-ai/ai-jobs-1 -> year3-ai/ai-reads-monolith-1 TCP 8080",
            id="selectors-swapped",
        ),
        pytest.param(
            around_the_proxy,
            "year3-ai/ai-jobs-1 -> year3-monolith/monolith-api-1 TCP 8000",
            None,
            id="around-an-edge",
        ),
        pytest.param(any_namespace, "elsewhere/impostor-", None, id="labels-of-any-namespace"),
        pytest.param(
            private_addresses_too,
            "year3-ai/ai-jobs-1 -> 10.0.0.0-10.255.255.255 TCP 443",
            None,
            id="private-addresses",
        ),
        pytest.param(
            a_port_more, "year3-ai/ai-api-1 -> year3-ai/ai-postgres-1 TCP 22", None, id="a-port-more"
        ),
        pytest.param(
            a_port_less, None, "year3-ai/ai-jobs-1 -> year3-broker/events-server-0 TCP 5672", id="a-port-less"
        ),
        pytest.param(
            one_way_only,
            None,
            "year3-analytics/analytics-api-1 -> year3-analytics/analytics-clickhouse-1 TCP 8123",
            id="egress-without-ingress",
        ),
    ],
)
def test_a_policy_that_says_something_else_is_reported(
    evaluator: Evaluator,
    year3: Topology,
    change: Callable[[Policies, Topology], None],
    undeclared: str | None,
    closed: str | None,
) -> None:
    pods = population(year3)
    policies = [copy.deepcopy(dict(manifest)) for manifest in rendered_policies(year3)]
    change(policies, year3)
    compared = compare(year3, pods, evaluator.evaluate(pods, policies))
    for expected, reported in ((undeclared, compared.undeclared), (closed, compared.closed)):
        assert bool(reported) == bool(expected), reported[:20]
        assert not expected or any(line.startswith(expected) for line in reported), reported[:20]


def test_an_opened_manifest_is_reported_line_by_line(evaluator: Evaluator, year3: Topology) -> None:
    spec = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "monolith-redis"}}, "ingress": [{}]}
    pods = population(year3)
    opened = [*rendered_policies(year3), policy("year3-monolith", "opened", spec)]
    compared = compare(year3, pods, evaluator.evaluate(pods, opened))
    assert compared.closed == ()
    assert compared.open > compared.declared
    strangers = [line for line in compared.undeclared if line.startswith("elsewhere/stranger -> ")]
    assert strangers == [
        f"elsewhere/stranger -> year3-monolith/monolith-redis-{number} SCTP 1-65535 TCP 1-65535 UDP 1-65535"
        for number in (1, 2)
    ]
