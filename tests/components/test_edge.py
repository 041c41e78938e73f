"""The public edge: listeners, routes with their weights and cohorts, and grants that name what they open."""

from typing import Any

import pytest

from components.rendering.routes import gateway_listeners, http_route_rules
from roadmap.topology import Backend, PublicEndpoint, Route, Topology
from tests.components.program import Program

OLD = Backend(owner="monolith", namespace="app", service="monolith-api", port=8000, weight=90)
NEW = Backend(owner="ai", namespace="ai", service="ai-api", port=8080, weight=10)
PATH = {"path": {"type": "PathPrefix", "value": "/api/v1/ai"}}
TO_OLD = {"name": "monolith-api", "port": 8000, "namespace": "app"}
TO_NEW = {"name": "ai-api", "port": 8080, "namespace": "ai"}


def route(*backends: Backend, cohort: str | None = None) -> Route:
    return Route(name="ai", owner="ai", path_prefix="/api/v1/ai", backends=backends, cohort=cohort)


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        pytest.param(
            route(OLD.model_copy(update={"weight": 100})),
            [{"matches": [PATH], "backendRefs": [{**TO_OLD, "weight": 100}]}],
            id="one-backend",
        ),
        pytest.param(
            route(OLD, NEW),
            [{"matches": [PATH], "backendRefs": [{**TO_OLD, "weight": 90}, {**TO_NEW, "weight": 10}]}],
            id="by-weight",
        ),
        pytest.param(
            route(OLD, NEW, cohort="x-path"),
            [
                {
                    "matches": [{**PATH, "headers": [{"name": "x-path", "value": "monolith"}]}],
                    "backendRefs": [TO_OLD],
                },
                {
                    "matches": [{**PATH, "headers": [{"name": "x-path", "value": "ai"}]}],
                    "backendRefs": [TO_NEW],
                },
                {"matches": [PATH], "backendRefs": [{**TO_OLD, "weight": 90}, {**TO_NEW, "weight": 10}]},
            ],
            id="cohort-pins-before-weight",
        ),
        pytest.param(
            route(OLD.model_copy(update={"weight": 100}), cohort="x-path"),
            [{"matches": [PATH], "backendRefs": [{**TO_OLD, "weight": 100}]}],
            id="cohort-with-one-path",
        ),
        pytest.param(
            route(OLD.model_copy(update={"weight": 100, "namespace": "edge"})),
            [{"matches": [PATH], "backendRefs": [{"name": "monolith-api", "port": 8000, "weight": 100}]}],
            id="backend-beside-the-gateway",
        ),
    ],
)
def test_rules(given: Route, rules: list[dict[str, Any]]) -> None:
    assert http_route_rules(given, edge_namespace="edge") == rules


@pytest.mark.parametrize(
    ("tls_secret", "listener"),
    [
        pytest.param(None, {"name": "http", "port": 80, "protocol": "HTTP"}, id="plain"),
        pytest.param(
            "certificate",
            {
                "name": "https",
                "port": 443,
                "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "certificate"}]},
            },
            id="tls",
        ),
    ],
)
def test_listener(tls_secret: str | None, listener: dict[str, Any]) -> None:
    public = PublicEndpoint(
        namespace="edge",
        gateway="public",
        gateway_class="envoy",
        host="pmt.example.com",
        tls_secret=tls_secret,
    )
    assert gateway_listeners(public) == [
        {**listener, "hostname": "pmt.example.com", "allowedRoutes": {"namespaces": {"from": "Same"}}}
    ]


def test_a_grant_opens_named_services_to_the_edges_routes_only(program: Program) -> None:
    (grant,) = program.of("ReferenceGrant")
    assert grant.namespace == "year1-monolith"
    assert grant.spec == {
        "from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "year1-edge"}],
        "to": [{"group": "", "kind": "Service", "name": "monolith-api"}],
    }


def test_every_public_path_has_one_route_whose_backends_are_services(
    program: Program, topology: Topology
) -> None:
    services = {(found.namespace, found.object_name): found.spec["ports"] for found in program.of("Service")}
    assert [found.object_name for found in program.of("HTTPRoute")] == [
        found.name for found in topology.routes
    ]
    for found in program.of("HTTPRoute"):
        assert found.namespace == "year1-edge"
        assert found.spec["parentRefs"] == [{"name": "public"}]
        for rule in found.spec["rules"]:
            assert sum(reference["weight"] for reference in rule["backendRefs"]) == 100
            for reference in rule["backendRefs"]:
                (port,) = services[reference["namespace"], reference["name"]]
                assert port["port"] == reference["port"]


def test_endpoints_are_the_public_urls(program: Program) -> None:
    assert dict(program.root.endpoints) == {"monolith": "http://pmt.localhost/"}
