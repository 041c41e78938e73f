"""Where `ai-database-path` begins and ends: addresses, credentials and network paths to the monolith's Postgres."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from ..stack import (
    OWNER,
    UNKNOWN,
    deployment,
    from_config,
    from_secret,
    kube,
    resource,
    secret,
    value,
)
from .small import Objects, move, told

MOVE = move(ai={"phase": "service", "old_path": "retired"})
URL = "postgres://u@monolith-postgres-rw.monolith/pmt"


def cluster(name: str = "monolith-postgres", owner: str = "monolith", **spec: Any) -> Any:
    return kube("Cluster", name, namespace=owner, owner=owner, protect=True, spec=spec)


def work(name: str = "ai-jobs", owner: str = "ai", **rest: Any) -> Any:
    return deployment(name, namespace=owner, owner=owner, **rest)


def found(blamed: str, path: str) -> str:
    return f"{blamed} (ai, monolith): {path}: AI has no way to the monolith's Postgres; it reads over a declared edge"


def judged(*objects: Any) -> list[str]:
    return told("ai-database-path", [MOVE, cluster(), *objects])


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([work(env=[value("MAIN_URL", URL)])],
                     [found("Deployment ai-jobs", "ai-jobs → env MAIN_URL → Cluster monolith-postgres")], id="AI"),
        pytest.param([work(env=[value("DATABASE_URL", "postgres://u@ai-postgres-rw.ai/ai")]),
                      cluster("ai-postgres", "ai")], [], id="AI's own database"),
        pytest.param([work("monolith-api", "monolith", env=[value("DATABASE_URL", URL)])], [], id="the monolith"),
        pytest.param([work("analytics-api", "analytics", env=[value("DATABASE_URL", URL)])], [],
                     id="another domain, which is another rule's"),
        pytest.param([work("monolith-api", "monolith", env=[value("A", URL)]), work(env=[value("A", URL)]),
                      work("ai-api", env=[value("A", URL)])],
                     [found("Deployment ai-api", "ai-api → env A → Cluster monolith-postgres"),
                      found("Deployment ai-jobs", "ai-jobs → env A → Cluster monolith-postgres")], id="two of AI's"),
    ],
)  # fmt: skip
def test_an_address_is_given(objects: Objects, expected: list[str]) -> None:
    assert judged(*objects) == expected


def main(name: str = "main", owner: str = "monolith") -> Any:
    return kube(
        "Secret", name, namespace="ai", owner=owner, stringData={"user": "u", "password": secret("x")}
    )


READS = [from_secret("P", "main", "password")]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([main(), work(env=READS)], [found("Deployment ai-jobs", "ai-jobs → Secret main")], id="AI"),
        pytest.param([main(), work(env=[*READS, from_secret("U", "main", "user")])],
                     [found("Deployment ai-jobs", "ai-jobs → Secret main")], id="two keys of it"),
        pytest.param([main(owner="ai"), work(env=READS)], [], id="a Secret of AI's own"),
        pytest.param([main(owner="analytics"), work(env=READS)], [], id="another domain's Secret"),
        pytest.param([work(env=READS)], [], id="a Secret that nothing declares"),
        pytest.param([main(), deployment("other", namespace="ai", owner="analytics", env=READS)], [],
                     id="read by another domain"),
        pytest.param([kube("ConfigMap", "main", namespace="ai", owner="monolith", data={"password": "x"}),
                      work(env=[from_config("P", "main", "password")])], [], id="a ConfigMap, which opens nothing"),
        pytest.param(
            [main(), kube("ConfigMap", "flags", namespace="ai", owner="monolith", data={"a": "x"}),
             deployment("other", namespace="ai", owner="analytics", env=READS),
             work(env=[from_config("A", "flags", "a"), *READS])],
            [found("Deployment ai-jobs", "ai-jobs → Secret main")], id="after what is none",
        ),
    ],
)  # fmt: skip
def test_a_secret_of_the_monolith_is_read(objects: Objects, expected: list[str]) -> None:
    assert judged(*objects) == expected


def carrier(content: Mapping[str, Any], kind: str = "Secret", **rest: Any) -> Any:
    return kube(kind, "main", **{"namespace": "ai", "owner": "ai", **rest}, **content)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NAMES = [found("Secret main", "Secret main names Cluster monolith-postgres")]
OPENS = [found("Secret main", "Secret main opens Cluster monolith-postgres")]
NAMES_IT_AS_DATA = [found("ConfigMap main", "ConfigMap main names Cluster monolith-postgres")]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([carrier({"stringData": {"url": secret(URL)}})], NAMES, id="a URL"),
        pytest.param([carrier({"data": {"url": encoded(URL)}})], NAMES, id="a URL in base64"),
        pytest.param([carrier({"data": {"url": URL}}, "ConfigMap")], NAMES_IT_AS_DATA, id="a ConfigMap"),
        pytest.param([carrier({"data": {"url": UNKNOWN, "second": "x", "host": "monolith-postgres-r.monolith.svc"}},
                              "ConfigMap")], NAMES_IT_AS_DATA, id="a host beside other values"),
        pytest.param([carrier({"data": {"a.ini": "[main]\nhost: monolith-postgres-ro.monolith.svc\n"}}, "ConfigMap")],
                     NAMES_IT_AS_DATA, id="a host in a file"),
        pytest.param([carrier({"data": {"hosts": "elsewhere.example,monolith-postgres-rw.monolith"}}, "ConfigMap")],
                     NAMES_IT_AS_DATA, id="a host after another"),
        pytest.param([carrier({"stringData": {"url": URL}}, owner="analytics")], [], id="of another domain"),
        pytest.param([carrier({"stringData": {"url": "postgres://u@ai-postgres-rw.ai/ai"}})], [], id="no such server"),
        pytest.param([carrier({"stringData": {"url": "postgres://u@monolith-postgres-rw.ai/ai"}}),
                      cluster("monolith-postgres", "ai")], [], id="a server of AI's that is called the same"),
        pytest.param([carrier({"data": {"host": "monolith-postgres-reports.example.com"}}, "ConfigMap")], [],
                     id="a name that begins so"),
        pytest.param([carrier({"data": {"host": "monolith-postgres-rw"}}, "ConfigMap", namespace="monolith")],
                     NAMES_IT_AS_DATA, id="a lone word beside the server"),
        pytest.param([carrier({"data": {"greeting": "monolith-postgres-rw"}}, "ConfigMap", namespace="monolith")], [],
                     id="a lone word that is no host"),
        pytest.param([carrier({"data": {"host": "monolith-postgres-rw"}}, "ConfigMap")], [],
                     id="a lone word where it leads nowhere"),
        pytest.param([carrier({"stringData": UNKNOWN})], [], id="nothing known yet"),
        pytest.param(
            [kube("Secret", "monolith-postgres-app", namespace="monolith", owner="ai", stringData={"url": URL})],
            [found("Secret monolith-postgres-app", "Secret monolith-postgres-app opens Cluster monolith-postgres")],
            id="the server's own Secret, said to be AI's",
        ),
    ],
)  # fmt: skip
def test_a_carrier_of_ais(objects: Objects, expected: list[str]) -> None:
    assert judged(*objects) == expected


@pytest.mark.parametrize("host", ["db.monolith", "10.96.0.7"])
def test_a_carrier_names_a_server_that_is_a_plain_workload(host: str) -> None:
    server = deployment("pg", kind="StatefulSet", namespace="monolith", owner="monolith", image="postgres:16")
    front = kube(
        "Service", "db", namespace="monolith", spec={"clusterIP": "10.96.0.7", "selector": {"app": "pg"}}
    )
    names = carrier({"stringData": {"url": f"postgres://u@{host}/pmt"}})
    assert told("ai-database-path", [MOVE, server, front, names]) == [
        found("Secret main", "Secret main names StatefulSet pg")
    ]


def test_a_carrier_is_told_of_the_server_that_it_is_about() -> None:
    password = resource("random:index/randomPassword:RandomPassword", "second", {"result": UNKNOWN})
    second = resource("aws:rds/instance:Instance", "second", {"engine": "postgres", "tags": {OWNER: "monolith"}},
                      uses={"password": [password]})  # fmt: skip
    copy = carrier({"stringData": {"password": UNKNOWN, "url": URL}}, uses={"stringData": [password]})
    assert judged(password, second, copy) == [
        *NAMES,
        found("Secret main", "Secret main opens Instance second"),
    ]
    third = cluster("third", superuserSecret={"name": "main"})
    both = carrier({"stringData": {"url": "postgres://u@third-rw.monolith/pmt"}}, namespace="monolith")
    assert judged(third, both) == [found("Secret main", "Secret main opens Cluster third")]


def instances(name: str = "monolith-postgres", namespace: str = "monolith") -> Any:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "podSelector": {"matchLabels": {"cnpg.io/cluster": name}}}  # fmt: skip


def out(name: str, *peers: Any, of: str = "ai-jobs", owner: str = "ai", ports: Any = (5432,)) -> Any:
    """A policy that lets a workload of an owner reach these peers, each by a rule; without any, everybody."""
    listed = [item if isinstance(item, dict) else {"port": item} for item in ports]
    rules = [{"to": [item], "ports": listed} for item in peers] or [{"ports": listed}]
    spec = {"podSelector": {"matchLabels": {"app": of}}, "egress": rules}
    return kube("NetworkPolicy", name, namespace=owner, owner=owner, spec=spec)


JOBS = {"matchLabels": {"app": "ai-jobs"}}
ANY = [found("NetworkPolicy out", "ai-jobs → NetworkPolicy out → any address of the cluster")]
TO_SERVER = [found("NetworkPolicy out", "ai-jobs → NetworkPolicy out → Cluster monolith-postgres")]
PODS = [
    work(),
    work("monolith-api", "monolith"),
    work("analytics-api", "analytics"),
    cluster("ai-postgres", "ai"),
]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param([out("out", instances())], TO_SERVER, id="AI to the server"),
        pytest.param([out("out", instances(), instances())], TO_SERVER, id="by two rules"),
        pytest.param([out("out", instances("ai-postgres", "ai"))], [], id="AI to its own"),
        pytest.param([out("out", instances(), of="monolith-api", owner="monolith")], [], id="the monolith to it"),
        pytest.param([out("out", instances(), of="analytics-api", owner="analytics")], [], id="another domain to it"),
        pytest.param([out("out", instances(), ports=[443])], [], id="on a port that it does not serve"),
        pytest.param(
            [kube("NetworkPolicy", "in", namespace="monolith", spec={
                "podSelector": {"matchLabels": {"cnpg.io/cluster": "monolith-postgres"}},
                "ingress": [{"from": [{"namespaceSelector": {}, "podSelector": JOBS}]}]})],
            [found("NetworkPolicy in", "ai-jobs → NetworkPolicy in → Cluster monolith-postgres")],
            id="let in by the server",
        ),
        pytest.param([out("out")], ANY, id="AI to anybody"),
        pytest.param([out("out", ports=[])], ANY, id="on every port"),
        pytest.param([out("out", ports=[443])], [], id="on another port"),
        pytest.param([out("out", ports=[443, 5432])], ANY, id="on that port, too"),
        pytest.param([out("out", ports=[{"port": 5000, "endPort": 6000}])], ANY, id="on ports around it"),
        pytest.param([out("out", ports=[UNKNOWN])], ANY, id="on a port that is not known yet"),
        pytest.param([out("out", of="analytics-api", owner="analytics")], [], id="another domain to anybody"),
        pytest.param([kube("NetworkPolicy", "in", namespace="ai", spec={"podSelector": {}, "ingress": [{}]})], [],
                     id="anybody to AI"),
        pytest.param([out("out", {"podSelector": JOBS}, ports=[])], [], id="AI to itself"),
        pytest.param(
            [kube("NetworkPolicy", "a", namespace="ai", spec={"podSelector": {}, "ingress": [{}]}),
             out("b", {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monolith"}},
                       "podSelector": {"matchLabels": {"app": "monolith-api"}}}),
             out("c", of="analytics-api", owner="analytics"), out("d", ports=[443]), out("out")],
            ANY, id="after what is none",
        ),
    ],
)  # fmt: skip
def test_the_network_is_open(policies: Objects, expected: list[str]) -> None:
    assert judged(*PODS, *policies) == expected


def test_the_monolith_has_no_database_here() -> None:
    assert told("ai-database-path", [MOVE, main(), work(env=READS), out("out")]) == []
