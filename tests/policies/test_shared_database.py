"""Rule `shared-database`, as the engine would have it judged: at preview, with unknown and secret values."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.rules.shared_database import ID

from .stack import (
    UNKNOWN,
    analyze,
    deployment,
    from_secret,
    kube,
    refusals,
    resource,
    secret,
    service,
    value,
)

PASSWORD = "correct-horse-battery-staple"


def monolith(*, unknown: bool) -> list[Any]:
    """A database with our own credentials, as the first preview or a later one shows it."""
    password = resource(
        "random:index/randomPassword:RandomPassword",
        "ai-postgres",
        {"result": UNKNOWN if unknown else secret(PASSWORD)},
    )
    credentials = kube(
        "Secret", "ai-postgres", namespace="ai", owner="ai", type="kubernetes.io/basic-auth",
        stringData=UNKNOWN if unknown else {"username": "ai", "password": secret(PASSWORD)},
        uses={"stringData": [password]},
    )  # fmt: skip
    cluster = kube(
        "Cluster", "ai-postgres", namespace="ai", owner="ai", protect=True,
        spec={"instances": 3, "bootstrap": {"initdb": {"database": "ai", "secret": {"name": "ai-postgres"}}}},
    )  # fmt: skip
    return [password, credentials, cluster]


def reader(owner: str, name: str = "analytics-worker", **rest: Any) -> Any:
    return deployment(name, namespace="ai", owner=owner, **rest)


READS_SECRET = [from_secret("DATABASE_PASSWORD", "ai-postgres", "password")]


@pytest.mark.parametrize("unknown", [True, False], ids=["first preview", "later preview"])
def test_a_foreign_reader_is_refused_with_both_owners_and_the_path(unknown: bool) -> None:
    stack = [*monolith(unknown=unknown), reader("analytics", env=READS_SECRET)]
    [found] = refusals(*stack)
    assert found.policy == ID
    assert (
        "analytics-worker (owner analytics) → Secret ai-postgres → Cluster ai-postgres (owner ai)"
        in found.message
    )
    assert found.urn == stack[-1].urn
    assert PASSWORD not in found.message


@pytest.mark.parametrize("unknown", [True, False], ids=["first preview", "later preview"])
def test_the_owner_may_read_its_own_database_from_every_workload(unknown: bool) -> None:
    own = [
        reader("ai", "ai-api", env=READS_SECRET),
        reader("ai", "ai-worker", env=READS_SECRET),
        reader("ai", "ai-migrate", kind="Job", env=READS_SECRET),
    ]
    assert analyze(*monolith(unknown=unknown), *own) == []


def foreign_by_reference(stack: list[Any]) -> Any:
    return reader("analytics", env=[value("DATABASE_URL", UNKNOWN)], uses={"spec": [stack[1]]})


def foreign_by_password(stack: list[Any]) -> Any:
    return reader("analytics", env=[value("PGPASSWORD", UNKNOWN)], uses={"spec": [stack[0]]})


def foreign_by_unknown_secret_name(stack: list[Any]) -> Any:
    return reader(
        "analytics",
        env=[{"name": "X", "valueFrom": {"secretKeyRef": {"name": UNKNOWN, "key": "password"}}}],
        uses={"spec": [stack[1]]},
    )


def foreign_by_cluster(stack: list[Any]) -> Any:
    return reader("analytics", env=[value("DATABASE_HOST", UNKNOWN)], uses={"spec": [stack[2]]})


def foreign_by_unknown_spec(stack: list[Any]) -> Any:
    return kube("Deployment", "analytics-worker", namespace="ai", owner="analytics", spec=UNKNOWN,
                uses={"spec": [stack[1]]})  # fmt: skip


def foreign_by_host(_: list[Any]) -> Any:
    return reader("analytics", env=[value("DATABASE_HOST", "ai-postgres-ro.ai.svc.cluster.local")])


def foreign_by_url(_: list[Any]) -> Any:
    return reader("analytics", env=[value("DATABASE_URL", "postgresql://x:y@ai-postgres-rw/ai")])


def foreign_by_operator_secret(_: list[Any]) -> Any:
    return reader("analytics", env_from=[{"secretRef": {"name": "ai-postgres-superuser"}}])


def foreign_by_mounted_secret(_: list[Any]) -> Any:
    return reader("analytics", pod={"volumes": [{"name": "s", "secret": {"secretName": "ai-postgres"}}]})


WAYS = [
    foreign_by_reference, foreign_by_password, foreign_by_unknown_secret_name, foreign_by_cluster,
    foreign_by_unknown_spec, foreign_by_host, foreign_by_url, foreign_by_operator_secret,
    foreign_by_mounted_secret,
]  # fmt: skip


@pytest.mark.parametrize("unknown", [True, False], ids=["first preview", "later preview"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.removeprefix("foreign_"))
def test_every_way_to_the_database_is_refused(way: Any, unknown: bool) -> None:
    stack = monolith(unknown=unknown)
    found = refusals(*stack, way(stack))
    assert found, "not refused"
    assert any("owner analytics" in item.message and "owner ai" in item.message for item in found)


def test_a_foreign_secret_of_unknown_content_is_refused_even_if_nothing_shows_what_it_opens() -> None:
    hidden = kube("Secret", "settings", namespace="ai", owner="ai", stringData=UNKNOWN)
    [found] = refusals(hidden, reader("analytics", env=[from_secret("A", "settings", "a")]))
    assert "analytics-worker (owner analytics) → Secret settings (owner ai)" in found.message


def test_a_secret_that_nothing_declares_is_told_of() -> None:
    [found] = analyze(reader("analytics", env=[from_secret("A", "ai-postgres", "password")]))
    assert not found.mandatory
    assert "Secret ai-postgres" in found.message


@pytest.mark.parametrize("stated", ["label", "config"])
def test_a_secret_in_the_namespace_of_another_owner_is_refused_even_if_nothing_declares_it(
    stated: str,
) -> None:
    worker = reader("analytics", env=[from_secret("A", "ai-postgres", "password")])
    if stated == "label":
        found = refusals(kube("Namespace", "ai", namespace=None, owner="ai"), worker)
    else:
        found = refusals(worker, config={ID: {"namespaceOwners": {"ai*": "ai"}}})
    assert [item.policy for item in found] == [ID]
    assert "owner analytics" in found[0].message
    assert "owner ai" in found[0].message


def test_two_owners_on_one_undeclared_database_are_refused() -> None:
    url = "postgres://u:p@db.example.com/orders"
    found = refusals(
        deployment("a", owner="one", env=[value("DATABASE_URL", url)]),
        deployment("b", owner="two", namespace="other", env=[value("DB", url)]),
    )
    assert len(found) == 1
    assert "a (owner one) → env DATABASE_URL → db.example.com" in found[0].message


def test_a_rule_that_breaks_down_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: Any) -> None:
        raise ValueError(PASSWORD)

    monkeypatch.setattr("policies.isolation.graph.graph.Graph.__init__", explode)
    found = [item for item in refusals(deployment("a")) if item.policy == ID]
    assert "broke down (ValueError" in found[0].message
    assert PASSWORD not in found[0].message


def test_a_foreign_credential_is_refused_even_beside_a_known_address_of_ones_own() -> None:
    cluster = kube(
        "Cluster", "pg", owner="ai", protect=True, spec={"bootstrap": {"initdb": {"database": "ai"}}}
    )
    foreign = kube("Secret", "ai-login", owner="ai", stringData={"password": secret(PASSWORD)})
    cluster.properties["spec"]["managed"] = {
        "roles": [{"name": "ai", "passwordSecret": {"name": "ai-login"}}]
    }
    own = [value("DATABASE_URL", "postgres://pg-rw/analytics")]
    worker = deployment("worker", owner="analytics", env=[*own, from_secret("P", "ai-login", "password")])
    assert [item for item in refusals(cluster, foreign, worker) if "Secret ai-login" in item.message]


def test_one_rule_that_breaks_down_is_a_violation_and_the_others_still_speak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def explode(*_: Any) -> None:
        raise KeyError(PASSWORD)

    monkeypatch.setattr("policies.isolation.rules.shared_cache.shared", explode)
    cache = deployment("redis", kind="StatefulSet", image="redis:7", ports=[6379])
    found = refusals(cache, *monolith(unknown=True), reader("analytics", env=READS_SECRET))
    assert [item.policy for item in found] == [ID, "shared-cache"]
    assert "rule shared-cache broke down (KeyError at test_shared_database.py:" in found[1].message
    assert PASSWORD not in found[1].message


def test_a_use_that_names_no_database_is_advice_beside_one_that_does() -> None:
    stack = [
        deployment("mysql", kind="StatefulSet", image="mysql:8", ports=[3306]),
        kube("Service", "mysql", spec={"selector": {"app": "mysql"}, "ports": [{"port": 3306}]}),
        deployment("orders", env=[value("DATABASE_URL", "mysql://mysql/orders")]),
        deployment("billing", env=[value("DB_HOST", "mysql")]),
    ]
    [found] = [item for item in analyze(*stack) if "unprotected" not in item.message]
    assert not found.mandatory
    assert "nothing tells their databases on this server apart" in found.message


def test_a_server_that_states_no_database_keeps_them_all_for_its_owner() -> None:
    server = deployment("pg", kind="StatefulSet", image="postgres:16", ports=[5432], owner="ai")
    front = kube("Service", "pg", spec={"selector": {"app": "pg"}, "ports": [{"port": 5432}]})
    worker = deployment("worker", owner="analytics", env=[value("DATABASE_URL", "postgres://pg/ai")])
    [found] = refusals(server, front, worker)
    assert (
        "worker (owner analytics) → env DATABASE_URL → StatefulSet pg (owner ai), database ai"
        in found.message
    )


@pytest.mark.parametrize(("owner", "refused"), [("analytics", False), ("ai", True)])
def test_a_database_declared_for_an_owner_on_anothers_server_is_that_owners(
    owner: str, refused: bool
) -> None:
    server = kube("Cluster", "pg", owner="platform", protect=True, spec={})
    database = kube("Database", "reports", owner=owner, spec={"name": "reports", "cluster": {"name": "pg"}})
    worker = deployment("worker", owner="analytics", env=[value("DATABASE_URL", "postgres://pg-rw/reports")])
    assert bool(refusals(server, database, worker)) is refused


@pytest.mark.parametrize(
    ("content", "refused"),
    [({"stringData": UNKNOWN}, True), ({"data": UNKNOWN}, True), ({"stringData": {"other": "x"}}, False)],
    ids=["all of it unknown", "encoded, all of it unknown", "known, without the key"],
)
def test_a_database_named_in_a_secret_that_is_closed_as_a_whole(
    content: dict[str, Any], refused: bool
) -> None:
    """As an export without `--show-secrets` holds it. What is unknown counts as the same database."""
    found = refusals(
        deployment("pg", kind="StatefulSet", image="postgres:16", ports=[5432]),
        service("pg", "pg", 5432),
        kube("Secret", "settings", **content),
        deployment("a", env=[value("DB_HOST", "pg"), from_secret("DB_NAME", "settings", "name")]),
        deployment("b", env=[value("DB_HOST", "pg"), value("DB_NAME", "shop")]),
    )
    assert bool(found) is refused
