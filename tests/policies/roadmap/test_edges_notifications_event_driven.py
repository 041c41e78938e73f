"""Where `notifications-event-driven` begins and ends: who reaches the service, who calls it, and what it consumes."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, kube, service, value
from .small import Objects, move, told

RULE = "notifications-event-driven"
SERVICE = move(notifications={"phase": "service", "old_path": "kept"})
BROKER = kube("RabbitmqCluster", "events", owner="monolith", spec={})


def api(**rest: Any) -> Any:
    """A workload of the service that is connected to the broker."""
    consumes = value("EVENTS_URL", "amqp://notifications:pw@events:5672/")
    return deployment("notify", owner="notifications", env=[consumes], **rest)


def work(name: str, owner: str | None, **rest: Any) -> Any:
    return deployment(name, owner=owner, **rest)


def policy(name: str, selects: str, **spec: Any) -> Any:
    return kube("NetworkPolicy", name, spec={"podSelector": {"matchLabels": {"app": selects}}, **spec})


def pods(app: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"app": app}}}


def ingress(*apps: str, name: str = "in", to: str = "notify") -> Any:
    return policy(name, to, ingress=[{"from": [pods(app) for app in apps]}])


def reached(source: str, owner: str, *, by: str = "in", target: str = "notify") -> str:
    owners = "notifications" if owner == "nobody" else f"notifications, {owner}"
    return (
        f"NetworkPolicy {by} ({owners}): {source} (owner {owner}) → NetworkPolicy {by} → {target}: notifications are "
        "created by events, not by calls"
    )


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([work("jobs", "ai"), ingress("jobs")], [reached("jobs", "ai")], id="another owner"),
        pytest.param([work("socket", "notifications"), ingress("socket")], [], id="its own"),
        pytest.param([work("socket", "notifications"), work("jobs", "ai"), ingress("socket", "jobs")],
                     [reached("jobs", "ai")], id="another owner after its own"),
        pytest.param([work("jobs", None), ingress("jobs")], [reached("jobs", "nobody")], id="somebody of no owner"),
        pytest.param([policy("in", "notify", ingress=[{}])], [reached("anybody in the cluster", "nobody")],
                     id="anybody"),
        pytest.param([policy("in", "notify", ingress=UNKNOWN)], [reached("anybody in the cluster", "nobody")],
                     id="whoever the update will say"),
        pytest.param([work("jobs", "ai"), policy("out", "jobs", egress=[{"to": [pods("notify")]}])],
                     [reached("jobs", "ai", by="out")], id="at the other end"),
        pytest.param([work("jobs", "ai"), policy("out", "jobs", egress=[{}])], [], id="anywhere else, too"),
        pytest.param([work("jobs", "ai"), work("web", "monolith"), ingress("jobs", to="web"),
                      ingress("jobs", name="later")],
                     [reached("jobs", "ai", by="later")], id="another's workload first"),
    ],
)  # fmt: skip
def test_who_reaches_it(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [SERVICE, BROKER, api(), *objects]) == expected


def calls(name: str, owner: str | None, url: str = "http://notify:8000/send") -> Any:
    return deployment(name, owner=owner, env=[value("NOTIFY", url)])


def called(name: str, owner: str) -> str:
    return (
        f"Deployment {name} (notifications, {owner}): Deployment {name} has the address of Deployment notify (NOTIFY): "
        "publish an event instead"
    )


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([calls("jobs", "ai")], [called("jobs", "ai")], id="another owner"),
        pytest.param([calls("socket", "notifications")], [], id="its own"),
        pytest.param([calls("jobs", "ai", "http://web:80/"), work("web", "monolith"), service("web", "web", 80),
                      calls("more", "ai")], [called("more", "ai")], id="after the address of another's"),
    ],
)  # fmt: skip
def test_who_calls_it(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [SERVICE, BROKER, api(), service("notify", "notify", 8000), *objects]) == expected


NOT_CONNECTED = (
    "ExtractionRoadmap roadmap (notifications): nothing of notifications is connected to the broker, so no event "
    "creates one"
)
DATABASE = kube("Cluster", "store", owner="notifications", spec={})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([SERVICE, BROKER, api()], [], id="it consumes"),
        pytest.param([SERVICE, BROKER, work("notify", "notifications")], [NOT_CONNECTED], id="it does not"),
        pytest.param([SERVICE, BROKER, work("socket", "notifications"), api()], [], id="one of two does"),
        pytest.param([SERVICE, DATABASE, deployment("notify", owner="notifications", env=[
            value("DATABASE_URL", "postgres://u:p@store-rw/app")])], [NOT_CONNECTED], id="it has a database only"),
        pytest.param([SERVICE, BROKER, work("notify", "notifications"), deployment(
            "web", owner="monolith", env=[value("EVENTS_URL", "amqp://monolith:pw@events:5672/")])],
            [NOT_CONNECTED], id="another owner consumes"),
        pytest.param([SERVICE, BROKER], [], id="nothing of it runs yet"),
        pytest.param([BROKER, work("notify", "notifications")],
                     [NOT_CONNECTED.removeprefix("ExtractionRoadmap roadmap ")], id="no move is registered"),
    ],
)  # fmt: skip
def test_what_it_consumes(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, objects) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([move(notifications={"phase": "websocket-gateway"})], [], id="inside the monolith"),
        pytest.param([SERVICE], [reached("jobs", "ai")], id="a service by what was registered"),
        pytest.param([move(), work("socket", "notifications")], [NOT_CONNECTED, reached("jobs", "ai")],
                     id="a service by what runs"),
    ],
)  # fmt: skip
def test_it_is_a_service(objects: Objects, expected: list[str]) -> None:
    once = deployment("notify", kind="Job", owner="notifications")
    assert sorted(told(RULE, [*objects, work("jobs", "ai"), once, ingress("jobs")])) == sorted(expected)
