"""Stores that no address gives away: buckets and tables by name, Secrets fetched from elsewhere, bindings, standbys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.isolation.audit import audit
from policies.isolation.findings import ADVISORY, MANDATORY

from .plain import Object, custom, refused, secret_key, server, workload

BOTH = frozenset({"orders", "users"})
OWNER = "service-extraction/owner"
Found = dict[tuple[str, str | None], frozenset[str]]


def two(first: dict[str, Any], second: dict[str, Any]) -> list[Object]:
    return [workload("orders", first), workload("users", second)]


def each(variable: str, key: str = "url") -> list[Object]:
    """Both services, each given a key of the Secret called after it."""
    return [workload(name, {variable: secret_key(name, key)}) for name in ("orders", "users")]


def fetched(name: str, remote: str, part: str | None = None) -> Object:
    reference = {"key": remote, **({"property": part} if part else {})}
    data = [{"secretKey": "url", "remoteRef": reference}]
    return custom("external-secrets.io/v1", "ExternalSecret", name, {"target": {"name": name}, "data": data})


def provided(name: str, remote: str) -> Object:
    """A class of secrets, of which the driver also makes a Secret."""
    return custom("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", name, {
        "provider": "aws",
        "parameters": {"objects": f"- objectName: {remote}\n  objectAlias: connection\n"},
        "secretObjects": [{"secretName": name, "data": [{"objectName": "connection", "key": "url"}]}],
    })  # fmt: skip


def binding(name: str, service: dict[str, str]) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return custom("servicebinding.io/v1", "ServiceBinding", name, {"workload": target, "service": service})


def cluster(name: str, **spec: Any) -> Object:
    return custom("postgresql.cnpg.io/v1", "Cluster", name, {"instances": 1, **spec})


def follower(**replica: Any) -> Object:
    source = {"name": "first", "connectionParameters": {"host": "first-rw"}}
    return cluster("second", replica={"source": "first", **replica}, externalClusters=[source])


FIRST = {"URL": "postgres://first-rw/app"}
SECOND = {"URL": "postgres://second-ro/app"}
CLOUD = {"AWS_REGION": "eu-west-1"}

SHARED: dict[str, tuple[Callable[[], list[Object]], Found]] = {
    "one bucket, as a name and as a URL": (
        lambda: two({"S3_BUCKET": "acme-uploads", "PREFIX": "orders/"}, {"UPLOADS": "s3://acme-uploads/users/"}),
        {("acme-uploads", "acme-uploads"): BOTH},
    ),
    "one bucket of a cloud that the region gives away": (
        lambda: two({**CLOUD, "BUCKET_NAME": "acme-uploads"}, {**CLOUD, "UPLOAD_BUCKET": "acme-uploads"}),
        {("acme-uploads", "acme-uploads"): BOTH},
    ),
    "one table": (
        lambda: two({**CLOUD, "DYNAMODB_TABLE": "items"}, {**CLOUD, "ITEMS_DYNAMODB_TABLE_NAME": "items"}),
        {("items", "items"): BOTH},
    ),
    "one key of a vault, fetched twice": (
        lambda: [fetched("orders", "prod/db", "url"), fetched("users", "prod/db", "url"), *each("DATABASE_URL")],
        {("prod/db#url", None): BOTH},
    ),
    "one object of a vault, mounted by two classes": (
        lambda: [provided("orders", "prod/db"), provided("users", "prod/db"), *each("MONGODB_URI")],
        {("prod/db", None): BOTH},
    ),
    "two bindings to one store": (
        lambda: [
            cluster("first"), *two({}, {}),
            *(binding(name, {"kind": "Cluster", "name": "first"}) for name in ("orders", "users")),
        ],
        {("first", "app"): BOTH},
    ),
    "a binding to a Secret with the parts of an address": (
        lambda: [
            *server("db", "postgres:16", 5432), *two({"URL": "postgres://db/shop"}, {}),
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "given"},
             "stringData": {"type": "postgresql", "host": "db", "database": "shop"}},
            binding("users", {"kind": "Secret", "name": "given"}),
        ],
        {("db", "shop"): BOTH},
    ),
    "a replica cluster and the one it follows": (
        lambda: [cluster("first"), follower(enabled=True), *two(FIRST, SECOND)], {("first", "app"): BOTH},
    ),
    "a standby and the server it follows": (
        lambda: [
            custom("acid.zalan.do/v1", "postgresql", "acid-first", {}),
            custom("acid.zalan.do/v1", "postgresql", "acid-second", {"standby": {"standby_host": "acid-first"}}),
            *two({"URL": "postgres://acid-first/app"}, {"URL": "postgres://acid-second/app"}),
        ],
        {("acid-first", "app"): BOTH},
    ),
    "a replica of a cache, by its command": (
        lambda: [
            *server("cache", "redis:7", 6379),
            workload("copy", kind="StatefulSet", image="redis:7", ports=[6379],
                     args=["redis-server", "--replicaof", "cache", "6379"]),
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "copy"},
             "spec": {"selector": {"app": "copy"}, "ports": [{"port": 6379}]}},
            *two({"REDIS_URL": "redis://cache/0"}, {"REDIS_URL": "redis://copy/0"}),
        ],
        {("cache", "0"): BOTH},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_sharing_is_seen(tmp_path: Path, name: str) -> None:
    objects, expected = SHARED[name]
    assert refused(tmp_path, objects()) == expected


APART: dict[str, Callable[[], list[Object]]] = {
    "two buckets of one cloud": lambda: two(
        {**CLOUD, "S3_ENDPOINT": "https://s3.eu-west-1.amazonaws.com", "S3_BUCKET": "acme-orders"},
        {**CLOUD, "S3_ENDPOINT": "https://s3.eu-west-1.amazonaws.com", "S3_BUCKET": "acme-users"},
    ),
    "buckets of one name on two servers of one's own": lambda: [
        *server("first", "minio/minio:1", 9000), *server("second", "minio/minio:1", 9000),
        *two(*({"S3_URL": f"http://{host}:9000", "S3_BUCKET": "files"} for host in ("first", "second"))),
    ],
    "a bucket at an endpoint that nothing here declares": lambda: two(
        *({**CLOUD, "S3_ENDPOINT": secret_key(name, "endpoint"), "S3_BUCKET": "files"} for name in ("orders", "users"))
    ),
    "a bucket that limits a rate": lambda: two(*[{**CLOUD, "RATE_LIMIT_BUCKET": "tokens"}] * 2),
    "tables of one name in two regions": lambda: two(
        {"AWS_REGION": "eu-west-1", "DYNAMODB_TABLE": "items"}, {"AWS_REGION": "us-east-1", "DYNAMODB_TABLE": "items"}
    ),
    "two keys of one Secret that nothing here declares": lambda: [
        workload(name, {"DATABASE_URL": secret_key("main", f"{name}-url")}) for name in ("orders", "users")
    ],
    "a password that nothing here declares": lambda: two(*[{"DB_PASSWORD": secret_key("main", "password")}] * 2),
    "a host that nothing here declares, and no database": lambda: two(*[{"DB_HOST": secret_key("main", "host")}] * 2),
    "an address of something else that nothing here declares": lambda: two(
        *[{"SENTRY_DSN": secret_key("main", "dsn")}] * 2
    ),
    "two keys of a vault": lambda: [
        fetched("orders", "prod/orders"), fetched("users", "prod/users"), *each("DATABASE_URL"),
    ],
    "two parts of one key of a vault": lambda: [
        fetched("orders", "prod/db", "orders"), fetched("users", "prod/db", "users"), *each("DATABASE_URL"),
    ],
    "two objects of a vault under one alias": lambda: [
        provided("orders", "prod/orders"), provided("users", "prod/users"), *each("MONGODB_URI"),
    ],
    "a cluster that left the one it followed": lambda: [cluster("first"), follower(enabled=False), *two(FIRST, SECOND)],
    "a binding of one and the address of another": lambda: [
        cluster("first"), cluster("second"), binding("orders", {"kind": "Cluster", "name": "first"}), *two({}, SECOND),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_what_only_looks_like_sharing_is_left_in_peace(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, APART[name]())


UNREAD: dict[str, tuple[dict[str, Any], str | None]] = {
    "a URL": ({"DATABASE_URL": secret_key("main", "url")}, None),
    "a host, and the same database": ({"DB_HOST": secret_key("main", "host"), "DB_NAME": "shop"}, "shop"),
    "an endpoint, and the same bucket": (
        {"S3_ENDPOINT": secret_key("main", "url"), "S3_BUCKET": "files"},
        "files",
    ),
}


@pytest.mark.parametrize("stated", [False, True], ids=["owners inferred", "owners stated"])
@pytest.mark.parametrize("name", UNREAD)
def test_one_secret_that_nothing_declares_is_advice_until_owners_are_stated(
    tmp_path: Path, name: str, stated: bool
) -> None:
    env, logical = UNREAD[name]
    owned = [
        workload(owner, env, labels={"app": owner, **({OWNER: owner} if stated else {})})
        for owner in ("orders", "users")
    ]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(owned))
    [found] = [
        item
        for item in audit([tmp_path]).findings
        if item.rule in {"shared-database", "shared-filesystem"} and frozenset(item.users) == BOTH
    ]
    assert (found.store_kind, found.store_name, found.logical) == ("Secret", "main", logical)
    assert found.level == (MANDATORY if stated else ADVISORY)
    assert found.paths == (("orders", "Secret main"), ("users", "Secret main"))
