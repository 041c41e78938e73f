"""Whose address a workload is given, and where: one Deployment beside the one that it may call a case."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.server import resource_of
from policies.roadmap.stack import Stack

from ..stack import UNKNOWN, deployment, from_config, kube, service, value
from .small import Objects, read

AI = [
    deployment("ai-api", owner="ai", namespace="shop"),
    service("ai-api", "ai-api", 80, owner="ai", namespace="shop"),
]
CALLED = "analytics URL → ai-api (ai)"


def called(*objects: Any) -> list[str]:
    return [
        f"{call.workload.resource.name} {call.variable} → {call.target.name} ({call.owner})"
        for call in read(objects).calls
    ]


def caller(*env: Any, owner: str | None = "analytics", **rest: Any) -> Any:
    return deployment("analytics", owner=owner, namespace="shop", env=env, **rest)


@pytest.mark.parametrize(
    "address",
    [
        "http://ai-api", "https://ai-api:8443/v1?x=1", "grpc://ai-api:50051", "grpcs://ai-api", "ws://ai-api/socket",
        "wss://ai-api", "h2c://ai-api", "http://user:word@ai-api/", "http://ai-api.shop", "http://ai-api.shop.svc",
        "http://ai-api.shop.svc.cluster.local:80", "via http://ai-api, please", "ai-api.shop.svc",
        "ai-api.shop.svc.cluster.local", "ai-api.shop.svc:80", "ai-api:50051", "ai-api.shop:50051",
        "dns:///ai-api.shop:50051", "dns:ai-api:50051",
    ],
)  # fmt: skip
def test_an_address(address: str) -> None:
    assert called(*AI, caller(value("URL", address))) == [CALLED]


@pytest.mark.parametrize(
    "address",
    [
        "ai-api", "amqp://ai-api", "http://elsewhere", "http://example.com/ai-api", "http://x.example.com/?to=ai-api:80",
        "ai-api.other.svc", "the ai-api:80", "ai-api:80 or so", "ai-api:latest", "elsewhere:80", UNKNOWN,
    ],
)  # fmt: skip
def test_no_address(address: str) -> None:
    assert called(*AI, caller(value("URL", address))) == []


URL = value("URL", "http://ai-api")
OLD = deployment("old", owner="analytics", namespace="shop", labels={"app": "ai-api"})
REDIS = deployment("redis", kind="StatefulSet", owner="ai", namespace="shop", image="redis:7", ports=[6379])


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([*AI, caller(URL, owner="ai")], [], id="one's own"),
        pytest.param([*AI, caller(URL, owner=None)], [], id="nobody's workload"),
        pytest.param([*AI, caller(URL, owner=None), deployment("auth", owner="auth", namespace="shop", env=[URL])],
                     ["auth URL → ai-api (ai)"], id="nobody's, then somebody's"),
        pytest.param([deployment("ai-api", namespace="shop"), AI[1], caller(URL)], [], id="of nobody's workload"),
        pytest.param([AI[1], caller(URL)], [], id="a Service that leads nowhere"),
        pytest.param([*AI, caller(value("A", UNKNOWN), URL)], [CALLED], id="after what is not known"),
        pytest.param([*AI, caller(value("A", "http://elsewhere http://analytics"), URL)], [CALLED],
                     id="after an address outside and one's own"),
        pytest.param([*AI, caller(value("URL", "http://elsewhere https://ai-api"))], [CALLED],
                     id="the second of two"),
        pytest.param([*AI, caller(value("URL", "http://ai-api https://ai-api/v2"))], [CALLED],
                     id="twice in one value"),
        pytest.param([*AI, caller(URL, value("B", "ai-api:80"))], [CALLED, "analytics B → ai-api (ai)"], id="twice"),
        pytest.param([*AI, *(deployment(name, owner=name, namespace="shop", env=[URL]) for name in ("auth", "core"))],
                     ["auth URL → ai-api (ai)", "core URL → ai-api (ai)"], id="two callers"),
        pytest.param([*AI, deployment("ai-jobs", owner="ai", namespace="shop", labels={"app": "ai-api"}), caller(URL)],
                     [CALLED, "analytics URL → ai-jobs (ai)"], id="two behind one Service"),
        pytest.param([OLD, *AI, caller(URL)], [CALLED], id="the first behind it is one's own"),
        pytest.param([*AI, OLD, caller(URL)], [CALLED], id="the second behind it is one's own"),
        pytest.param([*AI, caller(container={"args": ["--upstream", "http://ai-api"]})],
                     ["analytics upstream → ai-api (ai)"], id="a flag"),
        pytest.param([*AI, caller(container={"command": ["sh", "-c", "curl http://ai-api/jobs"]})],
                     ["analytics an argument → ai-api (ai)"], id="an argument"),
        pytest.param([kube("ConfigMap", "c", namespace="shop", data={"url": "http://ai-api"}), *AI,
                      caller(from_config("URL", "c", "url"))], [CALLED], id="through a ConfigMap"),
        pytest.param([REDIS, service("redis", "redis", 6379, namespace="shop"), caller(value("URL", "redis:6379"))], [],
                     id="a store is the other pack's"),
    ],
)  # fmt: skip
def test_a_call(objects: Objects, expected: list[str]) -> None:
    assert called(*objects) == expected


def test_a_name_is_looked_up_where_the_caller_stands() -> None:
    elsewhere = deployment("analytics", owner="analytics", env=[URL])
    assert called(*AI, elsewhere) == []
    near = [deployment("ai-api", owner="auth"), service("ai-api", "ai-api", 80)]
    assert called(*AI, elsewhere, *near) == ["analytics URL → ai-api (auth)"]


def test_a_name_is_looked_up_in_the_callers_own_stack_first() -> None:
    other = [deployment("ai-api", owner="auth", namespace="shop"), AI[1]]
    resources = [resource_of(item) for item in (*AI, caller(URL), *other)]
    for item in resources[3:]:
        item.scope, item.key = "another stack", f"another {item.key}"
    assert [call.owner for call in Stack(resources).calls] == ["ai"]


def test_a_file() -> None:
    volume = {"volumes": [{"name": "v", "configMap": {"name": "c"}}]}
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/etc/app"}]}
    files = kube(
        "ConfigMap", "c", namespace="shop", data={"app.conf": "upstream http://ai-api;\nother http://ai-api;"}
    )
    assert called(*AI, files, caller(pod=volume, container=mount)) == ["analytics app.conf → ai-api (ai)"]
