"""Where `parked-store` begins and ends: which stores are parked, what closes their namespace, who may delete them."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import OWNER, UNKNOWN, deployment, kube, resource, value
from .small import Objects, move, told

PARKED = move(ai={"phase": "worker", "parked": True})
BOTH = ["Ingress", "Egress"]


def store(name: str = "ai-postgres", owner: str = "ai", *, protect: bool = True) -> Any:
    """A store in the namespace of its owner."""
    return kube("Cluster", name, namespace=owner, owner=owner, protect=protect, spec={"instances": 1})


def policy(name: str = "deny", namespace: str = "ai", **spec: Any) -> Any:
    return kube("NetworkPolicy", name, namespace=namespace, spec=spec)


def closed(namespace: str = "ai") -> Any:
    return policy(namespace=namespace, podSelector={}, policyTypes=BOTH)


def rds(name: str = "main", *, protect: bool = True, **rest: Any) -> Any:
    body = {"engine": "postgres", "tags": {OWNER: "ai"}}
    return resource("aws:rds/instance:Instance", name, body, protect=protect, **rest)


READER = deployment("old", owner="monolith", env=[value("OLD_URL", "postgres://u@ai-postgres-rw.ai/ai")])
UNPROTECTED = "Cluster ai-postgres: Cluster ai-postgres is parked, and an update could delete it"
NOT_CLOSED = (
    "Cluster ai-postgres: Cluster ai-postgres is parked, and no NetworkPolicy denies all of its namespace"
)
OPENED = "NetworkPolicy in: Cluster ai-postgres is parked, and NetworkPolicy in opens its namespace"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([PARKED, closed(), store()], [], id="kept, closed and protected"),
        pytest.param([PARKED, closed(), store(protect=False)], [UNPROTECTED], id="not protected"),
        pytest.param([move(ai={"phase": "worker", "parked": True, "discarding": True}), closed(),
                      store(protect=False)], [], id="not protected, in the step before it may go"),
        pytest.param([PARKED, closed(), store(protect=False), deployment("ai-jobs", owner="ai")], [UNPROTECTED],
                     id="parked, and something of the domain runs"),
        pytest.param([move(), closed(), store(protect=False)], [UNPROTECTED], id="nothing runs, parked or not"),
        pytest.param([move(), closed(), store(protect=False), deployment("ai-api", owner="ai")], [],
                     id="in use and not parked"),
        pytest.param([move(), closed(), store(protect=False), deployment("analytics-api", owner="analytics")],
                     [UNPROTECTED], id="only another domain's workload runs"),
        pytest.param([resource("extraction:roadmap:ExtractionRoadmap", "roadmap", {}), closed(),
                      store(protect=False)], [UNPROTECTED], id="a move that cannot be read"),
        pytest.param([PARKED, closed(), kube("Cluster", "main", namespace="ai", owner="monolith")], [],
                     id="a store of the monolith"),
        pytest.param([PARKED, closed(), kube("RabbitmqCluster", "events", namespace="ai", owner="ai")], [],
                     id="a broker, which keeps no domain's data"),
        pytest.param(
            [PARKED, closed(), kube("StatefulSet", "ai-redis", namespace="ai", owner="ai", spec={
                "template": {"spec": {"containers": [{"name": "redis", "image": "redis:7"}]}}})],
            ["StatefulSet ai-redis: StatefulSet ai-redis is parked, and an update could delete it"],
            id="a cache",
        ),
        pytest.param(
            [PARKED, closed(), store(protect=False), store("ai-second", protect=False)],
            [UNPROTECTED, "Cluster ai-second: Cluster ai-second is parked, and an update could delete it"],
            id="two stores",
        ),
        pytest.param(
            [move(ai={"phase": "worker", "parked": True}, auth={"phase": "oidc", "parked": True}),
             closed(), store(protect=False), closed("auth"), store("auth-postgres", "auth", protect=False)],
            [UNPROTECTED, "Cluster auth-postgres: Cluster auth-postgres is parked, and an update could delete it"],
            id="of two domains",
        ),
    ],
)  # fmt: skip
def test_a_store_is_parked(objects: Objects, expected: list[str]) -> None:
    assert told("parked-store", objects) == expected


def test_a_parked_store_is_used() -> None:
    own = deployment("ai-jobs", owner="ai", env=[value("DATABASE_URL", "postgres://u@ai-postgres-rw.ai/ai")])
    assert told("parked-store", [PARKED, closed(), store(), READER, own]) == [
        "Deployment ai-jobs (ai): Cluster ai-postgres is parked (owner ai), and Deployment ai-jobs uses it",
        "Deployment old (ai): Cluster ai-postgres is parked (owner ai), and Deployment old uses it",
    ]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param([], [NOT_CLOSED], id="no policy"),
        pytest.param([closed("other")], [NOT_CLOSED], id="another namespace is closed"),
        pytest.param([policy(podSelector={}, policyTypes=["Ingress"])], [NOT_CLOSED], id="closed for what comes in"),
        pytest.param([policy(podSelector={}, policyTypes=["Egress"])], [NOT_CLOSED], id="closed for what goes out"),
        pytest.param([policy(podSelector={})], [NOT_CLOSED], id="no types"),
        pytest.param([policy(podSelector={}, policyTypes=UNKNOWN)], [NOT_CLOSED], id="types not known yet"),
        pytest.param([policy(podSelector={"matchLabels": {"app": "x"}}, policyTypes=BOTH)], [NOT_CLOSED],
                     id="closed for some of its pods"),
        pytest.param([policy(podSelector=UNKNOWN, policyTypes=BOTH)], [NOT_CLOSED], id="for pods not known yet"),
        pytest.param([policy(podSelector={}, policyTypes=BOTH, ingress=[], egress=[])], [], id="no ways in or out"),
        pytest.param([closed(), policy("two", podSelector={}, policyTypes=["Ingress"])], [], id="closed by one of two"),
        pytest.param([closed(), policy("in", "other", podSelector={}, ingress=[{}])], [],
                     id="another namespace is opened"),
        pytest.param([closed(), policy("in", podSelector={}, ingress=[{}])], [OPENED], id="a way in"),
        pytest.param([closed(), policy("in", podSelector={}, egress=[{}])], [OPENED], id="a way out"),
        pytest.param([closed(), policy("in", podSelector={}, ingress=UNKNOWN)], [OPENED], id="ways not known yet"),
        pytest.param([closed(), kube("NetworkPolicy", "in", namespace="ai", spec=UNKNOWN)], [OPENED],
                     id="nothing known yet"),
        pytest.param([policy("in", podSelector={}, policyTypes=BOTH, ingress=[{}])], [NOT_CLOSED, OPENED],
                     id="the only policy opens what it closes"),
        pytest.param(
            [policy("open", podSelector={}, egress=[{}]), closed(), policy("in", podSelector={}, ingress=[{}])],
            [OPENED, "NetworkPolicy open: Cluster ai-postgres is parked, and NetworkPolicy open opens its namespace"],
            id="two ways",
        ),
    ],
)  # fmt: skip
def test_the_namespace_of_a_parked_store_is_closed(policies: Objects, expected: list[str]) -> None:
    assert told("parked-store", [PARKED, store(), *policies]) == expected


def test_a_cloud_store_stands_in_no_namespace() -> None:
    assert told("parked-store", [PARKED, rds()]) == []
    assert told("parked-store", [PARKED, rds(protect=False)]) == [
        "Instance main: Instance main is parked, and an update could delete it"
    ]


def test_a_store_is_told_once_however_many_copies_it_has() -> None:
    main = rds(protect=False)
    copy = rds("copy", uses={"replicateSourceDb": [main]})
    assert told("parked-store", [PARKED, main, copy]) == [
        "Instance main: Instance main is parked, and an update could delete it"
    ]
