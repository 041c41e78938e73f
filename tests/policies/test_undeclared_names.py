"""Hosts that nothing in the input declares: charts installed apart, servers whose Service is missing, blanks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from .plain import Object, config, refused, secret_key, server, service, workload

BOTH = frozenset({"orders", "users"})
SHOP = {"MYSQL_HOST": "mysql", "MYSQL_DATABASE": "shop"}


def two(first: Mapping[str, object], second: Mapping[str, object]) -> list[Object]:
    return [workload("orders", first), workload("users", second)]


def handed(name: str) -> list[Object]:
    return [{"configMapRef": {"name": name}}]


def nameless(name: str) -> Object:
    """A server whose Service is not in the input, and which reads its password from a Secret."""
    return workload(
        name,
        {"POSTGRES_DB": "shop", "POSTGRES_PASSWORD": secret_key("login", "password")},
        kind="StatefulSet",
        image="postgres:16",
    )


def pooled(env: Mapping[str, str], image: str = "edoburu/pgbouncer:1", port: int = 6432) -> list[Object]:
    return [workload("pooler", env, image=image, ports=[port]), service("pooler", port)]


SHARED: dict[str, tuple[tuple[str, str | None], Callable[[], list[Object]]]] = {
    "a cache": (("cache", None), lambda: two({"REDIS_HOST": "cache"}, {"SPRING_REDIS_HOST": "cache"})),
    "a cache that is only known by its outer address": (
        ("edge.example.com", "0"),
        lambda: two(*[{"REDIS_PUBLIC_URL": "redis://edge.example.com", "URL": "http://web"}] * 2),
    ),
    "a cache in a declared namespace, by a short and by a full name": (("redis.data", None), lambda: [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "data"}},
        *two({"REDIS_HOST": "redis.data"}, {"REDIS_HOST": "redis.data.svc.cluster.local"}),
    ]),
    "a database by what it is for": (
        ("pg", "shop"), lambda: two(*[{"DB_HOST_SHOP": "pg", "DB_NAME_SHOP": "shop"}] * 2),
    ),
    "a cache called after its engine": (
        ("redis-master", None), lambda: two({"CACHE_HOST": "redis-master"}, {"SESSION_HOST": "redis-master"}),
    ),
    "a database": (("mysql", "shop"), lambda: two(SHOP, SHOP)),
    "a database of no known engine": (
        ("data", "shop"), lambda: two({"DB_HOST": "data", "DB_NAME": "shop"}, {"DB_HOST": "data", "DB_NAME": "shop"}),
    ),
    "a name in short and in full": (
        ("mysql", "shop"), lambda: two(SHOP, {"URL": "jdbc:mysql://mysql.default.svc.cluster.local:3306/shop"}),
    ),
    "one blank for both to be filled in": (("your_cache_endpoint", None), lambda: [
        config("all", {"REDIS_HOST": "YOUR_CACHE_ENDPOINT"}),
        *(workload(name, env_from=handed("all")) for name in ("orders", "users")),
    ]),
    "a name beside the Secret that the server reads": (("db", "shop"), lambda: [
        nameless("db"),
        workload("orders", {"POSTGRES_HOST": "data", "PASSWORD": secret_key("login", "password")}),
        workload("users", {"DATABASE_URL": "postgres://u:p@data/shop"}),
    ]),
    "members of one cluster, in another order": (("m-0", "shop"), lambda: two(
        {"MONGO_URL": "mongodb://m-0,m-1,m-2/shop"}, {"MONGO_URL": "mongodb://m-2,m-0,m-1/shop"},
    )),
    "one member of a cluster": (("m-0", "shop"), lambda: two(
        {"MONGO_URL": "mongodb://m-0,m-1/shop"}, {"MONGO_URL": "mongodb://m-1/shop"},
    )),
    "seeds of one cluster": (
        ("r-0", None), lambda: two({"REDIS_NODES": "r-0:6379,r-1:6379"}, {"REDIS_HOST": "r-1"}),
    ),
    "seeds of one cluster, without ports": (
        ("m-0", "shop"), lambda: two(
            {"MONGO_HOSTS": "m-0,m-1", "MONGO_DB": "shop"}, {"MONGO_HOSTS": "m-1,m-0", "MONGO_DB": "shop"},
        ),
    ),
    "a pooler, by a lone host": (("db", "shop"), lambda: [
        *server("db", "postgres:16", 5432), *pooled({"DB_HOST": "db", "DB_NAME": "shop"}),
        *two({"DB_HOST": "pooler", "DB_NAME": "shop"}, {"DB_HOST": "db", "DB_NAME": "shop"}),
    ]),
    "a pooler of which no more is known": (("pooler", "shop"), lambda: [
        *pooled({}), *two({"DB_HOST": "pooler", "DB_NAME": "shop"}, {"DB_HOST": "pooler", "DB_NAME": "shop"}),
    ]),
    "a web server that passes connections on": (("db", "shop"), lambda: [
        *server("db", "mysql:8", 3306),
        config("front", {"nginx.conf": "stream { server { listen 3306; proxy_pass db:3306; } }"}),
        workload("front", image="nginx:1", files=["front"], ports=[3306]), service("front", 3306),
        *two({"DB_HOST": "front", "DB_NAME": "shop"}, {"DB_HOST": "db", "DB_NAME": "shop"}),
    ]),
}  # fmt: skip

APART: dict[str, Callable[[], list[Object]]] = {
    "two names": lambda: two({"REDIS_HOST": "cache-a"}, {"REDIS_HOST": "cache-b"}),
    "one name in two namespaces": lambda: [
        workload("orders", SHOP, namespace="orders"), workload("users", SHOP, namespace="users"),
    ],
    "two databases on one": lambda: two(SHOP, {**SHOP, "MYSQL_DATABASE": "crm"}),
    "switches": lambda: two(
        {"REDIS_SERVER": "true", "REDIS_ENDPOINT": "default", "MYSQL_SERVER_ID": "a1", "REDIS_CLUSTER": "yes"},
        {"REDIS_SERVER": "true", "REDIS_ENDPOINT": "default", "MYSQL_SERVER_ID": "a1", "REDIS_CLUSTER": "yes"},
    ),
    "an address for outsiders": lambda: [
        workload(name, {"REDIS_URL": f"redis://{name}", "REDIS_PUBLIC_URL": "redis://edge.example.com:6379"})
        for name in ("orders", "users")
    ],
    "engines without a server": lambda: two(
        {"DB_HOST": "sqlite", "CACHE_DB_HOST": "memory"}, {"DB_HOST": "sqlite", "CACHE_DB_HOST": "memory"},
    ),
    "a list of servers that are no cluster": lambda: [
        workload("saver", {"MYSQL_SERVERS": "orders-db,users-db", "MYSQL_DATABASE": "all"}),
        *two(
            {"MYSQL_HOST": "orders-db", "MYSQL_DATABASE": "shop"},
            {"MYSQL_HOST": "users-db", "MYSQL_DATABASE": "shop"},
        ),
    ],
    "tools of an engine": lambda: two({"REDIS_STATS_HOST": "redis-exporter"}, {"REDIS_STATS_HOST": "redis-exporter"}),
    "peers": lambda: two({"PAYMENT_HOST": "payment", "SMTP_SERVER": "mail"}, {"PAYMENT_HOST": "payment"}),
    "a host of tools called after an engine": lambda: two({"UI_HOST": "redis-ui"}, {"UI_HOST": "redis-ui"}),
    "a blank in each": lambda: two({"DB_HOST": "changeme", "DB_NAME": "a"}, {"DB_HOST": "changeme", "DB_NAME": "a"}),
    "a blank in each URL": lambda: two(
        {"URL": "postgres://u:p@your-host:5432/app"}, {"URL": "postgres://u:p@your-host:5432/app"},
    ),
    "a blank in each ConfigMap": lambda: [
        config("orders", {"REDIS_HOST": "YOUR_HOST"}), config("users", {"REDIS_HOST": "YOUR_HOST"}),
        *(workload(name, env_from=handed(name)) for name in ("orders", "users")),
    ],
    "two databases behind one pooler": lambda: [
        *server("db", "postgres:16", 5432), *pooled({"DB_HOST": "db"}),
        *two({"DB_HOST": "pooler", "DB_NAME": "shop"}, {"DB_HOST": "pooler", "DB_NAME": "crm"}),
    ],
    "a proxy to peers": lambda: [
        *pooled({}, image="envoyproxy/envoy:v1", port=8080),
        *two({"API_HOST": "pooler"}, {"API_HOST": "pooler"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_one_name_is_one_store(tmp_path: Path, name: str) -> None:
    store, objects = SHARED[name]
    assert refused(tmp_path, objects()) == {store: BOTH}


@pytest.mark.parametrize("name", APART)
def test_what_only_looks_like_a_shared_name_is_left_in_peace(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, APART[name]())
