"""Where `ai-route` begins and ends: when AI is a service, who answers its paths, who else reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, kube, service
from .small import Objects, move, route, told

INSIDE = move(ai={"phase": "worker"})
RETIRED = move(ai={"phase": "service", "old_path": "retired"})
KEPT = move(ai={"phase": "service", "old_path": "kept", "weight": 10})

SERVICES = [
    service("ai-api", "ai-api", 8000, namespace="ai", owner="ai"),
    service("monolith-api", "monolith-api", 8000, namespace="monolith", owner="monolith"),
    service("nobodys", "nobodys", 8000, namespace="lost"),
]
AI, MONOLITH = {"name": "ai-api", "namespace": "ai"}, {"name": "monolith-api", "namespace": "monolith"}
NOBODYS = {"name": "nobodys", "namespace": "lost"}


API, WEBSOCKET = route("ai", "/api/v1/ai", AI), route("ai-websocket", "/ws/ai", AI)
NO_API = "ExtractionRoadmap roadmap: no route leads /api/v1/ai to AI, so its requests go through the monolith"
NO_WEBSOCKET = (
    "ExtractionRoadmap roadmap: no route leads /ws/ai to AI, so its requests go through the monolith"
)


def leads(name: str, path: str, to: str, owner: str | None = "monolith") -> str:
    owners, whose = (f"ai, {owner}", f" (owner {owner})") if owner else ("ai", "")
    return f"HTTPRoute {name} ({owners}): HTTPRoute {name} leads {path} to {to}{whose}, and AI's old path is retired"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([INSIDE], [], id="inside the monolith"),
        pytest.param([INSIDE, route("x", "/api/v1/ai", MONOLITH)], [], id="inside, answered by the monolith"),
        pytest.param([RETIRED, API, WEBSOCKET], [], id="answered by AI"),
        pytest.param([RETIRED], [NO_API, NO_WEBSOCKET], id="no route"),
        pytest.param([RETIRED, WEBSOCKET], [NO_API], id="one of two routes"),
        pytest.param([RETIRED, API, route("all", "/", MONOLITH)], [NO_WEBSOCKET], id="answered by what is left over"),
        pytest.param([INSIDE, deployment("ai-api", owner="ai"), WEBSOCKET], [NO_API],
                     id="inside by its words, a service by what runs"),
        pytest.param([deployment("ai-api", owner="ai"), WEBSOCKET],
                     [NO_API.removeprefix("ExtractionRoadmap roadmap")], id="no registered move"),
        pytest.param([RETIRED, route("x", "/api/v1/ai", MONOLITH), WEBSOCKET],
                     [NO_API, leads("x", "/api/v1/ai", "monolith-api")], id="answered by the monolith"),
        pytest.param([RETIRED, route("ai", "/api/v1/ai", AI, MONOLITH), WEBSOCKET],
                     [leads("ai", "/api/v1/ai", "monolith-api")], id="answered by either"),
        pytest.param([RETIRED, route("ai", "/api/v1/ai", MONOLITH, AI), WEBSOCKET],
                     [leads("ai", "/api/v1/ai", "monolith-api")], id="by the monolith first"),
        pytest.param([KEPT, route("ai", "/api/v1/ai", AI, MONOLITH), WEBSOCKET], [], id="while the old path is kept"),
        pytest.param([KEPT, route("ai", "/api/v1/ai", MONOLITH), WEBSOCKET], [NO_API],
                     id="by the old path alone"),
        pytest.param([RETIRED, API, WEBSOCKET, route("x", "/ws/ai/jobs", NOBODYS), route("y", "/ws/ai", MONOLITH)],
                     [leads("x", "/ws/ai/jobs", "nobodys", None), leads("y", "/ws/ai", "monolith-api")],
                     id="by a Service of nobody, and by one more"),
        pytest.param(
            [RETIRED, API, WEBSOCKET, route("x", UNKNOWN, MONOLITH)],
            [leads("x", "a path not known yet", "monolith-api")], id="a path that is not known yet",
        ),
        pytest.param(
            [RETIRED, API, WEBSOCKET, route("x", "/ws/ai", UNKNOWN)],
            [leads("x", "/ws/ai", "a Service that is not known yet", None)], id="a Service that is not known yet",
        ),
    ],
)  # fmt: skip
def test_ais_paths_are_answered(objects: Objects, expected: list[str]) -> None:
    assert told("ai-route", [*SERVICES, *objects]) == expected


def pod(name: str, owner: str | None) -> Any:
    return deployment(name, namespace=owner or "lost", owner=owner)


def peer(name: str, namespace: str) -> Mapping[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "podSelector": {"matchLabels": {"app": name}}}  # fmt: skip


def into(name: str, target: str, namespace: str, *peers: Any) -> Any:
    """A policy that lets `peers` reach a workload, each by a rule of its own; without any, everybody."""
    rules = [{"from": [item]} for item in peers] or [{}]
    return kube("NetworkPolicy", name, namespace=namespace, spec={
        "podSelector": {"matchLabels": {"app": target}}, "ingress": rules})  # fmt: skip


def out_of(name: str, source: str, namespace: str) -> Any:
    """A policy that lets a workload reach anybody."""
    return kube("NetworkPolicy", name, namespace=namespace, spec={
        "podSelector": {"matchLabels": {"app": source}}, "egress": [{}]})  # fmt: skip


API_OF_MONOLITH = peer("monolith-api", "monolith")
PODS = [pod("ai-api", "ai"), pod("ai-jobs", "ai"), pod("monolith-api", "monolith"), pod("web", None)]
PASSES_ON = "monolith-api → NetworkPolicy in → ai-api: the monolith could pass AI's answers on"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param([into("in", "ai-api", "ai", API_OF_MONOLITH)],
                     [f"NetworkPolicy in (ai, monolith): {PASSES_ON}"], id="the monolith"),
        pytest.param([into("in", "ai-api", "ai", API_OF_MONOLITH, API_OF_MONOLITH)],
                     [f"NetworkPolicy in (ai, monolith): {PASSES_ON}"], id="the monolith, by two rules"),
        pytest.param([into("in", "ai-api", "ai", peer("ai-jobs", "ai"))], [], id="AI itself"),
        pytest.param([into("in", "ai-api", "ai", peer("web", "lost"))], [], id="a workload of nobody"),
        pytest.param([into("in", "monolith-api", "monolith", peer("ai-jobs", "ai"))], [], id="AI reaches the monolith"),
        pytest.param([into("in", "web", "lost", API_OF_MONOLITH)], [], id="the monolith reaches nobody's"),
        pytest.param([into("a", "ai-api", "ai")], [], id="anybody, which is another rule's"),
        pytest.param([out_of("a", "monolith-api", "monolith")], [], id="the monolith anybody, which is another rule's"),
        pytest.param(
            [out_of("a", "monolith-api", "monolith"), into("b", "ai-jobs", "ai"),
             into("in", "ai-api", "ai", API_OF_MONOLITH)],
            [f"NetworkPolicy in (ai, monolith): {PASSES_ON}"], id="after policies that name one end only",
        ),
    ],
)  # fmt: skip
def test_ai_is_reached(policies: Objects, expected: list[str]) -> None:
    assert told("ai-route", [KEPT, *SERVICES, *PODS, API, WEBSOCKET, *policies]) == expected


def test_ai_is_reached_while_it_is_inside() -> None:
    """A Job makes no service, so that the old path is the only one."""
    job = deployment("ai-api", kind="Job", namespace="ai", owner="ai")
    policy = into("in", "ai-api", "ai", API_OF_MONOLITH)
    assert told("ai-route", [INSIDE, pod("monolith-api", "monolith"), job, policy]) == []
