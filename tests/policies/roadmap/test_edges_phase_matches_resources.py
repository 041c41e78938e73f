"""Where `phase-matches-resources` begins and ends: what a service lacks, what is early, what the monolith runs."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, kube, resource
from .small import Objects, move, told

RULE = "phase-matches-resources"
SERVICE = move(ai={"phase": "service", "old_path": "retired"})
CONSUMER = deployment("notifications-consumer", namespace="monolith", owner="monolith")
"""What the monolith runs of the first phases."""


def judged(*objects: Any) -> list[str]:
    return told(RULE, [*objects, CONSUMER])


def work(name: str, owner: str = "ai", **rest: Any) -> Any:
    return deployment(name, namespace=owner, owner=owner, **rest)


def cluster(name: str = "ai-postgres", owner: str = "ai", **rest: Any) -> Any:
    return kube("Cluster", name, namespace=owner, owner=owner, spec={}, **rest)


def cache(name: str = "ai-redis", owner: str = "ai") -> Any:
    return work(name, owner, kind="StatefulSet", image="redis:7")


def namespace(owner: str = "ai") -> Any:
    return kube("Namespace", owner, namespace=None, owner=owner)


def lacks(*what: str, domain: str = "ai", phase: str = "service") -> list[str]:
    return [f"ExtractionRoadmap roadmap: {domain} is said to be at `{phase}`, and lacks {', '.join(what)}"]


API, JOBS, STORE, NAMESPACE = work("ai-api"), work("ai-jobs"), cluster(), namespace()


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([API, JOBS, STORE, NAMESPACE], [], id="nothing"),
        pytest.param([], lacks("workload ai-api", "workload ai-jobs", "store ai-postgres", "a namespace"),
                     id="everything"),
        pytest.param([API, STORE, NAMESPACE], lacks("workload ai-jobs"), id="a workload"),
        pytest.param([API, JOBS, NAMESPACE], lacks("store ai-postgres"), id="its store"),
        pytest.param([API, JOBS, STORE], lacks("a namespace"), id="its namespace"),
        pytest.param([API, JOBS, STORE, namespace("monolith")], lacks("a namespace"), id="all but another's"),
        pytest.param([work("ai-api-1", labels={"app.kubernetes.io/name": "ai-api"}), JOBS, STORE, NAMESPACE], [],
                     id="nothing, where a label has the name"),
        pytest.param([work("ai-api", labels={"app.kubernetes.io/name": "else"}), JOBS, STORE, NAMESPACE],
                     lacks("workload ai-api"), id="what the label says is something else"),
        pytest.param([work("ai-api", "monolith"), JOBS, STORE, NAMESPACE], lacks("workload ai-api"),
                     id="what only the monolith has"),
        pytest.param([API, JOBS, cluster(owner="monolith"), NAMESPACE], lacks("store ai-postgres"),
                     id="its store, which is the monolith's"),
        pytest.param([API, JOBS, cluster("other"), NAMESPACE], lacks("store ai-postgres"), id="its store by its name"),
    ],
)  # fmt: skip
def test_a_service_lacks(objects: Objects, expected: list[str]) -> None:
    assert judged(SERVICE, *objects) == expected


IDENTITY = move(auth={"phase": "identity-service", "old_path": "retired"})
URLS = "http://monolith-api.monolith:8000/jwks.json,https://login.example.com/jwks.json"
NO_KEYCLOAK = lacks("workload auth-keycloak", "store auth-postgres", "a namespace", domain="auth",
                    phase="identity-service")  # fmt: skip


def settings(key: str = "TRUSTED_JWKS_URLS", urls: Any = URLS, owner: str = "monolith") -> Any:
    return kube("ConfigMap", "settings", namespace=owner, owner=owner, data={"ENVIRONMENT": "dev", key: urls})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([settings()], [], id="trusted"),
        pytest.param([], NO_KEYCLOAK, id="none"),
        pytest.param([settings(urls="http://auth-keycloak.auth:8080/certs")], NO_KEYCLOAK, id="one in the cluster"),
        pytest.param([settings(key="PUBLIC_URL")], NO_KEYCLOAK, id="another address outside"),
        pytest.param([settings(urls=UNKNOWN)], NO_KEYCLOAK, id="an address that is not known yet"),
        pytest.param([settings(owner="ai")], NO_KEYCLOAK, id="trusted by another than the monolith"),
        pytest.param([kube("ConfigMap", "settings", namespace="monolith", owner="monolith")], NO_KEYCLOAK,
                     id="settings without data"),
        pytest.param([settings(), work("auth-keycloak", "auth")],
                     lacks("store auth-postgres", "a namespace", domain="auth", phase="identity-service"),
                     id="trusted, and something of auth runs here"),
    ],
)  # fmt: skip
def test_an_issuer_outside_the_cluster(objects: Objects, expected: list[str]) -> None:
    found = [line for line in judged(IDENTITY, *objects) if "auth" in line]
    assert found == expected


def test_an_issuer_outside_is_no_service_of_another_domain() -> None:
    analytics = move(analytics={"phase": "service", "old_path": "retired"})
    assert judged(analytics, settings()) == lacks(
        "workload analytics-api", "workload analytics-ingest", "store analytics-clickhouse", "a namespace",
        domain="analytics",
    )  # fmt: skip


def early(kind: str, name: str, phase: str = "interface", domain: str = "ai") -> str:
    return f"{kind} {name} ({domain}): {domain} is said to be at `{phase}`, and has {kind} {name} of its own"


def plain(kind: str, name: str, owner: str = "ai") -> Any:
    groups = {
        "HTTPRoute": "gateway.networking.k8s.io",
        "Ingress": "networking.k8s.io",
        "ServiceAccount": "core",
    }
    token = f"kubernetes:{groups.get(kind, 'rbac.authorization.k8s.io')}/v1:{kind}"
    labels = {"service-extraction/owner": owner}
    return resource(
        token, name, {"kind": kind, "metadata": {"name": name, "namespace": owner, "labels": labels}}
    )


PREPARED = [
    NAMESPACE,
    plain("ServiceAccount", "pipeline"),
    plain("Role", "release"),
    plain("RoleBinding", "bound"),
]
WORKER = work("ai-worker", "monolith")
SECOND_WORKER = work("worker-2", "monolith", labels={"app.kubernetes.io/name": "ai-worker"})
PARKED = move(ai={"phase": "worker", "parked": True})
STATED = move(projects={"phase": "module", "drivers": ["team_size_and_deploy_conflicts"]})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([move()], [], id="nothing"),
        pytest.param([move(), API], [early("Deployment", "ai-api")], id="a workload"),
        pytest.param([move(), work("once", kind="Job")], [early("Job", "once")], id="a Job"),
        pytest.param([move(), API, JOBS], [early("Deployment", "ai-api"), early("Deployment", "ai-jobs")],
                     id="two workloads"),
        pytest.param([move(), STORE], [early("Cluster", "ai-postgres")], id="a database"),
        pytest.param([move(), cache()], [early("StatefulSet", "ai-redis")], id="a cache"),
        pytest.param([move(), plain("HTTPRoute", "ai")], [early("HTTPRoute", "ai")], id="a route"),
        pytest.param([move(), plain("Ingress", "ai")], [early("Ingress", "ai")], id="an ingress"),
        pytest.param([move(), *PREPARED],
                     [early("Namespace", "ai"), early("RoleBinding", "bound"), early("ServiceAccount", "pipeline"),
                      early("Role", "release")], id="what prepares it"),
        pytest.param([move(ai={"phase": "worker"}), WORKER, *PREPARED], [], id="what prepares it, prepared"),
        pytest.param([move(ai={"phase": "worker"}), WORKER, API, STORE, plain("HTTPRoute", "ai")],
                     [early("HTTPRoute", "ai", "worker"), early("Deployment", "ai-api", "worker"),
                      early("Cluster", "ai-postgres", "worker")], id="a service, where it is only prepared"),
        pytest.param([PARKED, WORKER, STORE, cache(), *PREPARED], [], id="its stores, parked"),
        pytest.param([PARKED, WORKER, API],
                     [early("Deployment", "ai-api", "worker").replace("`worker`", "`worker`, parked")],
                     id="a workload, parked"),
        pytest.param([STATED, namespace("projects")], [], id="what prepares it, once its driver is stated"),
        pytest.param([move(), namespace("projects")], [early("Namespace", "projects", "module", "projects")],
                     id="what prepares it, before"),
    ],
)  # fmt: skip
def test_a_domain_has_too_early(objects: Objects, expected: list[str]) -> None:
    assert judged(*objects) == expected


def missing(domain: str, phase: str, name: str) -> str:
    return f"ExtractionRoadmap roadmap: {domain} stands at `{phase}`, and workload {name} of that phase is missing"


def other(where: str, what: str, domain: str = "ai") -> str:
    return f"{what}: {domain} stands at {where}, and {what} is of another phase"


SERVICE_OF_AI = [API, JOBS, STORE, NAMESPACE]
KEPT = move(ai={"phase": "service", "old_path": "kept", "weight": 10})
NOTIFICATIONS_ALONE = move(more={"nextPlacements": [{"domain": "notifications", "phase": "events"}]})
GATEWAY = move(notifications={"phase": "websocket-gateway"})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([move(), CONSUMER], [], id="as they stand"),
        pytest.param([move()], [missing("notifications", "events", "notifications-consumer")], id="one missing"),
        pytest.param([GATEWAY], [missing("notifications", "websocket-gateway", "notifications-consumer"),
                                 missing("notifications", "websocket-gateway", "notifications-gateway")],
                     id="two missing"),
        pytest.param([move(), deployment("notifications-consumer", owner="ai", namespace="lost")],
                     [early("Deployment", "notifications-consumer"),
                      missing("notifications", "events", "notifications-consumer")], id="another's of that name"),
        pytest.param([move(), CONSUMER, WORKER], [other("`interface`", "Deployment ai-worker")], id="one too many"),
        pytest.param([move(), CONSUMER, WORKER, SECOND_WORKER],
                     [other("`interface`", "Deployment ai-worker"), other("`interface`", "Deployment worker-2")],
                     id="two too many"),
        pytest.param([move(), CONSUMER, work("monolith-api", "monolith")], [], id="the monolith's own"),
        pytest.param([KEPT, CONSUMER, WORKER, *SERVICE_OF_AI], [], id="beside the service, while the old path is kept"),
        pytest.param([KEPT, CONSUMER, *SERVICE_OF_AI], [missing("ai", "worker", "ai-worker")],
                     id="missing beside the service"),
        pytest.param([SERVICE, CONSUMER, WORKER, *SERVICE_OF_AI],
                     [other("its service alone", "Deployment ai-worker")], id="after the old path is retired"),
        pytest.param([move(ai={"phase": "elsewhere"}), CONSUMER, WORKER, API], [],
                     id="a phase that AI does not have, which is another rule's"),
        pytest.param([NOTIFICATIONS_ALONE, WORKER], [missing("notifications", "events", "notifications-consumer")],
                     id="domains of which nothing is said"),
        pytest.param([CONSUMER, WORKER, API], [], id="no registered move"),
    ],
)  # fmt: skip
def test_what_the_monolith_runs_of_a_phase(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, objects) == expected
