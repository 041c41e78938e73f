"""Each rule on stated owners: what it refuses, what it only advises, and the same stack with one thing put right."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.pack import policies
from policies.isolation.packs import ISOLATION
from policies.isolation.rules import RULES
from policies.isolation.server import Servicer

from .stack import Answer, analyze, ask, deployment, from_secret, kube, resource, secret, service, value

Stack = list[Any]


def said(rule: str, stack: Stack, settings: dict[str, Any] | None = None, **options: Any) -> list[Answer]:
    """What one rule says, refusals and advice alike; `settings` are stated under every policy."""
    if settings is not None:
        options["config"] = dict.fromkeys((*(item.id for item in RULES), ISOLATION.advice), settings)
    return [item for item in analyze(*stack, **options) if item.policy == rule or f"[{rule}]" in item.message]


def two(second: str = "billing", *, namespace: str = "shop", **given: Any) -> Stack:
    """Workloads of two stated owners in one namespace, given the same."""
    return [deployment(name, owner=name, namespace=namespace, **given) for name in ("orders", second)]


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert rule.cause.endswith(".")
        assert rule.explanation.endswith(".")
        assert rule.remedy.endswith(".")
        assert rule.level in {"mandatory", "advisory"}
    assert len({rule.id for rule in RULES}) == len(RULES)


# shared-secret


def signing(**rest: Any) -> Any:
    return kube(
        "Secret", "jwt", namespace="shop", stringData={"private.pem": secret("k"), "key.pub": "p"}, **rest
    )


def test_shared_secret_refuses_two_readers_of_one_secret() -> None:
    [found] = said("shared-secret", [signing(), *two(env=[from_secret("KEY", "jwt", "private.pem")])])
    assert found.mandatory
    assert "billing (owner billing) → Secret jwt; orders (owner orders) → Secret jwt" in found.message


def test_shared_secret_refuses_one_reader_of_anothers_secret() -> None:
    reader = deployment(
        "orders", owner="orders", namespace="shop", env=[from_secret("K", "jwt", "private.pem")]
    )
    [found] = said("shared-secret", [signing(owner="auth"), reader])
    assert found.mandatory
    assert "orders (owner orders) → Secret jwt (owner auth)" in found.message


def test_shared_secret_only_advises_where_the_public_half_is_shared() -> None:
    [found] = said("shared-secret", [signing(), *two(env=[from_secret("KEY", "jwt", "key.pub")])])
    assert not found.mandatory


def test_shared_secret_only_advises_where_owners_are_inferred() -> None:
    readers = [
        deployment(name, namespace="shop", env=[from_secret("K", "jwt", "private.pem")]) for name in "ab"
    ]
    [found] = said("shared-secret", [signing(), *readers])
    assert not found.mandatory


@pytest.mark.parametrize("kind", ["own", "certificate"])
def test_shared_secret_leaves_own_secrets_and_certificates_in_peace(kind: str) -> None:
    if kind == "own":
        env = [from_secret("K", "jwt", "private.pem")]
        parts = [deployment(name, owner="auth", namespace="shop", env=env) for name in ("api", "worker")]
        assert said("shared-secret", [signing(owner="auth"), *parts]) == []
    else:
        tls = kube("Secret", "tls", namespace="shop", type="kubernetes.io/tls", data={"tls.key": "a2V5"})
        assert said("shared-secret", [tls, *two(env=[from_secret("K", "tls", "tls.key")])]) == []


# shared-broker-credential


def broker() -> Stack:
    return [
        kube("RabbitmqCluster", "broker", namespace="shop", owner="platform", protect=True, spec={}),
    ]


def test_shared_broker_credential_refuses_one_login_for_two_owners() -> None:
    [found] = said(
        "shared-broker-credential", [*broker(), *two(env=[value("AMQP", "amqp://app:p@broker:5672/")])]
    )
    assert found.mandatory
    assert "orders (owner orders) → env AMQP → RabbitmqCluster broker" in found.message
    assert "app" not in found.message.split("→")[0]


def test_shared_broker_credential_refuses_the_brokers_own_credential() -> None:
    env = [from_secret("AMQP_PASSWORD", "broker-default-user", "password")]
    [found] = said(
        "shared-broker-credential", [*broker(), deployment("a", owner="orders", namespace="shop", env=env)]
    )
    assert found.mandatory
    assert (
        "a (owner orders) → Secret broker-default-user → RabbitmqCluster broker (owner platform)"
        in found.message
    )


def test_shared_broker_credential_allows_a_user_for_each_owner() -> None:
    clients = [
        deployment(n, owner=n, namespace="shop", env=[value("AMQP", f"amqp://{n}:p@broker:5672/")])
        for n in ("a", "b")
    ]
    assert said("shared-broker-credential", [*broker(), *clients]) == []


# shared-identity


def account(name: str, **annotations: str) -> Any:
    found = kube("ServiceAccount", name, namespace="shop")
    if annotations:
        found.properties["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": annotations["role"]}
    return found


def test_shared_identity_refuses_one_service_account_for_two_owners() -> None:
    [found] = said("shared-identity", [account("app"), *two(pod={"serviceAccountName": "app"})])
    assert found.mandatory
    assert (
        "billing (owner billing) → ServiceAccount app; orders (owner orders) → ServiceAccount app"
        in found.message
    )


def test_shared_identity_refuses_one_cloud_role_behind_two_accounts() -> None:
    stack = [account(name, role="arn:aws:iam::1:role/app") for name in ("one", "two")]
    stack += [
        deployment(owner, owner=owner, namespace="shop", pod={"serviceAccountName": name})
        for owner, name in (("orders", "one"), ("billing", "two"))
    ]
    [found] = said("shared-identity", stack)
    assert found.mandatory
    assert "Role app" in found.message


def test_shared_identity_refuses_one_execution_role_for_two_owners() -> None:
    role = resource("aws:iam/role:Role", "app", {})
    functions = [
        resource(
            "aws:lambda/function:Function",
            n,
            {"tags": {"service-extraction/owner": n}},
            uses={"role": [role]},
        )
        for n in ("orders", "billing")
    ]
    [found] = said("shared-identity", [role, *functions])
    assert found.mandatory


# foreign-network-path


def policy(label: str, port: int | None = None, **rest: Any) -> Any:
    rule: dict[str, Any] = {"from": [{"podSelector": {"matchLabels": {"app": label}}}]}
    if port is not None:
        rule["ports"] = [{"port": port}]
    spec = {"podSelector": {"matchLabels": {"app": "pg"}}, "ingress": [rule]}
    return kube("NetworkPolicy", "to-pg", namespace="shop", spec=spec, **rest)


def guarded(*policies: Any) -> Stack:
    database = deployment("pg", kind="StatefulSet", image="postgres:16", owner="orders", namespace="shop")
    return [database, *two(), *policies]


@pytest.mark.parametrize("port", [None, 5432], ids=["all ports", "the store's port"])
def test_foreign_network_path_refuses_another_owners_pods(port: int | None) -> None:
    [found] = said("foreign-network-path", guarded(policy("billing", port)))
    assert found.mandatory
    assert "billing (owner billing) → NetworkPolicy to-pg → StatefulSet pg (owner orders)" in found.message


def test_foreign_network_path_sees_selectors_of_namespaces_and_operators() -> None:
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}
    spec = {"podSelector": {"matchLabels": {"cnpg.io/cluster": "pg"}}, "ingress": [{"from": [peer]}]}
    stack = [
        kube("Cluster", "pg", namespace="ai", owner="ai", protect=True, spec={}),
        kube("NetworkPolicy", "to-pg", namespace="ai", spec=spec),
        deployment("billing", owner="billing", namespace="shop"),
    ]
    [found] = said("foreign-network-path", stack)
    assert found.mandatory
    assert "billing (owner billing) → NetworkPolicy to-pg → Cluster pg (owner ai)" in found.message


def test_foreign_network_path_sees_egress() -> None:
    to = {"podSelector": {"matchLabels": {"app": "pg"}}}
    spec = {"podSelector": {"matchLabels": {"app": "billing"}}, "egress": [{"to": [to]}]}
    [found] = said("foreign-network-path", guarded(kube("NetworkPolicy", "out", namespace="shop", spec=spec)))
    assert found.mandatory


def test_foreign_network_path_reads_expressions_and_port_ranges() -> None:
    expression = {"key": "app", "operator": "In", "values": ["billing", "other"]}
    rule = {
        "from": [{"podSelector": {"matchExpressions": [expression]}}],
        "ports": [{"port": 5000, "endPort": 6000}],
    }
    spec = {"podSelector": {"matchLabels": {"app": "pg"}}, "ingress": [rule]}
    [found] = said("foreign-network-path", guarded(kube("NetworkPolicy", "in", namespace="shop", spec=spec)))
    assert found.mandatory
    rule["ports"] = [{"port": 8000, "endPort": 9000}]
    assert (
        said("foreign-network-path", guarded(kube("NetworkPolicy", "in", namespace="shop", spec=spec))) == []
    )


def test_foreign_network_path_sees_groups_of_pods() -> None:
    group = {name: resource("aws:ec2/securityGroup:SecurityGroup", name, {}) for name in ("db", "pods")}
    rule = resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule", "in", {"type": "ingress"},
        uses={"securityGroupId": [group["db"]], "sourceSecurityGroupId": [group["pods"]]},
    )  # fmt: skip
    pods = resource(
        "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy", "billing",
        {"apiVersion": "vpcresources.k8s.aws/v1beta1", "kind": "SecurityGroupPolicy",
         "metadata": {"name": "billing", "namespace": "shop"},
         "spec": {"podSelector": {"matchLabels": {"app": "billing"}}}},
        uses={"spec": [group["pods"]]},
    )  # fmt: skip
    database = resource(
        "aws:rds/instance:Instance", "main", {"tags": {"service-extraction/owner": "orders"}}, protect=True,
        uses={"vpcSecurityGroupIds": [group["db"]]},
    )  # fmt: skip
    [found] = said("foreign-network-path", [*group.values(), rule, pods, database, *two()])
    assert found.mandatory
    assert "billing (owner billing) → SecurityGroupRule in → Instance main (owner orders)" in found.message


@pytest.mark.parametrize(
    ("label", "port"), [("orders", 5432), ("billing", 9187), ("nobody", 5432)],
    ids=["the owner", "the exporter's port", "a selector that fits nobody"],
)  # fmt: skip
def test_foreign_network_path_allows(label: str, port: int) -> None:
    assert said("foreign-network-path", guarded(policy(label, port))) == []


def grouped(admits: str, *, by: str) -> Stack:
    """A database of orders behind a security group that admits the group of one of two functions."""
    tag = "service-extraction/owner"
    group = {
        name: resource("aws:ec2/securityGroup:SecurityGroup", name, {})
        for name in ("db", "orders", "billing")
    }
    database = resource(
        "aws:rds/instance:Instance", "main", {"tags": {tag: "orders"}}, protect=True,
        uses={"vpcSecurityGroupIds": [group["db"]]},
    )  # fmt: skip
    functions = [
        resource("aws:lambda/function:Function", n, {"tags": {tag: n}}, uses={"vpcConfig": [group[n]]})
        for n in ("orders", "billing")
    ]
    if by == "a rule":
        rule = resource(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", {},
            uses={"securityGroupId": [group["db"]], "referencedSecurityGroupId": [group[admits]]},
        )  # fmt: skip
        return [*group.values(), database, *functions, rule]
    opened = resource("aws:ec2/securityGroup:SecurityGroup", "db", {}, uses={"ingress": [group[admits]]})
    return [opened, group["orders"], group["billing"], database, *functions]


@pytest.mark.parametrize("by", ["a rule", "the group itself"])
def test_foreign_network_path_sees_security_groups(by: str) -> None:
    [found] = said("foreign-network-path", grouped("billing", by=by))
    assert found.mandatory
    assert "billing (owner billing)" in found.message
    assert "Instance main (owner orders)" in found.message
    assert said("foreign-network-path", grouped("orders", by=by)) == []


# foreign-literal

LITERAL = [value("DATABASE_URL", "postgres://u:p@ai-postgres-rw.ai.svc.cluster.local/ai")]


@pytest.mark.parametrize(
    "config",
    [{"namespaceOwners": {"ai": "ai"}}, {"hostOwners": {"ai-postgres*": "ai"}}],
    ids=["by namespace", "by host"],
)
def test_foreign_literal_refuses_a_stated_owners_store_of_another_stack(config: dict[str, Any]) -> None:
    reader = deployment("worker", owner="analytics", env=LITERAL)
    [found] = said("foreign-literal", [reader], settings=config)
    assert found.mandatory
    assert (
        "worker (owner analytics) → env DATABASE_URL → ai-postgres-rw.ai.svc.cluster.local" in found.message
    )
    assert "it belongs to ai" in found.message


def test_foreign_literal_advises_where_nobody_states_the_owner() -> None:
    [found] = said("foreign-literal", [deployment("worker", owner="analytics", env=LITERAL)])
    assert not found.mandatory


def test_foreign_literal_allows_the_owner() -> None:
    stated = {"hostOwners": {"*.ai.svc*": "ai"}}
    assert said("foreign-literal", [deployment("worker", owner="ai", env=LITERAL)], settings=stated) == []


def test_a_statement_under_one_policy_holds_for_all() -> None:
    """The pack's own server merges them; the SDK's cannot, so this asks the pack's alone."""
    reader = deployment("worker", owner="analytics", env=LITERAL)
    config = {"shared-database": {"hostOwners": {"ai-postgres*": "ai"}}}
    found = ask(Servicer(policies()), [reader], config)
    assert [(item.policy, item.mandatory) for item in found] == [("foreign-literal", True)]


# unowned-store and unprotected-store


def test_unowned_store_speaks_up_once_owners_are_stated() -> None:
    database = deployment("pg", kind="StatefulSet", image="postgres:16")
    [found] = said("unowned-store", [database, deployment("a", owner="orders")])
    assert not found.mandatory
    assert "StatefulSet pg has no owner" in found.message
    assert said("unowned-store", [database, deployment("a")]) == []


def test_a_parked_store_has_an_owner() -> None:
    parked = kube("Cluster", "ai", namespace="ai", owner="ai", protect=True, spec={})
    assert analyze(parked) == []


@pytest.mark.parametrize(("protect", "expected"), [(True, 0), (False, 1)])
def test_unprotected_store(protect: bool, expected: int) -> None:
    database = resource("aws:rds/instance:Instance", "main", {}, protect=protect)
    assert len(said("unprotected-store", [database])) == expected


# configuration


@pytest.mark.parametrize("rule", ["unowned-store", "unprotected-store"])
def test_an_advice_can_be_made_a_refusal(rule: str) -> None:
    stack = [kube("Cluster", "pg", spec={}), deployment("a", owner="orders")]
    [found] = [item for item in analyze(*stack, config={rule: {"level": "mandatory"}}) if item.policy == rule]
    assert found.message


def grade_stack(schemas: tuple[str, str]) -> Stack:
    clients = [
        deployment(name, owner=name, env=[value("URL", f"jdbc:postgresql://pg/shop?currentSchema={schema}")])
        for name, schema in zip(("orders", "billing"), schemas, strict=True)
    ]
    return [
        deployment("pg", kind="StatefulSet", image="postgres:16", ports=[5432]),
        service("pg", "pg", 5432),
        *clients,
    ]


@pytest.mark.parametrize(
    ("grade", "schemas", "refused"),
    [
        ("schema", ("a", "b"), False), ("schema", ("a", "a"), True), ("database", ("a", "b"), True),
        ("instance", ("a", "b"), True),
    ],
)  # fmt: skip
def test_the_wanted_grade_is_configuration(grade: str, schemas: tuple[str, str], refused: bool) -> None:
    found = said("shared-database", grade_stack(schemas), config={"shared-database": {"grade": grade}})
    assert any(item.mandatory for item in found) is refused


def test_two_databases_on_one_instance_are_one_store_at_grade_instance() -> None:
    stack: Stack = [
        deployment("pg", kind="StatefulSet", image="postgres:16", ports=[5432]), service("pg", "pg", 5432),
        *(deployment(n, owner=n, env=[value("URL", f"postgres://pg/{n}")]) for n in ("orders", "billing")),
    ]  # fmt: skip
    assert not any(item.mandatory for item in said("shared-database", stack))
    config = {"shared-database": {"grade": "instance"}}
    assert any(item.mandatory for item in said("shared-database", stack, config=config))


@pytest.mark.parametrize(("grade", "refused"), [("database", False), ("instance", True)])
def test_numbered_databases_of_one_cache_are_one_store_at_grade_instance(grade: str, refused: bool) -> None:
    stack: Stack = [
        deployment("redis", kind="StatefulSet", image="redis:7", ports=[6379]), service("redis", "redis", 6379),
        *(deployment(f"w{n}", owner=f"o{n}", env=[value("REDIS_URL", f"redis://redis/{n}")]) for n in (0, 1)),
    ]  # fmt: skip
    found = said("shared-cache", stack, config={"shared-cache": {"grade": grade}})
    assert any(item.mandatory for item in found) is refused


def test_owners_can_be_read_from_another_label() -> None:
    database = deployment(
        "pg", kind="StatefulSet", image="postgres:16", ports=[5432], labels={"team": "orders"}
    )
    stack = [
        database,
        service("pg", "pg", 5432),
        deployment("b", labels={"team": "billing"}, env=[value("DB_HOST", "pg")]),
    ]
    assert not any(item.mandatory for item in said("shared-database", stack))
    [found] = said("shared-database", stack, config={"shared-database": {"ownerKeys": ["team"]}})
    assert found.mandatory
    assert "owner billing" in found.message


@pytest.mark.parametrize(
    ("changes", "mandatory", "message"),
    [
        ({}, False, "exemption from shared-database for pg (owner billing, until 2999-01-01): backfill"),
        ({"expires": "2020-01-01"}, True, "has expired"),
        ({"rule": "nonsense"}, True, "no rule nonsense"),
    ],
    ids=["in force", "expired", "unknown rule"],
)
def test_an_exemption_as_policy_configuration(changes: dict[str, str], mandatory: bool, message: str) -> None:
    entry = {"rule": "shared-database", "resource": "pg", "owner": "billing", "reason": "backfill",
             "expires": "2999-01-01"} | changes  # fmt: skip
    stack: Stack = [
        kube("Cluster", "pg", owner="orders", protect=True, spec={}),
        deployment("b", owner="billing", env=[value("DB_HOST", "pg-ro")]),
    ]
    options = {"exemptions": [entry]}
    found = said("shared-database", stack, config={"shared-database": options, "isolation-advice": options})
    assert any(message in item.message and item.mandatory is mandatory for item in found)
    assert any(item.mandatory for item in found) is mandatory
