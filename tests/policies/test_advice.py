"""What is only worth knowing is said once, and only where nothing else says it or makes it void."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.isolation.audit import audit

from .plain import Object, custom, refused, server, workload

CLIENTS = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["orders", "users"]}]}
STORE = {"matchLabels": {"app": "db"}}
SHOP = [*server("db", "postgres:16", 5432), workload("orders"), workload("users")]


def policy(name: str, selects: Any, **spec: Any) -> Object:
    return custom("networking.k8s.io/v1", "NetworkPolicy", name, {"podSelector": selects, **spec})


def leaves(to: Any = STORE) -> Object:
    """Both services may go out to the store."""
    return policy("out", CLIENTS, policyTypes=["Egress"], egress=[{"to": [{"podSelector": to}]}])


def enters(*peers: Any, port: int = 5432) -> Object:
    """These may come in to the store."""
    return policy("in", STORE, ingress=[{"from": list(peers), "ports": [{"port": port}]}])


def label(name: str) -> Object:
    return {"podSelector": {"matchLabels": {"app": name}}}


def told(folder: Path, objects: list[Object]) -> set[tuple[str, str, frozenset[str]]]:
    refused(folder, objects)
    return {
        (item.rule, item.paths[0][1], frozenset(item.users))
        for item in audit([folder]).findings
        if item.users
    }


BOTH = frozenset({"orders", "users"})
WAY_OUT = {("foreign-network-path", "NetworkPolicy out", BOTH)}
WAY_IN = {("foreign-network-path", "NetworkPolicy in", BOTH)}


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param([leaves()], WAY_OUT, id="nothing-guards-the-store"),
        pytest.param([leaves(), enters(label("orders"))], set(), id="the-store-lets-one-in"),
        pytest.param([leaves(), enters({"podSelector": CLIENTS})], WAY_IN, id="the-store-lets-both-in"),
        pytest.param([leaves(), policy("shut", {}, policyTypes=["Ingress"])], set(), id="the-store-is-shut"),
        pytest.param(
            [leaves(), policy("out-too", {}, policyTypes=["Egress"])], WAY_OUT, id="another-way-out"
        ),
        pytest.param([leaves(), enters()], WAY_OUT, id="the-store-lets-all-in"),
        pytest.param(
            [leaves(), enters(label("orders"), {"ipBlock": {"cidr": "10.0.0.0/8"}})],
            WAY_OUT,
            id="the-store-lets-addresses-in",
        ),
        pytest.param([leaves(), enters(label("orders"), port=9187)], set(), id="the-store-shows-its-metrics"),
        pytest.param(
            [leaves(), enters({"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}})],
            WAY_OUT,
            id="nobody-can-tell-whom-the-store-lets-in",
        ),
    ],
)
def test_a_way_out_counts_where_the_store_does_not_say_who_comes_in(
    tmp_path: Path, policies: list[Object], expected: set[tuple[str, str, frozenset[str]]]
) -> None:
    assert told(tmp_path, [*SHOP, *policies]) == expected


def test_services_of_one_name_are_told_apart_by_their_namespaces(tmp_path: Path) -> None:
    address = {"DATABASE_URL": "postgres://db.data/app"}
    refused(
        tmp_path,
        [
            *server("db", "postgres:16", 5432, namespace="data"),
            *(workload("api", address, namespace=name) for name in ("orders", "users")),
            workload("mails", address, namespace="mails"),
        ],
    )
    [found] = audit([tmp_path]).findings
    assert found.users == ("api", "api", "mails")
    assert found.owners == ("orders/api", "users/api", "mails")
    assert "api (owner orders/api) → env DATABASE_URL → StatefulSet db" in found.message


def users_of(database: str, *names: str) -> list[tuple[str, str]]:
    return [(name, f"postgres://db/{database}") for name in names]


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        pytest.param(
            [*users_of("a", "orders", "users"), *users_of("b", "orders", "users")], 2, id="the-same-two"
        ),
        pytest.param(
            [*users_of("a", "orders", "users"), *users_of("b", "mails")], 2, id="a-third-on-the-server"
        ),
    ],
)
def test_a_server_is_spoken_of_where_its_databases_do_not_tell_all(
    tmp_path: Path, addresses: list[tuple[str, str]], expected: int
) -> None:
    given: dict[str, dict[str, str]] = {}
    for name, address in addresses:
        given.setdefault(name, {})[f"URL_{len(given.get(name, {}))}"] = address
    refused(
        tmp_path, [*server("db", "postgres:16", 5432), *(workload(name, env) for name, env in given.items())]
    )
    found = audit([tmp_path]).findings
    assert len(found) == expected
    assert {item.logical for item in found} == ({"a", "b"} if len(given) == 2 else {"a", None})
