"""Where `notifications-own-store` begins and ends: its database, and every way to what the monolith keeps."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, from_config, from_secret, kube, secret, service, value
from .small import Objects, move, told

RULE = "notifications-own-store"
SERVICE = move(notifications={"phase": "service", "old_path": "kept"})
MOVING = move(notifications={"phase": "service", "old_path": "kept", "backfill": "forward"})
OWN = kube("Cluster", "own", owner="notifications", spec={})
MAIN = kube("Cluster", "main", owner="monolith", spec={})
REDIS = [
    deployment("redis", kind="StatefulSet", owner="monolith", image="redis:7", ports=[6379]),
    service("redis", "redis", 6379, owner="monolith"),
]
BACKFILL = "notifications-backfill"
DATABASE_URL = value("DATABASE_URL", "postgres://u:p@main-rw/app")
PUBSUB_URL = value("PUBSUB_URL", "redis://redis:6379/0")


def work(name: str = "notify", owner: str = "notifications", **rest: Any) -> Any:
    return deployment(name, owner=owner, **rest)


def backfill(**rest: Any) -> Any:
    """The Job of a data move."""
    return work(BACKFILL, kind="Job", labels={"app.kubernetes.io/name": BACKFILL}, **rest)


def found(blamed: str, text: str) -> str:
    return f"{blamed} (notifications, monolith): {text}"


OF_DATABASE = "(owner monolith): notifications are kept in the service's own database"
OF_CACHE = "(owner monolith): the gateway is part of the service now, and off the monolith's Redis"
USES_DATABASE = found("Deployment notify", f"notify → env DATABASE_URL → Cluster main {OF_DATABASE}")
USES_CACHE = found("Deployment notify", f"notify → env PUBSUB_URL → StatefulSet redis {OF_CACHE}")


@pytest.mark.parametrize(
    ("root", "objects", "expected"),
    [
        pytest.param(SERVICE, [work(env=[DATABASE_URL])], [USES_DATABASE], id="the monolith's database"),
        pytest.param(SERVICE, [work(env=[PUBSUB_URL])], [USES_CACHE], id="the monolith's cache"),
        pytest.param(SERVICE, [work(env=[value("DATABASE_URL", "postgres://u:p@own-rw/app")])], [], id="its own"),
        pytest.param(SERVICE, [work(env=[value("EVENTS_URL", "amqp://u:p@events:5672/")]),
                               kube("RabbitmqCluster", "events", owner="monolith", spec={})], [], id="the broker"),
        pytest.param(SERVICE, [work("web", "monolith", env=[DATABASE_URL])], [], id="the monolith's own workload"),
        pytest.param(SERVICE, [work("web", "monolith", env=[DATABASE_URL]), work(env=[PUBSUB_URL])],
                     [USES_CACHE], id="after the monolith's own workload"),
        pytest.param(MOVING, [backfill(env=[DATABASE_URL])], [], id="the Job that moves its data"),
        pytest.param(MOVING, [backfill(env=[DATABASE_URL]), work(env=[DATABASE_URL])], [USES_DATABASE],
                     id="another workload while data moves"),
        pytest.param(SERVICE, [backfill(env=[DATABASE_URL])],
                     [found(f"Job {BACKFILL}", f"{BACKFILL} → env DATABASE_URL → Cluster main {OF_DATABASE}")],
                     id="the Job while no data moves"),
    ],
)  # fmt: skip
def test_it_uses_nothing_of_the_monolith(root: Any, objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [root, OWN, MAIN, *REDIS, *objects]) == expected


def credential(owner: str = "monolith", kind: str = "Secret", name: str = "login") -> Any:
    held = {"stringData": {"password": secret("x")}} if kind == "Secret" else {"data": {"password": "x"}}
    return kube(kind, name, owner=owner, **held)


PASSWORD = from_secret("P", "login", "password")
READS = found("Deployment notify", "notify → Secret login (owner monolith): what it opens is not its own")


@pytest.mark.parametrize(
    ("root", "objects", "expected"),
    [
        pytest.param(SERVICE, [credential(), work(env=[PASSWORD])], [READS], id="a Secret of the monolith"),
        pytest.param(SERVICE, [kube("Secret", "login", owner="monolith", stringData=UNKNOWN), work(env=[PASSWORD])],
                     [READS], id="whose content is not known yet"),
        pytest.param(SERVICE, [credential("notifications"), work(env=[PASSWORD])], [], id="a Secret of its own"),
        pytest.param(SERVICE, [work(env=[PASSWORD])], [], id="a Secret that nothing declares"),
        pytest.param(SERVICE, [credential(kind="ConfigMap"), work(env=[from_config("P", "login", "password")])], [],
                     id="a ConfigMap of the monolith"),
        pytest.param(SERVICE, [credential(), work("web", "monolith", env=[PASSWORD])], [], id="read by the monolith"),
        pytest.param(SERVICE, [credential(), credential(kind="ConfigMap", name="flags"), work(env=[
            from_config("F", "flags", "password"), from_secret("Q", "gone", "q"), PASSWORD])],
                     [READS], id="after a ConfigMap, and a Secret that nothing declares"),
        pytest.param(MOVING, [credential(), backfill(env=[PASSWORD])], [], id="by the Job that moves its data"),
    ],
)  # fmt: skip
def test_it_reads_no_secret_of_the_monolith(root: Any, objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [root, OWN, *objects]) == expected


def policy(app: str, *peers: dict[str, str], name: str = "out") -> Any:
    to = [{"to": [{"podSelector": {"matchLabels": labels}} for labels in peers]}]
    return kube("NetworkPolicy", name, spec={"podSelector": {"matchLabels": {"app": app}}, "egress": to})


TO_MAIN, TO_REDIS, TO_OWN = {"cnpg.io/cluster": "main"}, {"app": "redis"}, {"cnpg.io/cluster": "own"}
OUT = "notify → NetworkPolicy out →"


@pytest.mark.parametrize(
    ("root", "objects", "expected"),
    [
        pytest.param(SERVICE, [work(), policy("notify", TO_MAIN)],
                     [found("NetworkPolicy out", f"{OUT} Cluster main {OF_DATABASE}")], id="the monolith's database"),
        pytest.param(SERVICE, [work(), policy("notify", TO_OWN, TO_REDIS)],
                     [found("NetworkPolicy out", f"{OUT} StatefulSet redis {OF_CACHE}")],
                     id="its own, and the monolith's cache"),
        pytest.param(SERVICE, [work(), policy("notify", TO_OWN)], [], id="its own"),
        pytest.param(SERVICE, [work("web", "monolith"), policy("web", TO_MAIN)], [], id="the monolith's own workload"),
        pytest.param(MOVING, [backfill(), policy(BACKFILL, TO_MAIN)], [], id="the Job that moves its data"),
    ],
)  # fmt: skip
def test_the_network_lets_it_reach_nothing_of_the_monolith(
    root: Any, objects: Objects, expected: list[str]
) -> None:
    assert told(RULE, [root, OWN, MAIN, *REDIS, *objects]) == expected


NONE = "ExtractionRoadmap roadmap (notifications): notifications is a service without a database of its own"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([SERVICE, OWN], [], id="a database of its own"),
        pytest.param([SERVICE], [NONE], id="no database"),
        pytest.param([SERVICE, MAIN], [NONE], id="the monolith's only"),
        pytest.param([SERVICE, work("cache", kind="StatefulSet", image="redis:7", ports=[6379])], [NONE],
                     id="a cache of its own only"),
        pytest.param([move(notifications={"phase": "websocket-gateway"})], [], id="inside the monolith"),
        pytest.param([move(), work()], [NONE], id="a service by what runs"),
        pytest.param([work()], [NONE.removeprefix("ExtractionRoadmap roadmap ")], id="no move is registered"),
    ],
)  # fmt: skip
def test_it_has_a_database(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, objects) == expected
