"""Where `undeclared-edge` begins and ends: ways to another owner by network and by address, and declared ones."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, kube, service, value
from .small import Objects, move, told
from .test_reading import SOUND

MOVE = move(ai={"phase": "service", "old_path": "retired"})
READS = "ai-reads-monolith"
NO_EDGE = "a synchronous read goes over a declared edge, with its own proxy; else publish an event"
CONFIGURATION = SOUND.replace("monolith-api.shop", "monolith-api.monolith")


def judged(*objects: Any) -> list[str]:
    return told("undeclared-edge", [MOVE, *objects])


def work(name: str, owner: str | None, **rest: Any) -> list[Any]:
    """A workload with its Service."""
    place: dict[str, Any] = {"namespace": owner or "lost", "owner": owner}
    return [deployment(name, **place, **rest), service(name, name, 8000, **place)]


def proxy(
    name: str = READS, owner: str = "ai", *, image: Any = "haproxy:3", files: Any = None, **rest: Any
) -> Any:
    """A proxy with its configuration; `files` are all that its ConfigMap holds."""
    held = {"haproxy.cfg": CONFIGURATION} if files is None else files
    volumes = {"volumes": [{"name": "files", "configMap": {"name": name}}]}
    return [
        kube("ConfigMap", name, namespace=owner, owner=owner, data=held),
        deployment(name, namespace=owner, owner=owner, image=image, pod=volumes, **rest),
    ]


def peer(name: str, owner: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": owner}},
            "podSelector": {"matchLabels": {"app": name}}}  # fmt: skip


def out(source: str, owner: str, *peers: Any, name: str = "out") -> Any:
    """A policy that lets a workload reach these peers, each by a rule of its own; without any, everybody."""
    rules = [{"to": [item]} for item in peers] or [{}]
    return kube("NetworkPolicy", name, namespace=owner, spec={
        "podSelector": {"matchLabels": {"app": source}}, "egress": rules})  # fmt: skip


def into(target: str, owner: str, *peers: Any) -> Any:
    rules = [{"from": [item]} for item in peers] or [{}]
    return kube("NetworkPolicy", "in", namespace=owner, spec={
        "podSelector": {"matchLabels": {"app": target}}, "ingress": rules})  # fmt: skip


def way(
    source: str, target: str, why: str = NO_EDGE, ours: str = "ai", theirs: str = "monolith", by: str = "out"
) -> str:
    return (f"NetworkPolicy {by} ({ours}, {theirs}): {source} (owner {ours}) → NetworkPolicy {by} → {target} (owner "
            f"{theirs}): {why}")  # fmt: skip


MAIN, JOBS = peer("monolith-api", "monolith"), peer("ai-jobs", "ai")
MONOLITH = work("monolith-api", "monolith")
BROKER = deployment("events", kind="StatefulSet", namespace="monolith", owner="monolith", image="rabbitmq:4")
PODS = [*MONOLITH, *work("ai-jobs", "ai"), *work("ai-api", "ai"), *work("lost", None), BROKER]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param([out("ai-jobs", "ai", MAIN)], [way("ai-jobs", "monolith-api")], id="of another owner"),
        pytest.param([into("monolith-api", "monolith", JOBS)], [way("ai-jobs", "monolith-api", by="in")],
                     id="from the other end"),
        pytest.param([out("ai-jobs", "ai", MAIN, MAIN)], [way("ai-jobs", "monolith-api")], id="by two rules"),
        pytest.param([out("ai-jobs", "ai", peer("ai-api", "ai"))], [], id="of the same owner"),
        pytest.param([out("ai-jobs", "ai", peer("lost", "lost"))], [], id="of nobody"),
        pytest.param([out("lost", "lost", MAIN)], [], id="from nobody's"),
        pytest.param([out("ai-jobs", "ai", peer("events", "monolith"))], [], id="the broker"),
        pytest.param(
            [out("ai-jobs", "ai", name="any"), out("ai-jobs", "ai", peer("ai-api", "ai"), MAIN),
             out("ai-api", "ai", MAIN, name="too")],
            ["NetworkPolicy any (ai): NetworkPolicy any opens ai-jobs (owner ai) to anybody in the cluster",
             way("ai-jobs", "monolith-api"), way("ai-api", "monolith-api", by="too")],
            id="after an open end and one's own",
        ),
        pytest.param([into("ai-api", "ai")],
                     ["NetworkPolicy in (ai): NetworkPolicy in opens ai-api (owner ai) from anybody in the cluster"],
                     id="from anybody"),
        pytest.param([out("lost", "lost")], [], id="nobody's to anybody"),
        pytest.param([into("lost", "lost")], [], id="from anybody to nobody's"),
    ],
)  # fmt: skip
def test_the_network_opens_a_way(policies: Objects, expected: list[str]) -> None:
    assert judged(*PODS, *policies) == expected


def test_a_cache_of_another_owner_is_no_broker() -> None:
    redis = deployment("redis", kind="StatefulSet", namespace="monolith", owner="monolith", image="redis:7")
    policy = out("ai-jobs", "ai", peer("redis", "monolith"))
    assert judged(*PODS, redis, policy) == [way("ai-jobs", "redis")]


def called(source: str, why: str = NO_EDGE, variable: str = "MAIN", ours: str = "ai") -> str:
    return (f"Deployment {source} ({ours}, monolith): {source} (owner {ours}) has the address of monolith-api (owner "
            f"monolith) in {variable}: {why}")  # fmt: skip


ADDRESS = "http://monolith-api.monolith:8000"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param(work("ai-jobs", "ai", env=[value("MAIN", ADDRESS)]), [called("ai-jobs")], id="of another owner"),
        pytest.param(work("ai-jobs", "ai", env=[value("MAIN", ADDRESS), value("AGAIN", ADDRESS)]),
                     [called("ai-jobs", variable="AGAIN"), called("ai-jobs")], id="twice"),
        pytest.param(work("beat", "monolith", env=[value("MAIN", ADDRESS)]), [], id="of the same owner"),
        pytest.param(work("lost", None, env=[value("MAIN", ADDRESS)]), [], id="given to nobody's"),
        pytest.param([*proxy(env=[value("MAIN", ADDRESS)])], [], id="given to a declared proxy"),
        pytest.param([*proxy(env=[value("MAIN", ADDRESS)]), *work("ai-jobs", "ai", env=[value("MAIN", ADDRESS)])],
                     [called("ai-jobs")], id="given to a declared proxy, and to one more"),
        pytest.param([*proxy("ai-reads-all", env=[value("MAIN", ADDRESS)])],
                     [called("ai-reads-all", "the catalog declares no edge ai-reads-all from ai to monolith")],
                     id="given to a proxy that nobody declared"),
    ],
)  # fmt: skip
def test_an_address_is_given(objects: Objects, expected: list[str]) -> None:
    assert judged(*MONOLITH, *objects) == expected


def over(*objects: Any, name: str = READS) -> list[str]:
    """What is said of a way from AI to the monolith's API, the end of each sentence."""
    found = judged(*MONOLITH, *objects, out(name, "ai", MAIN))
    begin = way(name, "monolith-api", "")
    assert all(line.startswith(begin) for line in found)
    return [line.removeprefix(begin) for line in found]


SIDECAR = {"name": "second", "image": "registry.example/app:1"}
LABEL = "app.kubernetes.io/name"
UNREADABLE = f"the configuration of proxy {READS} cannot be read"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param(proxy(), [], id="a declared edge"),
        pytest.param(proxy(image="registry.example/app:1"), [NO_EDGE], id="no proxy"),
        pytest.param(proxy(image=UNKNOWN), [NO_EDGE], id="an image that is not known yet"),
        pytest.param(proxy(container={"image": None}), [NO_EDGE], id="no image"),
        pytest.param(proxy(files={}), [UNREADABLE], id="no configuration"),
        pytest.param(proxy(files={"haproxy.conf": CONFIGURATION}), [UNREADABLE], id="another file's name"),
        pytest.param(proxy(files={"haproxy.cfg": UNKNOWN}), [UNREADABLE], id="a configuration not known yet"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION, "b.cfg": "defaults\n    mode http\n"}), [UNREADABLE],
                     id="two configurations"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION, "b.cfg": UNKNOWN}), [UNREADABLE],
                     id="two configurations, one of them not known yet"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION, "b.cfg": CONFIGURATION}), [], id="the same twice"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION, "errors.http": UNKNOWN}), [], id="beside another file"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION.replace("timeout server 2s", "")}),
                     [f"proxy {READS} waits without a timeout"], id="a fault"),
        pytest.param(proxy(files={"a.cfg": "defaults\n    mode http\n"}),
                     [f"proxy {READS} passes more than GET and HEAD and waits without a timeout and has no circuit "
                      "breaker"], id="three faults"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION.replace("monolith-api.", "else.")}),
                     [f"proxy {READS} passes requests on to else.monolith.svc, which is not monolith-api"],
                     id="another upstream"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION.replace("monolith-api.monolith.svc", "nowhere")}),
                     [f"proxy {READS} passes requests on to nowhere, which is not monolith-api"],
                     id="an upstream that is nowhere"),
        pytest.param(proxy(files={"a.cfg": f"{CONFIGURATION}    server b ai-api.ai.svc:8000\n"}),
                     [f"proxy {READS} passes requests on to ai-api.ai.svc, which is not monolith-api"],
                     id="a second upstream"),
        pytest.param(proxy(files={"a.cfg": CONFIGURATION.replace("    server upstream", "    # server upstream")}),
                     [f"proxy {READS} names no upstream"], id="no upstream"),
    ],
)  # fmt: skip
def test_a_proxy_reads_another_owner(objects: Objects, expected: list[str]) -> None:
    assert over(*objects) == expected


@pytest.mark.parametrize("host", ["monolith-api.monolith", "main", "10.96.0.9"])
def test_an_upstream_is_found_as_the_proxy_finds_it(host: str) -> None:
    alias = kube("Service", "main", namespace="ai", owner="ai", spec={
        "type": "ExternalName", "externalName": "monolith-api.monolith.svc.cluster.local"})  # fmt: skip
    numbered = kube("Service", "numbered", namespace="monolith", owner="monolith", spec={
        "clusterIP": "10.96.0.9", "selector": {"app": "monolith-api"}, "ports": [{"port": 8000}]})  # fmt: skip
    files = {"haproxy.cfg": CONFIGURATION.replace("monolith-api.monolith.svc", host)}
    assert over(*proxy(files=files), alias, numbered) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param("envoyproxy/envoy:1", [], id="a proxy"),
        pytest.param("istio/proxyv2:1", [], id="a mesh's sidecar"),
        pytest.param("registry.example/app:1", [NO_EDGE], id="something else"),
        pytest.param(UNKNOWN, [NO_EDGE], id="something that is not known yet"),
    ],
)
def test_a_container_beside_the_proxy(second: str, expected: list[str]) -> None:
    [files, _] = proxy()
    both = [{"name": "main", "image": "haproxy:3"}, {"name": "second", "image": second}]
    volumes = [{"name": "files", "configMap": {"name": READS}}]
    pod = {"containers": both, "volumes": volumes}
    assert over(files, deployment(READS, namespace="ai", owner="ai", pod=pod)) == expected


def test_an_edge_goes_by_the_label_of_its_proxy() -> None:
    [files, workload] = proxy("reader", labels={"app.kubernetes.io/name": READS})
    assert over(files, workload, name="reader") == []
    [files, workload] = proxy(labels={"app.kubernetes.io/name": "reader"})
    assert over(files, workload) == ["the catalog declares no edge reader from ai to monolith"]


def undeclared(name: str, ours: str, theirs: str) -> list[str]:
    return [f"the catalog declares no edge {name} from {ours} to {theirs}"]


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "expected"),
    [
        pytest.param(READS, "ai", "monolith", [], id="a read of the catalog"),
        pytest.param(READS, "ai", "analytics", undeclared(READS, "ai", "analytics"), id="of another owner"),
        pytest.param(READS, "analytics", "monolith", undeclared(READS, "analytics", "monolith"), id="by another owner"),
        pytest.param("ai-reads-monolith-keys", "ai", "monolith", [], id="the monolith's public keys"),
        pytest.param("ai-reads-auth-keys", "ai", "auth", [], id="an issuer's public keys"),
        pytest.param("monolith-reads-auth-keys", "monolith", "auth", [], id="an issuer's, by the monolith"),
        pytest.param("ai-reads-analytics-keys", "ai", "analytics",
                     undeclared("ai-reads-analytics-keys", "ai", "analytics"), id="public keys of who signs nothing"),
        pytest.param("ai-reads-auth-keys", "analytics", "auth", undeclared("ai-reads-auth-keys", "analytics", "auth"),
                     id="an issuer's, by another's edge"),
        pytest.param("ai-reads-guests-keys", "ai", "guests", undeclared("ai-reads-guests-keys", "ai", "guests"),
                     id="of an owner that the catalog does not know"),
    ],
)  # fmt: skip
def test_an_edge_is_declared(name: str, ours: str, theirs: str, expected: list[str]) -> None:
    files = {"haproxy.cfg": CONFIGURATION.replace("monolith-api.monolith", f"target.{theirs}")}
    objects = [*proxy(name, ours, files=files), *work("target", theirs)]
    found = judged(*objects, out(name, ours, peer("target", theirs)))
    assert found == [way(name, "target", why, ours, theirs) for why in expected]
