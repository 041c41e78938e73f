"""The Year 1 topology, in full: what runs, what holds state, who reaches whom."""

import pytest

from roadmap import Catalog, Topology, load_stack_file, resolve
from roadmap.topology import NetworkPath, Peer
from tests.roadmap.building import STACKS, topology_of


@pytest.fixture(scope="module")
def year1(catalog: Catalog) -> Topology:
    return resolve(load_stack_file(STACKS / "Pulumi.year1.yaml"), catalog)


def test_namespaces_are_the_monoliths(year1: Topology) -> None:
    assert [(n.name, n.owner, n.purpose) for n in year1.namespaces] == [
        ("year1-monolith", "monolith", "workloads"),
        ("year1-edge", "monolith", "edge"),
        ("year1-broker", "monolith", "broker"),
    ]


def test_every_domain_stands_at_its_first_phase(year1: Topology, catalog: Catalog) -> None:
    assert {p.domain: p.phase for p in year1.domains} == {e.domain: e.first.name for e in catalog.domains}
    assert year1.domains[0].domain == "ai"


def test_workloads_of_the_monolith(year1: Topology) -> None:
    (monolith,) = year1.services
    assert {w.name: (w.role.value, w.scaling.minimum, w.scaling.maximum) for w in monolith.workloads} == {
        "monolith-api": ("api", 2, 6),
        "monolith-worker": ("worker", 2, 4),
        "monolith-beat": ("beat", 1, 1),
        "notifications-consumer": ("worker", 1, 3),
    }
    assert monolith.migration is not None
    assert monolith.migration.command == ("alembic", "upgrade", "head")
    assert monolith.migration.name == "monolith-migration"


def test_the_api_alone_signs_tokens_and_publishes_the_keys(year1: Topology) -> None:
    (monolith,) = year1.services
    assert [w.name for w in monolith.workloads if w.signs_tokens] == ["monolith-api"]
    assert monolith.jwks_path == "/.well-known/jwks.json"
    assert [i.jwks_url for i in year1.issuers] == [
        "http://monolith-api.year1-monolith.svc:8000/.well-known/jwks.json"
    ]
    settings = {s.name: s.value for s in monolith.workloads[0].settings}
    assert settings["TOKEN_REFRESH_PATH"] == "/api/v1/auth/refresh"
    assert settings["TRUSTED_JWKS_URLS"] == year1.issuers[0].jwks_url


def test_every_pod_that_is_not_scheduled_can_be_probed(year1: Topology) -> None:
    for workload in year1.services[0].workloads:
        assert bool(workload.health_path) != bool(workload.health_command)
        assert bool(workload.health_path) == (workload.port is not None)


def test_stores_of_the_monolith(year1: Topology) -> None:
    postgres, redis = year1.stores
    assert (postgres.name, postgres.database, [u.name for u in postgres.users]) == (
        "monolith-postgres",
        "pmt",
        ["monolith"],
    )
    assert postgres.replica is not None
    assert postgres.replica.instances == 1
    assert (redis.name, redis.database, redis.replica) == ("monolith-redis", None, None)
    assert [u.name for u in redis.users] == ["celery", "cache", "pubsub"]
    celery, cache, pubsub = redis.users
    assert not set(celery.key_patterns) & set(cache.key_patterns)
    assert pubsub.key_patterns == ()
    assert all("+@all" not in user.commands or "-@dangerous" in user.commands for user in redis.users)


@pytest.mark.parametrize(
    ("environment", "followers", "nodes"),
    [("embedded", 1, 1), ("dev", 1, 1), ("staging", 2, 3), ("production", 2, 3)],
)
def test_instances_go_by_environment(catalog: Catalog, environment: str, followers: int, nodes: int) -> None:
    entry = catalog.monolith
    assert entry.stores[0].replicas[environment] == followers  # type: ignore[index]
    assert entry.broker.instances[environment] == nodes  # type: ignore[index]


def test_the_broker_carries_domain_events_with_a_dead_letter_queue_each(year1: Topology) -> None:
    broker = year1.broker
    assert (broker.exchange, broker.namespace) == ("domain.events", "year1-broker")
    (user,) = broker.users
    assert (user.name, user.configure, user.write, user.read) == (
        "monolith",
        "^$",
        r"^domain\.events$",
        r"^monolith\.",
    )
    (queue,) = broker.queues
    assert (queue.name, queue.dead_letter_queue) == (
        "monolith.notifications",
        "monolith.notifications.dead-letter",
    )
    assert queue.bindings


def test_the_root_path_leads_to_the_api(year1: Topology) -> None:
    (route,) = year1.routes
    (backend,) = route.backends
    assert (route.path_prefix, backend.service, backend.port, backend.weight) == (
        "/",
        "monolith-api",
        8000,
        100,
    )
    assert (year1.public.host, year1.public.tls_secret) == ("pmt.localhost", None)


def test_the_one_pipeline_is_the_monoliths(year1: Topology) -> None:
    (pipeline,) = year1.pipelines
    assert pipeline.registry == "registry.example.com/pmt/monolith"
    assert set(pipeline.deployments) == {w.name for w in year1.services[0].workloads}


def test_there_is_no_edge_between_services_because_there_is_one(year1: Topology) -> None:
    assert year1.edges == ()


def _ends(path: NetworkPath) -> tuple[str, str, tuple[int, ...]]:
    return _end(path.source), _end(path.target), path.ports


def _end(peer: Peer) -> str:
    return peer.cidr or f"{peer.namespace}:{'&'.join(value for _, value in peer.labels) or '*'}"


def test_network_paths_are_exactly_these(year1: Topology) -> None:
    ns, broker = "year1-monolith:", "year1-broker:rabbitmq&events"
    primary, redis = ns + "monolith-postgres&primary", ns + "monolith-redis"
    instances, api = ns + "monolith-postgres", "127.0.0.1/32"
    peers = (4369, 25672, *range(35672, 35683))
    public = "0.0.0.0/0"
    expected = {
        ("gateway-system:gateway", ns + "monolith-api", (8000,)),
        *((ns + name, primary, (5432,)) for name in (
            "monolith-api", "monolith-worker", "notifications-consumer", "monolith-migration")),
        *((ns + name, redis, (6379,)) for name in (
            "monolith-api", "monolith-worker", "monolith-beat", "notifications-consumer")),
        *((ns + name, broker, (5672,)) for name in (
            "monolith-api", "monolith-worker", "notifications-consumer")),
        ("cnpg-system:cloudnative-pg", instances, (5432, 8000)),
        (instances, instances, (5432, 8000)),
        (instances, api, (6443,)),
        ("rabbitmq-system:rabbitmq-operator", broker, (15672,)),
        (broker, broker, peers),
        (broker, api, (6443,)),
        ("year1-broker:events-definitions", broker, (15672,)),
        (ns + "monolith-postgres-grants", primary, (5432,)),
        ("year1-monolith:*", "kube-system:kube-dns", (53,)),
        ("year1-broker:*", "kube-system:kube-dns", (53,)),
        (ns + "monolith-api", public, (443,)),
        (ns + "monolith-worker", public, (443,)),
        (ns + "monolith-worker", public, (587,)),
    }  # fmt: skip
    assert {_ends(path) for path in year1.network} == expected
    assert {p.protocol for p in year1.network if p.ports == (53,)} == {"TCP", "UDP"}


def test_paths_to_the_outside_leave_out_private_ranges(year1: Topology) -> None:
    outside = [path for path in year1.network if path.target.cidr == "0.0.0.0/0"]
    assert outside
    for path in outside:
        assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(
            path.target.except_cidrs
        )


def test_every_path_says_why_it_exists(year1: Topology) -> None:
    assert all(len(path.purpose.split()) >= 2 for path in year1.network)


def test_metrics_are_open_to_monitoring_alone_and_only_where_it_is_named(catalog: Catalog) -> None:
    scraper = {"namespace": "monitoring", "labels": {"app": "prometheus"}}
    topology = topology_of(catalog, operators={"monitoring": scraper})
    ports = {path.ports for path in topology.network if path.source.namespace == "monitoring"}
    assert ports == {(9187,), (15692,)}


def test_equal_configs_give_equal_values_and_equal_text(catalog: Catalog) -> None:
    first, second = topology_of(catalog), topology_of(catalog)
    assert first == second
    assert first.model_dump_json() == second.model_dump_json()
    assert Topology.model_validate_json(first.model_dump_json()) == first


def test_application_secrets_are_those_the_workloads_name(year1: Topology) -> None:
    assert year1.application_secrets == ("LLM_API_KEY", "SMTP_PASSWORD")
