"""What the roadmap says of who may reach whom, asked of the evaluator and not of the list of declared paths."""

from collections.abc import Callable

import pytest

from roadmap.resolve_network import PRIVATE_RANGES
from roadmap.topology import Edge, StoreKind
from tests.components.isolation.conftest import Cluster
from tests.components.isolation.connections import Addresses, End, block_of
from tests.components.isolation.population import INSTANCE_ROLE, Pod
from tests.components.isolation.topologies import SPREAD

ClusterOf = Callable[[str], Cluster]
FIRST = 20
"""Differences that a failure lists; one wrong policy can make thousands."""
CLOSED, DNS, AMQP, POSTGRES = "", "TCP 53 UDP 53", "TCP 5672", "TCP 5432"


def _edges() -> list[tuple[str, str]]:
    found = [(name, edge.name) for name, build in SPREAD.items() for edge in build().edges]
    assert len(found) >= 20
    return found


@pytest.mark.parametrize(("name", "edge_name"), _edges())
def test_an_edge_is_the_only_way_from_its_consumer_to_its_upstream(
    cluster_of: ClusterOf, name: str, edge_name: str
) -> None:
    cluster = cluster_of(name)
    (edge,) = (edge for edge in cluster.topology.edges if edge.name == edge_name)
    consumers = [
        pod for workload in edge.consumer_workloads for pod in cluster.called(edge.namespace, workload)
    ]
    proxies = cluster.called(edge.namespace, edge.name)
    upstreams = cluster.called(edge.upstream_namespace, edge.upstream_workload)
    everybody: list[End] = [*cluster.pods, *cluster.evaluated.blocks]
    for consumer in consumers:
        for upstream in upstreams:
            assert cluster.open(consumer, upstream) == CLOSED, f"{consumer.id} walks around {edge.name}"
    for proxy in proxies:
        for end in everybody:
            if end != proxy:
                inward = f"TCP {edge.port}" if end in consumers else CLOSED
                assert cluster.open(end, proxy) == inward, f"{end.id} to {proxy.id}"
                assert cluster.open(proxy, end) == _onward(edge, end, upstreams), f"{proxy.id} to {end.id}"


def _onward(edge: Edge, end: End, upstreams: tuple[Pod, ...]) -> str:
    if isinstance(end, Pod) and end.namespace == "kube-system" and end.labels.get("k8s-app") == "kube-dns":
        return DNS
    return f"TCP {edge.upstream_port}" if end in upstreams else CLOSED


@pytest.mark.parametrize("name", SPREAD)
def test_owners_meet_at_the_broker_over_edges_and_in_an_open_data_move_only(
    cluster_of: ClusterOf, name: str
) -> None:
    cluster = cluster_of(name)
    topology = cluster.topology
    broker = topology.broker
    allowed: dict[tuple[str, str], str] = {}
    for edge in topology.edges:
        for proxy in cluster.called(edge.namespace, edge.name):
            for upstream in cluster.called(edge.upstream_namespace, edge.upstream_workload):
                allowed[proxy.id, upstream.id] = f"TCP {edge.upstream_port}"
    for service in topology.services:
        for workload in service.workloads:
            for pod in cluster.called(service.namespace, workload.name) if workload.broker else ():
                for node in cluster.called(broker.namespace, f"{broker.name}-server"):
                    allowed[pod.id, node.id] = AMQP
    monolith = next(service.namespace for service in topology.services if service.owner == "monolith")
    for move in topology.backfills:
        (job,) = cluster.called(move.namespace, move.job)
        for instance in cluster.called(monolith, move.monolith_store):
            if instance.labels.get(INSTANCE_ROLE) == "primary":
                allowed[job.id, instance.id] = POSTGRES
    ours = {namespace.name for namespace in topology.namespaces}
    own = [pod for pod in cluster.pods if pod.namespace in ours]
    met = {
        (source.id, target.id): found
        for source in own
        for target in own
        if source.namespace != target.namespace and (found := cluster.open(source, target))
    }
    assert sorted(met.items() - allowed.items())[:FIRST] == []
    assert sorted(allowed.items() - met.items())[:FIRST] == []


@pytest.mark.parametrize("name", ["ai-parked", "ai-parked-and-discarded"])
def test_nobody_reaches_a_parked_store_and_it_reaches_nobody(cluster_of: ClusterOf, name: str) -> None:
    cluster = cluster_of(name)
    (store,) = (store for store in cluster.topology.stores if store.parked)
    everybody: list[End] = [*cluster.pods, *cluster.evaluated.blocks]
    parked = [pod for pod in cluster.pods if pod.namespace == store.namespace]
    assert {pod.name for pod in parked} >= {f"{store.name}-1", f"{store.name}-2", "stranger"}
    for pod in parked:
        for end in everybody:
            if end != pod:
                assert cluster.open(pod, end) == CLOSED, f"{pod.id} to {end.id}"
                assert cluster.open(end, pod) == CLOSED, f"{end.id} to {pod.id}"


MONOLITH = {"api", "consumer", "grants", "migration", "worker"}


@pytest.mark.parametrize(
    ("name", "primary", "replica"),
    [
        pytest.param("year1", MONOLITH, set(), id="in the monolith"),
        pytest.param("analytics-on-the-replica", MONOLITH, {"api"}, id="on the replica"),
        pytest.param("analytics-on-views", MONOLITH | {"refresh"}, {"api"}, id="on views"),
        pytest.param("year3", MONOLITH - {"consumer"}, set(), id="a service"),
    ],
)
def test_analytics_reads_the_replica_and_refreshes_on_the_primary(
    cluster_of: ClusterOf, name: str, primary: set[str], replica: set[str]
) -> None:
    """(2. Analytics Module Extraction: do not create real-time analytics on the primary database.)"""
    cluster = cluster_of(name)
    (store,) = (s for s in cluster.topology.stores if s.owner == "monolith" and s.kind is StoreKind.POSTGRES)
    reaching: dict[str, set[str]] = {"primary": set(), "replica": set()}
    for instance in cluster.called(store.namespace, store.name):
        for pod in cluster.pods:
            own = pod.namespace == store.namespace and not pod.name.startswith(f"{store.name}-")
            job = pod.name == f"{store.name}-grants-1"
            if (own or job) and cluster.open(pod, instance) == POSTGRES:
                reaching[instance.labels[INSTANCE_ROLE]].add(pod.name.split("-")[-2])
    assert reaching == {"primary": primary, "replica": replica}


@pytest.mark.parametrize("name", SPREAD)
def test_no_address_outside_reaches_a_pod_and_private_ones_are_reached_by_servers_only(
    cluster_of: ClusterOf, name: str
) -> None:
    cluster = cluster_of(name)
    private = [block_of(cidr) for cidr in PRIVATE_RANGES]
    ours = {namespace.name for namespace in cluster.topology.namespaces}
    outward = 0
    for pod in (pod for pod in cluster.pods if pod.namespace in ours):
        for block in cluster.evaluated.blocks:
            assert cluster.open(block, pod) == CLOSED, f"{block.id} to {pod.id}"
            found = cluster.open(pod, block)
            if any(_overlap(block, each) for each in private):
                is_server = (
                    "cnpg.io/cluster" in pod.labels
                    or pod.labels.get("app.kubernetes.io/component") == "rabbitmq"
                )
                to_api_server = found == "TCP 6443" and block == block_of("127.0.0.1/32") and is_server
                assert found == CLOSED or to_api_server, f"{pod.id} to {block.id}"
            outward += bool(found)
    assert outward > 0


def _overlap(one: Addresses, other: Addresses) -> bool:
    return one.first <= other.last and other.first <= one.last
