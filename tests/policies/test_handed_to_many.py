"""What many are handed: lists of stores, one password for several servers, one Service in front of two versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.isolation.audit import audit

from .plain import Object, config, refused, secret_key, server, service, workload

BOTH = frozenset({"orders", "users"})
SERVICES = ("orders", "users")
STORES = ("orders", "users", "mails")
LIST = json.dumps({f"{name}-mongo": {"addr": f"{name}-db", "port": 27017} for name in STORES})
URLS = {f"{name.upper()}_URL": f"mongodb://{name}-db/{name}" for name in STORES}
MONGOS = [item for name in STORES for item in server(f"{name}-db", "mongo:7", 27017)]


def held(name: str, data: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}


def all_of(name: str) -> list[Object]:
    return [{"secretRef": {"name": name}}]


def opened(name: str, image: str, port: int, secret: list[Object]) -> list[Object]:
    """A server that reads all of a Secret, its password among it."""
    pods = workload(name, kind="StatefulSet", image=image, ports=[port], env_from=secret)
    return [pods, service(name, port)]


def keyed(name: str, image: str, port: int, variable: str, key: str) -> list[Object]:
    """A server that reads its password from one key of the Secret `passwords`."""
    pods = workload(
        name, {variable: secret_key("passwords", key)}, kind="StatefulSet", image=image, ports=[port]
    )
    return [pods, service(name, port)]


def part(name: str, of: str, env: dict[str, object] | None = None) -> Object:
    """A workload under an umbrella: every app label is the system's."""
    return workload(name, env, labels={"app": "shop", "part": of})


def umbrella(*parts: str) -> list[Object]:
    return [
        item
        for name in parts
        for item in (part(name, name), service(name, 8080, {"app": "shop", "part": name}))
    ]


SHARED: dict[str, Callable[[], list[Object]]] = {
    "a file of one database in a ConfigMap each": lambda: [
        *server("db", "mongo:7", 27017),
        *(config(name, {"config.json": '{"mongo": {"addr": "db", "port": 27017}}'}) for name in SERVICES),
        *(workload(name, files=[name]) for name in SERVICES),
    ],
    "lists that differ": lambda: [
        *MONGOS,
        *(config(name, {"ME": name, **URLS}) for name in SERVICES),
        *(workload(name, env_from=[{"configMapRef": {"name": name}}]) for name in SERVICES),
    ],
    "one password of two servers, and the same server's address": lambda: [
        held("root", {"MONGO_INITDB_ROOT_PASSWORD": "x"}),
        *opened("orders-db", "mongo:7", 27017, all_of("root")), *opened("users-db", "mongo:7", 27017, all_of("root")),
        *(workload(name, {"MONGO_HOST": "orders-db"}, env_from=all_of("root")) for name in SERVICES),
    ],
    "one key of a Secret, read by the server and two others": lambda: [
        held("passwords", {"pg": "x", "mysql": "y"}),
        *keyed("pg", "postgres:16", 5432, "POSTGRES_PASSWORD", "pg"),
        *keyed("mysql", "mysql:8", 3306, "MYSQL_ROOT_PASSWORD", "mysql"),
        *(workload(name, {"DB_PASSWORD": secret_key("passwords", "pg")}) for name in SERVICES),
    ],
    "two parts of a system with a Service each": lambda: [
        *server("db", "mongo:7", 27017), *umbrella("web", "mail"),
        *(part(name, name, {"MONGO_URL": "mongodb://db/shop"}) for name in SERVICES),
        *(service(name, 8080, {"app": "shop", "part": name}) for name in SERVICES),
    ],
    "two parts of a system without Services": lambda: [
        *server("db", "mongo:7", 27017), *umbrella("web", "mail", "search"),
        *(part(name, name, {"MONGO_URL": "mongodb://db/shop"}) for name in SERVICES),
    ],
    "two parts of a system with one headless Service": lambda: [
        *server("db", "mongo:7", 27017), *umbrella("web", "mail", "search"),
        *(part(name, "back", {"MONGO_URL": "mongodb://db/shop"}) for name in SERVICES),
        {**service("back", 8080, {"part": "back"}), "spec": {"clusterIP": "None", "selector": {"part": "back"}}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_what_many_are_handed_is_shared_where_it_is_plain(tmp_path: Path, name: str) -> None:
    assert BOTH in set(refused(tmp_path, SHARED[name]()).values())


APART: dict[str, Callable[[], list[Object]]] = {
    "a file that lists every store, in a ConfigMap each": lambda: [
        *MONGOS,
        *(config(name, {"config.json": LIST, "me.json": f'{{"name": "{name}"}}'}) for name in SERVICES),
        *(workload(name, files=[name]) for name in SERVICES),
    ],
    "variables that list every store, in a ConfigMap each": lambda: [
        *MONGOS,
        *(config(name, URLS) for name in SERVICES),
        *(workload(name, env_from=[{"configMapRef": {"name": name}}]) for name in SERVICES),
    ],
    "variables that list two stores, in a ConfigMap of each of three": lambda: [
        *MONGOS,
        *(config(name, dict(list(URLS.items())[:2])) for name in STORES),
        *(workload(name, env_from=[{"configMapRef": {"name": name}}]) for name in STORES),
    ],
    "one password of two servers, and an address each": lambda: [
        held("root", {"MONGO_INITDB_ROOT_PASSWORD": "x"}),
        *opened("orders-db", "mongo:7", 27017, all_of("root")), *opened("users-db", "mongo:7", 27017, all_of("root")),
        *(workload(name, {"MONGO_HOST": f"{name}-db"}, env_from=all_of("root")) for name in SERVICES),
    ],
    "one password of two servers, and no address": lambda: [
        held("root", {"MONGO_INITDB_ROOT_PASSWORD": "x"}),
        *opened("orders-db", "mongo:7", 27017, all_of("root")), *opened("users-db", "mongo:7", 27017, all_of("root")),
        *(workload(name, env_from=all_of("root")) for name in SERVICES),
    ],
    "one password of a database and a cache that read it": lambda: [
        held("root", {"PASSWORD": "x"}),
        *opened("db", "postgres:16", 5432, all_of("root")), *opened("cache", "redis:7", 6379, all_of("root")),
        workload("orders", {"DATABASE_URL": "postgres://db/shop"}, env_from=all_of("root")),
        workload("users", {"REDIS_HOST": "cache"}, env_from=all_of("root")),
    ],
    "two keys of one Secret, a server's each": lambda: [
        held("passwords", {"pg": "x", "mysql": "y"}),
        *keyed("pg", "postgres:16", 5432, "POSTGRES_PASSWORD", "pg"),
        *keyed("mysql", "mysql:8", 3306, "MYSQL_ROOT_PASSWORD", "mysql"),
        workload("orders", {"DB_PASSWORD": secret_key("passwords", "pg")}),
        workload("users", {"DB_PASSWORD": secret_key("passwords", "mysql")}),
    ],
    "two versions of one part behind its Service": lambda: [
        *server("db", "mongo:7", 27017), *umbrella("web", "mail"),
        part("orders", "orders", {"MONGO_URL": "mongodb://db/shop"}),
        part("orders-v2", "orders", {"MONGO_URL": "mongodb://db/shop"}),
        service("orders", 8080, {"app": "shop", "part": "orders"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_what_many_are_handed_is_not_shared_for_that(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, APART[name]())


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("one password of two servers, and an address each", {("shared-secret", "root")}),
        ("two keys of one Secret, a server's each", set()),
        (
            "a file that lists every store, in a ConfigMap each",
            {("shared-database", f"{name}-db") for name in STORES},
        ),
    ],
)
def test_what_is_only_worth_knowing(tmp_path: Path, system: str, told: set[tuple[str, str]]) -> None:
    refused(tmp_path, APART[system]())
    assert {(item.rule, item.store_name) for item in audit([tmp_path]).findings} == told
