"""What touches a store and is no second service: web servers, backups, dashboards; and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from .plain import Object, config, refused, server, workload

COUCH = server("couch", "couchdb:3", 5984)
DB = server("db", "mysql:8", 3306)
REDIS = server("redis", "redis:7", 6379)
SHOP = {"DB_HOST": "db", "DB_NAME": "shop"}
FRONT = config("front", {"default.conf": "server { location / { proxy_pass http://couch:5984/shop/; } }"})
CADDY = config("front", {"Caddyfile": "store.example.com {\n  reverse_proxy couch:5984\n}\n"})


def couched(name: str) -> Object:
    return workload(name, {"COUCHDB_URL": "http://couch:5984/shop"})


def celery(name: str, *command: str, image: str | None = None) -> Object:
    return workload(name, {"REDIS_HOST": "redis"}, image=image, command=["celery", "-A", "shop", *command])


APART: dict[str, Callable[[], Sequence[Object]]] = {
    "a web server in front of a store": lambda: [
        *COUCH, FRONT, couched("shop"), workload("front", image="nginx:1.27", files=["front"]),
    ],
    "a web server in front of a store, by port": lambda: [
        *COUCH, CADDY, couched("shop"), workload("front", image="docker.io/library/caddy:2", files=["front"]),
    ],
    "a backup that runs all the time": lambda: [
        *DB, workload("shop", SHOP), workload("saver", SHOP, image="example/mysql-backup-local:8"),
    ],
    "a backup of any engine": lambda: [
        *DB, workload("shop", SHOP), workload("saver", SHOP, kind="Job", image="example/db-backup:1"),
    ],
    "a dashboard of queues": lambda: [
        *REDIS, celery("worker", "worker"), workload("queues", {"REDIS_HOST": "redis"}, image="example/flower:2"),
    ],
    "a dashboard in the workers' image": lambda: [
        *REDIS, celery("worker", "worker", image="shop:1"), celery("queues", "flower", image="shop:1"),
    ],
}  # fmt: skip

SHARED: dict[str, Callable[[], Sequence[Object]]] = {
    "a worker of a queue called after a dashboard": lambda: [
        *REDIS, celery("a", "worker", "-Q", "flower"), celery("b", "worker"),
    ],
    "a program built into a web server's image": lambda: [
        *DB, workload("a", SHOP, image="example/nginx-php:1"), workload("b", SHOP),
    ],
    "a program beside a web server": lambda: [
        *DB, workload("b", SHOP),
        workload("a", SHOP, pod={"containers": [
            {"name": "web", "image": "nginx:1"},
            {"name": "main", "image": "php:8-fpm", "env": [{"name": key, "value": SHOP[key]} for key in SHOP]},
        ]}),
    ],
    "a service that keeps other people's backups": lambda: [
        *DB, workload("a", SHOP, image="example/backup-service:1"), workload("b", SHOP),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_a_bystander_is_no_second_service(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, APART[name]())


@pytest.mark.parametrize("name", SHARED)
def test_what_looks_like_a_bystander_is_one_service_more(tmp_path: Path, name: str) -> None:
    assert list(refused(tmp_path, SHARED[name]()).values()) == [frozenset({"a", "b"})]
