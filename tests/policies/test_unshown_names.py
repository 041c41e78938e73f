"""Databases whose names the input does not show, or only through other variables and carriers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.isolation.audit import audit

from .plain import Object, config, custom, refused, secret_key, server, workload

BOTH = frozenset({"orders", "users"})
POSTGRES = server("db", "postgres:16", 5432)
CACHE = server("cache", "redis:7", 6379)
HOST = config("env", {"DB_HOST": "db"})
ENV: list[Object] = [{"configMapRef": {"name": "env"}}]


def both(give: Callable[[str], dict[str, Any]], **given: Any) -> list[Object]:
    """Both services, each given its own."""
    return [workload(name, give(name), **given) for name in ("orders", "users")]


def fetched(name: str, remote: str) -> Object:
    data = [{"secretKey": "name", "remoteRef": {"key": remote}}]
    return custom("external-secrets.io/v1", "ExternalSecret", name, {"target": {"name": name}, "data": data})


def backup(*, read_only: bool, kind: str = "CronJob") -> Object:
    mount = {"name": "data", "mountPath": "/data", "readOnly": read_only}
    pod = {
        "containers": [{"name": "copy", "image": "alpine:3", "command": ["rsync", "/data", "/to"],
                        "volumeMounts": [mount]}],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
    }  # fmt: skip
    template = {"metadata": {"labels": {"app": "nightly"}}, "spec": pod}
    spec = {"jobTemplate": {"spec": {"template": template}}} if kind == "CronJob" else {"template": template}
    version = "batch/v1" if kind == "CronJob" else "apps/v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "nightly"}, "spec": spec}


def holder() -> list[Object]:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    mounts = [{"name": "data", "mountPath": "/data"}]
    claim = custom("v1", "PersistentVolumeClaim", "data", {"accessModes": ["ReadWriteMany"]})
    return [claim, workload("orders", pod={"volumes": [volume]}, volumeMounts=mounts)]


SHARED: dict[str, tuple[Callable[[], list[Object]], tuple[str, str | None]]] = {
    "a host that a program fills in from a carrier": (
        lambda: [*POSTGRES, HOST, *both(lambda _: {"URL": "jdbc:postgresql://${DB_HOST}:5432/shop"}, env_from=ENV)],
        ("db", "shop"),
    ),
    "a URL in a carrier that a program fills in": (
        lambda: [
            *POSTGRES, config("env", {"DB_HOST": "db", "URL": "jdbc:postgresql://${DB_HOST}:5432/shop"}),
            *both(lambda _: {}, env_from=ENV),
        ],
        ("db", "shop"),
    ),
    "a cache's number, glued": (
        lambda: [*CACHE, *both(lambda _: {"REDISHOST": "cache", "REDIS_DBINDEX": "4"})], ("cache", "4"),
    ),
    "a cache's number, short": (
        lambda: [*CACHE, *both(lambda _: {"REDIS_HOST": "cache", "REDIS_DB_NUM": "4"})], ("cache", "4"),
    ),
    "one key of one Secret": (
        lambda: [*POSTGRES, *both(lambda _: {"DB_HOST": "db", "DB_NAME": secret_key("main", "name")})], ("db", None),
    ),
    "one object of a vault in two Secrets": (
        lambda: [
            *POSTGRES, fetched("orders", "shop/db"), fetched("users", "shop/db"),
            *both(lambda name: {"DB_HOST": "db", "DB_NAME": secret_key(name, "name")}),
        ],
        ("db", None),
    ),
    "a copy of files that may write": (lambda: [*holder(), backup(read_only=False)], ("data", "data")),
    "a service that only reads files": (
        lambda: [*holder(), backup(read_only=True, kind="Deployment")], ("data", "data"),
    ),
}  # fmt: skip

APART: dict[str, Callable[[], list[Object]]] = {
    "two databases at a host that a program fills in": lambda: [
        *POSTGRES, HOST, *both(lambda name: {"URL": f"jdbc:postgresql://${{DB_HOST}}:5432/{name}"}, env_from=ENV),
    ],
    "two URLs in carriers that a program fills in": lambda: [
        *POSTGRES,
        *(config(name, {"DB_HOST": "db", "URL": f"jdbc:postgresql://${{DB_HOST}}/{name}"}) for name in BOTH),
        *(workload(name, env_from=[{"configMapRef": {"name": name}}]) for name in BOTH),
    ],
    "two numbers of a cache, by a short word": lambda: [
        *CACHE,
        *both(lambda name: {"REDIS_HOST": "cache", "REDIS_DBNUM": "1" if name == "users" else "2"}),
    ],
    "two numbers of a cache, by an id": lambda: [
        *CACHE, *both(lambda name: {"REDIS_HOST": "cache", "REDIS_DB_ID": "1" if name == "users" else "2"}),
    ],
    "two keys of one Secret": lambda: [
        *POSTGRES, *both(lambda name: {"DB_HOST": "db", "DB_NAME": secret_key("main", f"{name}-name")}),
    ],
    "two objects of a vault": lambda: [
        *POSTGRES, fetched("orders", "orders/db"), fetched("users", "users/db"),
        *both(lambda name: {"DB_HOST": "db", "DB_NAME": secret_key(name, "name")}),
    ],
    "two URLs that nothing shows, and the server's password": lambda: [
        workload(
            "cache", {"REDIS_PASSWORD": secret_key("main", "password")}, kind="StatefulSet", image="redis:7",
            ports=[6379], command=["redis-server", "--requirepass", "$(REDIS_PASSWORD)"],
        ),
        *both(lambda name: {
            "REDIS_PASSWORD": secret_key("main", "password"), "REDIS_URL": secret_key("main", f"{name}-url"),
        }),
    ],
    "one list of databases for all, and code that picks": lambda: [
        *POSTGRES, config("env", {"DB_HOST": "db", "ORDERS_DB_NAME": "orders", "USERS_DB_NAME": "users"}),
        *both(lambda _: {}, env_from=ENV),
    ],
    "a backup that only reads the files": lambda: [*holder(), backup(read_only=True)],
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_one_store_is_found(tmp_path: Path, name: str) -> None:
    make, expected = SHARED[name]
    assert set(refused(tmp_path, make())) == {expected}


@pytest.mark.parametrize("name", APART)
def test_two_stores_are_left_in_peace(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, APART[name]())


def test_an_unshown_name_counts_as_the_same_once_owners_are_stated(tmp_path: Path) -> None:
    stated = [
        workload(name, {"DB_HOST": "db", "DB_NAME": secret_key("main", f"{name}-name")},
                 labels={"app": name, "service-extraction/owner": name})
        for name in ("orders", "users")
    ]  # fmt: skip
    assert refused(tmp_path, [*POSTGRES, *stated])[("db", None)] == BOTH


def test_a_login_before_the_host_is_no_host(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(
        yaml.safe_dump_all([*POSTGRES, *both(lambda _: {"DB_USER_HOST": "db", "DB_NAME": "shop"})])
    )
    assert not audit([tmp_path]).findings
