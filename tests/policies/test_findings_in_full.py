"""One finding of each kind in every field: what `audit --format json` prints, and where it says it stands.

`findings_in_full.yaml` holds them. Read a change of it as a user of the JSON would: it is an interface.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.isolation.exemptions import Exemption
from policies.isolation.graph.graph import Graph, Settings
from policies.isolation.judgement import judge
from policies.isolation.server import resource_of

from .stack import OWNER, UNKNOWN, deployment, from_secret, kube, resource, secret, service, value
from .ways import claim, mounting, nfs_volume

Stack = list[Any]
FILE = Path(__file__).with_name("findings_in_full.yaml")
SHOP: dict[str, Any] = {"namespace": "shop"}
URL = "postgres://app:p@pg.shop/shop"


def two(**given: Any) -> Stack:
    """Workloads of two stated owners in one namespace, given the same."""
    return [deployment(name, owner=name, **SHOP, **given) for name in ("orders", "billing")]


def inferred(**given: Any) -> Stack:
    return [deployment(name, **SHOP, **given) for name in ("orders", "billing")]


def server(name: str, image: str, port: int, **rest: Any) -> Stack:
    return [
        deployment(name, kind="StatefulSet", image=image, ports=[port], **SHOP, **rest),
        service(name, name, port, **SHOP),
    ]


def postgres(**rest: Any) -> Stack:
    return server("pg", "postgres:16", 5432, **rest)


def key(**rest: Any) -> Any:
    return kube("Secret", "jwt", **SHOP, stringData={"private.pem": secret("k"), "key.pub": "p"}, **rest)


def network(**rest: Any) -> Any:
    admitted = [{"from": [{"podSelector": {}}], "ports": [{"port": 5432}]}]
    spec = {"podSelector": {"matchLabels": {"app": "pg"}}, "ingress": admitted}
    return kube("NetworkPolicy", "admits", **SHOP, spec=spec, **rest)


def account(name: str, owner: str | None = None) -> Any:
    found = kube("ServiceAccount", name, **SHOP, owner=owner)
    found.properties["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/app"}
    return found


def acting(*names: str) -> Stack:
    return [
        deployment(owner, owner=owner, **SHOP, pod={"serviceAccountName": name})
        for owner, name in zip(("orders", "billing"), names, strict=True)
    ]


def bound(**rest: Any) -> Stack:
    names = {"resourceNames": ["keys"]} if rest.get("named") else {}
    rules = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], **names}]
    return [
        kube("Namespace", "ai", namespace=None, owner="ai"),
        kube("ServiceAccount", "reader", **SHOP, owner="orders"),
        kube("Role", "secrets", namespace="ai", rules=rules),
        kube(
            "RoleBinding", "reads", namespace="ai", roleRef={"kind": "Role", "name": "secrets"},
            subjects=[{"kind": "ServiceAccount", "name": "reader", "namespace": "shop"}],
        ),
    ]  # fmt: skip


def broker(**rest: Any) -> Any:
    return kube("RabbitmqCluster", "broker", **SHOP, owner="platform", protect=True, spec={})


AMQP = [value("AMQP", "amqp://app:p@broker.shop:5672/")]
PASSWORD = [from_secret("AMQP_PASSWORD", "broker-default-user", "password")]
EXEMPTION: dict[str, Any] = {
    "rule": "shared-database",
    "resource": "pg",
    "owner": "orders",
    "reason": "it moves",
}
CASES: dict[str, Callable[[], Stack]] = {
    "shared-database, stated owner": lambda: [*postgres(owner="orders"), *two(env=[value("DB", URL)])],
    "shared-database, inferred owners": lambda: [*postgres(), *inferred(env=[value("DB", URL)])],
    "shared-database, two databases": lambda: [
        *postgres(),
        *(deployment(n, owner=n, **SHOP, env=[value("DB", f"postgres://pg.shop/{n}")]) for n in ("orders", "billing")),
    ],
    "shared-database, foreign Secret not known yet": lambda: [
        kube("Secret", "pg", **SHOP, owner="auth", stringData=UNKNOWN),
        deployment("orders", owner="orders", **SHOP, env=[from_secret("P", "pg", "password")]),
    ],
    "shared-database, undeclared Secret in a foreign namespace": lambda: [
        kube("Namespace", "shop", namespace=None, owner="auth"),
        deployment("orders", owner="orders", **SHOP, env=[from_secret("P", "elsewhere", "password")]),
    ],
    "shared-database, undeclared Secret": lambda: [
        deployment("orders", owner="orders", **SHOP, env=[from_secret("P", "elsewhere", "password")])
    ],
    "shared-cache": lambda: [
        *server("redis", "redis:7", 6379), *two(env=[value("CACHE", "redis://redis.shop:6379/0")]),
    ],
    "shared-filesystem, one claim": lambda: [claim("files"), *(
        deployment(n, owner=n, **mounting("files")) for n in ("orders", "billing"))],
    "shared-filesystem, the claim of another owner": lambda: [
        kube("PersistentVolumeClaim", "files", owner="auth", spec={}),
        deployment("orders", owner="orders", **mounting("files")),
    ],
    "shared-filesystem, all of them only read": lambda: [claim("files"), *(
        deployment(
            n, owner=n, container={"volumeMounts": [{"name": "data", "mountPath": "/d", "readOnly": True}]},
            pod={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "files"}}]},
        ) for n in ("orders", "billing"))],
    "shared-filesystem, one export inside another": lambda: [
        nfs_volume("all", "/exports"), nfs_volume("some", "/exports/orders"),
        claim("all", volumeName="all"), claim("some", volumeName="some"),
        *(deployment(n, owner=n, **mounting(c)) for n, c in (("billing", "all"), ("orders", "some"))),
    ],
    "shared-secret, two readers": lambda: [key(), *two(env=[from_secret("K", "jwt", "private.pem")])],
    "shared-secret, the Secret of another owner": lambda: [
        key(owner="auth"), deployment("orders", owner="orders", **SHOP, env=[from_secret("K", "jwt", "private.pem")]),
    ],
    "shared-secret, inferred owners": lambda: [key(), *inferred(env=[from_secret("K", "jwt", "private.pem")])],
    "shared-broker-credential, one login": lambda: [broker(), *two(env=AMQP)],
    "shared-broker-credential, the broker's own": lambda: [
        broker(), deployment("orders", owner="orders", **SHOP, env=PASSWORD)],
    "shared-broker-credential, inferred owners": lambda: [
        *server("broker", "rabbitmq:4", 5672), *inferred(env=AMQP)],
    "shared-identity, one account": lambda: [account("app"), *acting("app", "app")][1:],
    "shared-identity, one account by its old name": lambda: two(pod={"serviceAccount": "app"}),
    "shared-identity, one role": lambda: [account("one"), account("two"), *acting("one", "two")],
    "shared-identity, one role of inferred owners": lambda: [
        account("one"), account("two"),
        *(deployment(n, **SHOP, pod={"serviceAccountName": a}) for n, a in (("orders", "one"), ("billing", "two"))),
    ],
    "shared-identity, one task role": lambda: _with_role("aws:ecs/taskDefinition:TaskDefinition", "taskRoleArn"),
    "shared-identity, one execution role": lambda: _with_role("aws:lambda/function:Function", "role"),
    "shared-identity, every Secret": bound,
    "shared-identity, one Secret": lambda: bound(named=True),
    "foreign-network-path, stated owners": lambda: [*postgres(owner="auth"), network(), *two()],
    "foreign-network-path, nobody's store": lambda: [*postgres(), network(), *two()],
    "foreign-literal, an owner by its host": lambda: [
        deployment("orders", owner="orders", **SHOP, env=[value("DB", "postgres://u@db.ai.example.com/ai")])],
    "foreign-literal, nobody's host": lambda: [
        deployment("orders", owner="orders", **SHOP, env=[value("DB", "postgres://u@db.example.com/shop")])],
    "unowned-store": lambda: [*postgres(), deployment("orders", owner="orders", **SHOP, env=[value("DB", URL)])],
    "unprotected-store": lambda: [
        resource("aws:rds/instance:Instance", "main", {"engine": "postgres", "tags": {OWNER: "a"}})],
    "an exemption": lambda: [*postgres(owner="orders"), *two(env=[value("DB", URL)])],
    "an exemption that has expired": lambda: [deployment("orders", owner="orders", **SHOP)],
    "an exemption that covers nothing": lambda: [deployment("orders", owner="orders", **SHOP)],
}  # fmt: skip


def _with_role(token: str, name: str) -> Stack:
    role = resource("aws:iam/role:Role", "app", {"name": "app"})
    tags = {n: {"tags": {OWNER: n}} for n in ("orders", "billing")}
    return [role, *(resource(token, n, tags[n], uses={name: [role]}) for n in tags)]


def findings(name: str) -> list[dict[str, Any]]:

    today = datetime.date(2026, 11, 1)
    expires = {
        "an exemption": today,
        "an exemption that has expired": today - datetime.timedelta(days=1),
        "an exemption that covers nothing": today,
    }.get(name)
    exemptions = [Exemption(**EXEMPTION, expires=expires)] if expires else []
    settings = Settings(host_owners={"db.ai.*": "ai"})
    graph = Graph([resource_of(item) for item in CASES[name]()], settings)
    found = judge(graph, {}, exemptions=exemptions, today=today)
    return [{**item.as_json(), "resource": item.resource, "origin": item.origin} for item in found]


@pytest.mark.parametrize("name", CASES)
def test_a_finding_says(name: str) -> None:
    assert findings(name) == yaml.safe_load(FILE.read_text())[name]


def test_the_file_holds_nothing_else() -> None:
    assert list(yaml.safe_load(FILE.read_text())) == list(CASES)
