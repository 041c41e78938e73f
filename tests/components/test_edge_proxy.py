"""The proxy of a declared read: what its configuration says of the edge, and the objects that run it."""

from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

import roadmap
from components.application.pod import CHECKSUM_ANNOTATION
from components.edge_proxy import EdgeProxy, EdgeProxyArgs
from components.labels import NAME, OWNER
from components.rendering.haproxy import HEALTH_PATH, haproxy_configuration, health_port
from roadmap.topology import Edge, Environment
from tests.components.program import RecordingMonitor, Registered, Unexpected

ROOT = Path(__file__).resolve().parents[2]
EDGE = Edge(
    name="ai-reads-monolith",
    consumer="ai",
    consumer_workloads=("ai-jobs",),
    namespace="year2-ai",
    port=8080,
    upstream="monolith",
    upstream_namespace="year2-monolith",
    upstream_workload="monolith-api",
    upstream_port=8000,
    path_prefixes=("/api/v1/projects", "/api/v1/tasks"),
    timeout_seconds=2.0,
    breaker_errors=5,
    breaker_seconds=30.0,
)


def lines(edge: Edge = EDGE) -> list[str]:
    """The configuration without indentation."""
    return [line.strip() for line in haproxy_configuration(edge).split("\n")]


def section(name: str, edge: Edge = EDGE) -> list[str]:
    """Lines of one section, its head left out."""
    found = lines(edge)
    start = found.index(name) + 1
    return found[start : found.index("", start)]


@pytest.mark.parametrize(
    ("changes", "line", "where"),
    [
        pytest.param({"port": 9090}, "bind :9090", "frontend consumer", id="port"),
        pytest.param({"port": 9090}, "bind :9091", "frontend health", id="health-port"),
        pytest.param({"timeout_seconds": 0.25}, "timeout server 250ms", "defaults", id="timeout"),
        pytest.param({"timeout_seconds": 0.25}, "timeout connect 250ms", "defaults", id="connect"),
        pytest.param(
            {"timeout_seconds": 0.25},
            "http-response wait-for-body time 250ms",
            "frontend buffering",
            id="whole-answer",
        ),
        pytest.param(
            {"breaker_seconds": 1.5},
            "stick-table type string len 8 size 1 expire 1500ms store gpc0",
            "backend circuit",
            id="breaker-seconds",
        ),
        pytest.param(
            {"breaker_errors": 7, "breaker_seconds": 1.5},
            "http-request return status 503 content-type text/plain string 'circuit open' hdr Retry-After 2"
            " if { str(upstream),table_gpc0(circuit) ge 7 }",
            "frontend consumer",
            id="breaker-errors",
        ),
        pytest.param(
            {"path_prefixes": ("/a/b", "/c/")},
            "acl declared path '/a/b' '/c'",
            "frontend consumer",
            id="paths",
        ),
        pytest.param(
            {"path_prefixes": ("/a/b", "/c/")},
            "acl declared path_beg '/a/b/' '/c/'",
            "frontend consumer",
            id="paths-below",
        ),
        pytest.param(
            {"upstream_workload": "api", "upstream_namespace": "prod", "upstream_port": 81},
            "server upstream api.prod.svc.cluster.local:81 resolvers cluster init-addr none resolve-prefer ipv4",
            "backend upstream",
            id="upstream",
        ),
        pytest.param({"name": "a-reads-b"}, "bind abns@a-reads-b", "frontend buffering", id="inner-listener"),
        pytest.param(
            {"name": "a-reads-b"}, "server whole abns@a-reads-b", "backend whole", id="inner-server"
        ),
    ],
)
def test_the_configuration_follows_the_edge(changes: dict[str, Any], line: str, where: str) -> None:
    edge = EDGE.model_copy(update=changes)
    assert line in section(where, edge)
    assert line not in lines()


@pytest.mark.parametrize(
    "prefix",
    ["/", "", "api", "/a b", "/a'b", "/a\nb", "/a//b", "/a/%2e", "/a;b", "/a\\b", "/../a", "/a/./b"],
)
def test_a_prefix_that_is_no_plain_path_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="edge ai-reads-monolith"):
        haproxy_configuration(EDGE.model_copy(update={"path_prefixes": ("/api", prefix)}))


def test_requests_are_counted_only_after_everything_that_refuses_them() -> None:
    rules = [line for line in section("frontend consumer") if line.startswith("http-request")]
    assert [rule.split("status ")[1][:3] for rule in rules[:-1]] == ["403", "405", "400", "503"]
    assert rules[-1] == "http-request track-sc0 str(upstream) table circuit"


@pytest.mark.parametrize("year", ["year2", "year3"])
def test_every_edge_of_the_roadmap_has_a_configuration(year: str) -> None:
    config = roadmap.load_stack_file(ROOT / "stacks" / f"Pulumi.{year}.yaml")
    edges = roadmap.resolve(config, roadmap.load_catalog()).edges
    assert edges
    for edge in edges:
        assert f"bind :{edge.port}" in section("frontend consumer", edge)


def registered(edge: Edge = EDGE, environment: Environment = Environment.PRODUCTION) -> dict[str, Registered]:
    """What one proxy registers, by kind."""
    monitor = RecordingMonitor()
    mocks.set_mocks(Unexpected(), project="service-extraction", stack="year2", monitor=monitor)
    proxies: list[EdgeProxy] = []

    def program() -> None:
        proxies.append(
            EdgeProxy(
                edge.name,
                EdgeProxyArgs(
                    edge=edge,
                    namespace=pulumi.Output.from_input(edge.namespace),
                    image="docker.io/library/haproxy:3.2.3",
                    environment=environment,
                ),
            )
        )

    try:
        _sync_await(run_pulumi_func(program))
    finally:
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
    assert proxies[0].url == f"http://{edge.name}.{edge.namespace}.svc:{edge.port}"
    by_kind = {resource.kind: resource for resource in monitor.recorded}
    assert len(by_kind) == len(monitor.recorded)
    return by_kind


@pytest.fixture(scope="module")
def proxy() -> dict[str, Registered]:
    """One proxy where pods run something."""
    return registered()


def pod(proxy: dict[str, Registered]) -> Any:
    template = proxy["Deployment"].pod_template
    assert template is not None
    return template


def test_it_is_made_of_these_objects_of_its_consumer(proxy: dict[str, Registered]) -> None:
    assert set(proxy) == {
        "EdgeProxy",
        "ConfigMap",
        "ServiceAccount",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
    }
    component = proxy["EdgeProxy"]
    assert component.token == "extraction:edge:EdgeProxy"
    for resource in (found for found in proxy.values() if found.is_object):
        assert resource.parent == component.urn, resource.id
        assert resource.namespace == "year2-ai", resource.id
        found = resource.metadata["labels"]
        assert (found[OWNER], found[NAME]) == ("ai", "ai-reads-monolith"), resource.id
        assert found["app.kubernetes.io/component"] == "proxy", resource.id


def test_consumers_reach_the_proxy_and_not_its_health_port(proxy: dict[str, Registered]) -> None:
    service = proxy["Service"]
    assert service.object_name == "ai-reads-monolith"
    assert service.spec["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]
    template = pod(proxy)
    assert service.spec["selector"].items() <= template["metadata"]["labels"].items()
    (container,) = template["spec"]["containers"]
    assert container["ports"] == [
        {"name": "http", "containerPort": 8080},
        {"name": "health", "containerPort": health_port(EDGE)},
    ]
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        assert container[probe]["httpGet"] == {"path": HEALTH_PATH, "port": "health"}


def test_a_pod_is_restricted_and_has_no_token(proxy: dict[str, Registered]) -> None:
    spec = pod(proxy)["spec"]
    assert proxy["ServiceAccount"].inputs["automountServiceAccountToken"] is False
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == "ai-reads-monolith"
    context = spec["securityContext"]
    assert (context["runAsNonRoot"], context["runAsUser"]) == (True, 99)
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"].keys() == {"memory"}


def test_it_runs_what_the_config_map_holds(proxy: dict[str, Registered]) -> None:
    config_map = proxy["ConfigMap"]
    assert config_map.inputs["data"] == {"haproxy.cfg": haproxy_configuration(EDGE)}
    spec = pod(proxy)["spec"]
    assert spec["volumes"] == [{"name": "configuration", "configMap": {"name": config_map.object_name}}]
    (container,) = spec["containers"]
    (mount,) = container["volumeMounts"]
    assert mount == {"name": "configuration", "mountPath": "/usr/local/etc/haproxy", "readOnly": True}
    assert container["command"] == ["haproxy", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
    assert container["image"] == "docker.io/library/haproxy:3.2.3"


def test_two_pods_apart_from_each_other_one_always_there(proxy: dict[str, Registered]) -> None:
    deployment = proxy["Deployment"].spec
    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    budget = proxy["PodDisruptionBudget"].spec
    assert (budget["maxUnavailable"], budget["selector"]) == (1, deployment["selector"])
    spread = pod(proxy)["spec"]["topologySpreadConstraints"]
    assert [constraint["topologyKey"] for constraint in spread] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    assert all(constraint["labelSelector"] == deployment["selector"] for constraint in spread)


@pytest.mark.parametrize(
    ("changes", "rolls"),
    [
        pytest.param({"timeout_seconds": 3.0}, True, id="timeout"),
        pytest.param({"breaker_errors": 6}, True, id="breaker"),
        pytest.param({"path_prefixes": ("/api/v1/tasks",)}, True, id="paths"),
        pytest.param({"consumer_workloads": ("ai-jobs", "ai-api")}, False, id="another-workload-reads"),
    ],
)
def test_a_changed_configuration_rolls_the_pods(
    proxy: dict[str, Registered], changes: dict[str, Any], rolls: bool
) -> None:
    changed = registered(EDGE.model_copy(update=changes))
    annotations = [pod(found)["metadata"]["annotations"][CHECKSUM_ANNOTATION] for found in (proxy, changed)]
    assert (annotations[0] != annotations[1]) is rolls


@pytest.mark.parametrize(
    ("environment", "seconds", "drains"),
    [
        pytest.param(Environment.PRODUCTION, 12, True, id="production"),
        pytest.param(Environment.EMBEDDED, 2, False, id="embedded"),
    ],
)
def test_a_pod_ends_its_reads_before_it_stops(environment: Environment, seconds: int, drains: bool) -> None:
    spec = pod(registered(environment=environment))["spec"]
    assert spec["terminationGracePeriodSeconds"] == seconds
    assert ("lifecycle" in spec["containers"][0]) is drains
