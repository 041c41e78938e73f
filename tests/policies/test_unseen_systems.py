"""Systems nobody had in mind when the rules were written: what two services share, and what only looks so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .plain import Object, config, custom, refused, secret_key, server, service, workload

POSTGRES = server("db", "postgres:16", 5432)
BOTH = frozenset({"orders", "users"})


def two(first: dict[str, object], second: dict[str, object]) -> list[Object]:
    return [workload("orders", first), workload("users", second)]


def crunchy(*users: dict[str, object]) -> Object:
    return custom(
        "postgres-operator.crunchydata.com/v1beta1", "PostgresCluster", "hippo", {"users": list(users)}
    )


def held(name: str, data: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}


def all_of(name: str) -> list[Object]:
    return [{"secretRef": {"name": name}}]


def zalando(user: str) -> str:
    return f"{user}.acid-main.credentials.postgresql.acid.zalan.do"


SHARED: dict[str, Callable[[], list[Object]]] = {
    "two releases of one chart, told apart by the release label": lambda: [
        *POSTGRES,
        *(
            workload(name, {"DATABASE_URL": "postgres://db/shop"}, labels={"app": "web-service", "release": name})
            for name in ("orders", "users")
        ),
    ],
    "a fully qualified name of the namespace that all of them will be applied to": lambda: [
        *POSTGRES,
        *two({"DATABASE_URL": "postgres://db.shop.svc.cluster.local/shop"}, {"DB_HOST": "db", "DB_NAME": "shop"}),
    ],
    "another document store than the other database variable is about": lambda: [
        *POSTGRES, *server("mongo", "mongo:7", 27017),
        *two(
            {"MONGO_HOST": "mongo", "DB_HOST": "db", "DB_NAME": "a"},
            {"MONGO_HOST": "mongo", "DB_HOST": "db", "DB_NAME": "b"},
        ),
    ],
    "an image whose publisher is called as another engine": lambda: [
        workload("store", kind="StatefulSet", image="percona/percona-server-mongodb:7.0", ports=[27017]),
        service("store", 27017),
        *two({"MONGO_URL": "mongodb://store/shop"}, {"DB_HOST": "store", "DB_NAME": "shop"}),
    ],
    "an operator's Secret of one user, read by two": lambda: [
        crunchy({"name": "shop", "databases": ["shop"]}),
        workload("orders", env_from=all_of("hippo-pguser-shop")),
        workload("users", {"DATABASE_URL": secret_key("hippo-pguser-shop", "uri")}),
    ],
    "an operator's Secrets of two users of one database": lambda: [
        crunchy({"name": "orders", "databases": ["shop"]}, {"name": "users", "databases": ["shop"]}),
        *(workload(name, env_from=all_of(f"hippo-pguser-{name}")) for name in ("orders", "users")),
    ],
    "an operator's Secret beside the address": lambda: [
        custom("acid.zalan.do/v1", "postgresql", "acid-main", {"databases": {"shop": "shop"}, "users": {"shop": []}}),
        workload("orders", {"PGHOST": "acid-main", "PGDATABASE": "shop"}),
        workload("users", {"PGPASSWORD": secret_key(zalando("shop"), "password")}),
    ],
    "a connection that an operator writes out": lambda: [
        custom("k8s.mariadb.com/v1alpha1", "MariaDB", "maria", {}),
        custom("k8s.mariadb.com/v1alpha1", "Connection", "shop", {
            "mariaDbRef": {"name": "maria"}, "database": "shop", "secretName": "shop-connection",
        }),
        workload("orders", {"DSN": secret_key("shop-connection", "dsn")}),
        workload("users", {"DB_HOST": "maria-primary", "DB_DATABASE": "shop"}),
    ],
    "an operator that names its Service after the cluster and the data centre": lambda: [
        custom("cassandra.datastax.com/v1beta1", "CassandraDatacenter", "dc1", {"clusterName": "events"}),
        *two(
            {"CASSANDRA_CONTACT_POINTS": "events-dc1-service", "CASSANDRA_KEYSPACE": "shop"},
            {"CASSANDRA_HOSTS": "events-dc1-service:9042", "KEYSPACE": "shop"},
        ),
    ],
    "one host for both, and a database from a Secret": lambda: [
        *POSTGRES, held("credentials", {"database": "shop"}),
        *(
            workload(name, {"DB_HOST": "db", "DB_NAME": secret_key("credentials", "database")})
            for name in ("orders", "users")
        ),
    ],
    "an operator that names its Services after parts of the store": lambda: [
        custom("clickhouse.altinity.com/v1", "ClickHouseInstallation", "events", {
            "configuration": {"clusters": [{"name": "main"}]},
        }),
        *two({"URL": "clickhouse://clickhouse-events:9000/shop"}, {"URL": "http://chi-events-main-0-1:8123/?database=shop"}),
    ],
    "an operator's replica set that has a name of its own": lambda: [
        custom("psmdb.percona.com/v1", "PerconaServerMongoDB", "mongo", {"replsets": [{"name": "east"}]}),
        *two({"URL": "mongodb://mongo-east-0.mongo-east/shop"}, {"URL": "mongodb+srv://mongo-east/shop"}),
    ],
    "an operator's data centre that has a name of its own": lambda: [
        custom("k8ssandra.io/v1alpha1", "K8ssandraCluster", "events", {
            "cassandra": {"datacenters": [{"metadata": {"name": "east"}}]},
        }),
        *two(
            {"CASSANDRA_CONTACT_POINTS": "events-east-service", "CASSANDRA_KEYSPACE": "shop"},
            {"SPRING_CASSANDRA_CONTACTPOINTS": "events-east-all-pods-service", "SPRING_CASSANDRA_KEYSPACENAME": "shop"},
        ),
    ],
    "an operator's connection of a user of the database it logs in to": lambda: [
        custom("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", "mongo", {
            "users": [{"name": "app", "db": "shop"}],
        }),
        workload("orders", {"URL": secret_key("mongo-shop-app", "connectionString.standard")}),
        workload("users", {"URL": "mongodb://mongo-0.mongo-svc/shop"}),
    ],
    "an index that both name": lambda: [
        *server("search", "docker.elastic.co/elasticsearch/elasticsearch:8.14.0", 9200),
        *(
            workload(name, {"ELASTIC_URL": "http://search:9200", "ELASTIC_INDEX": "shop"})
            for name in ("orders", "users")
        ),
    ],
    "an address in the template of a Secret that a controller makes": lambda: [
        *POSTGRES, workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        custom("external-secrets.io/v1", "ExternalSecret", "users", {"target": {"name": "users-url", "template": {
            "data": {"DATABASE_URL": "postgres://{{ .user }}:{{ .password }}@db/shop"},
        }}}),
        workload("users", env_from=all_of("users-url")),
    ],
    "two charts of one release, each with an image of its own": lambda: [
        *POSTGRES,
        *(
            workload(name, {"DATABASE_URL": "postgres://db/shop"}, labels={
                "app": name, "app.kubernetes.io/instance": "shop", "helm.sh/chart": f"{name}-1.0",
            })
            for name in ("orders", "users")
        ),
    ],
    "the first user of an operator's store that states none": lambda: [
        crunchy(), workload("orders", {"URL": secret_key("hippo-pguser-hippo", "uri")}),
        workload("users", {"URL": "postgres://hippo-primary/hippo"}),
    ],
    "an operator's node by its headless Service": lambda: [
        custom("redis.redis.opstreelabs.in/v1beta2", "RedisCluster", "cache", {}),
        *two({"REDIS_NODES": "cache-leader:6379"}, {"REDIS_URL": "redis://cache-leader-0.cache-leader-headless"}),
    ],
    "a document in a variable": lambda: [
        *POSTGRES,
        *two({"URL": "postgres://db/shop"}, {"CONFIG": '{"db": {"host": "db", "port": 5432, "database": "shop"}}'}),
    ],
    "a pooler's bare host": lambda: [
        *POSTGRES, workload("pooler", {"DB_HOST": "db"}, image="edoburu/pgbouncer:1"), service("pooler", 6432),
        *(workload(name, {"DB_HOST": "pooler", "DB_PORT": "6432", "DB_NAME": "shop"}) for name in ("orders", "users")),
    ],
    "a login in front of a host": lambda: [
        *server("mongo", "mongo:7", 27017),
        *two({"MONGO_ADDR": "app:secret@mongo:27017", "MONGO_DB": "shop"}, {"MONGO_URL": "mongodb://mongo/shop"}),
    ],
    "a store without a name, beside a database with one": lambda: [
        *POSTGRES, *server("tables", "amazon/dynamodb-local:2", 8000),
        *(
            workload(name, {
                "DATABASE_URL": f"postgres://db/{name}", "OUTBOX_SCHEMA": name, "DYNAMODB_URL": "http://tables:8000",
            })
            for name in ("orders", "users")
        ),
    ],
    "a template of OpenShift with its parameters": lambda: [
        {
            "apiVersion": "template.openshift.io/v1", "kind": "Template", "metadata": {"name": "shop"},
            "parameters": [{"name": "DATABASE", "value": "shop"}],
            "objects": [*POSTGRES, *(
                workload(name, {"DATABASE_URL": "postgres://db/${DATABASE}"}) for name in ("orders", "users")
            )],
        },
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_sharing_is_seen(tmp_path: Path, name: str) -> None:
    assert set(refused(tmp_path, SHARED[name]()).values()) == {BOTH}


APART: dict[str, Callable[[], list[Object]]] = {
    "two servers whose own files name one character set": lambda: [
        config("engine", {"my.cnf": "[mysqld]\ncharacter-set-server=UTF8\ncollation-server=utf8_bin\nport=3306"}),
        *(
            workload(name, kind="StatefulSet", image="mysql:8", ports=[3306], files=["engine"])
            for name in ("first", "second")
        ),
        service("first", 3306), service("second", 3306),
        *two({"MYSQL_URL": "mysql://first/shop"}, {"MYSQL_URL": "mysql://second/shop"}),
    ],
    "a Pod that runs once, beside its service": lambda: [
        *POSTGRES,
        workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        workload("orders-setup", {"DATABASE_URL": "postgres://db/shop"}, kind="Pod", pod={"restartPolicy": "Never"}),
    ],
    "databases on one server, schemas named beside them": lambda: [
        *POSTGRES,
        *(workload(name, {"DB_HOST": "db", "DB_NAME": name, "DB_SCHEMA": "public"}) for name in ("orders", "users")),
    ],
    "databases on two servers, told with a prefix each": lambda: [
        *server("orders-db", "postgres:16", 5432), *server("users-db", "postgres:16", 5432),
        *(
            workload(name, {"DB_HOST": f"{name}-db", "DB_NAME": "app", "REDIS_HOST": f"{name}-cache", "REDIS_DB": "1"})
            for name in ("orders", "users")
        ),
    ],
    "a pooler in front of two databases": lambda: [
        *POSTGRES, workload("pooler", {"DB_HOST": "db"}, image="edoburu/pgbouncer:1"), service("pooler", 6432),
        *(workload(name, {"DB_HOST": "pooler", "DB_PORT": "6432", "DB_NAME": name}) for name in ("orders", "users")),
    ],
    "a tool that makes backups every night": lambda: [
        *POSTGRES,
        *(
            workload(name, {"POSTGRES_HOST": "db", "POSTGRES_DB": "shop"}, image=image)
            for name, image in (("orders", "shop/orders:1"), ("backup", "example/postgres-backup-s3:1"))
        ),
    ],
    "a proxy of no store": lambda: [
        workload("edge", {"UPSTREAM": "web:8080"}, image="envoyproxy/envoy:1"), service("edge", 8080),
        *two({"DB_API_URL": "http://edge:8080"}, {"API_HOST": "edge"}),
    ],
    "mail addresses": lambda: [
        *(workload(name, {"DB_CONTACT_ADDRESS": "admin@mail.example.com"}) for name in ("orders", "users")),
    ],
    "a broker, and the user of one's own database": lambda: [
        *server("kafka", "bitnami/kafka:3", 9092), *server("rabbit", "rabbitmq:3", 5672),
        *(
            workload(name, {
                "KAFKA_SERVERS": "kafka:9092", "RABBIT_HOST": "rabbit", "SPRING_DATASOURCE_USERNAME": "app",
                "SPRING_DATASOURCE_URL": f"jdbc:postgresql://{name}-db.example.com/{name}",
            })
            for name in ("orders", "users")
        ),
    ],
    "a console, by an image of the engine's publisher": lambda: [
        *server("cache", "redis:7", 6379),
        workload("orders", {"REDIS_URL": "redis://cache/0"}),
        workload("insight", {"RI_REDIS_HOST": "cache"}, image="redis/redisinsight:2"), service("insight", 5540),
        workload("viewer", {"URL": "http://insight:5540"}),
    ],
    "one host for both, and a database each from a Secret": lambda: [
        *POSTGRES, held("credentials", {"orders": "shop", "users": "crm"}),
        *(
            workload(name, {"DB_HOST": "db", "DB_NAME": secret_key("credentials", name)})
            for name in ("orders", "users")
        ),
    ],
    "an exporter beside the one service": lambda: [
        *POSTGRES,
        workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        workload("numbers", {"DATA_SOURCE_NAME": "postgres://db/shop"}, image="prom/postgres-exporter:1"),
    ],
    "a service called after the engine that it is about": lambda: [
        *POSTGRES,
        workload("meta", {"DATABASE_URL": "postgres://db/shop"}, image="x/postgres-meta:1", ports=[80]),
        service("meta", 80), *two({"META_URL": "http://meta"}, {"META_HOST": "meta"}),
    ],
    "an operator's Secrets of two users, each with a database": lambda: [
        crunchy({"name": "orders", "databases": ["orders"]}, {"name": "users", "databases": ["users"]}),
        *(workload(name, env_from=all_of(f"hippo-pguser-{name}")) for name in ("orders", "users")),
    ],
    "an operator's Secrets of two users who own a database each": lambda: [
        custom("acid.zalan.do/v1", "postgresql", "acid-main", {"databases": {"orders": "orders", "users": "users"}}),
        *(workload(name, {"PGPASSWORD": secret_key(zalando(name), "password")}) for name in ("orders", "users")),
    ],
    "an operator's Secrets of two users with a role in one database each": lambda: [
        custom("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", "mongo", {"users": [
            {"name": name, "db": "admin", "roles": [{"name": "readWrite", "db": name}]} for name in ("orders", "users")
        ]}),
        *(
            workload(name, {"MONGO_URL": secret_key(f"mongo-admin-{name}", "connectionString.standard")})
            for name in ("orders", "users")
        ),
    ],
    "roles of one program that one release of one chart installs": lambda: [
        *POSTGRES,
        *(
            workload(f"shop-{role}", {"DATABASE_URL": "postgres://db/shop"}, image="example/shop:1", labels={
                "app": f"shop-{role}", "release": "shop", "chart": "shop-1.0",
            })
            for role in ("web", "worker", "beat")
        ),
    ],
    "a job that backs up, by its image": lambda: [
        *POSTGRES, workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        workload("nightly", {"PGHOST": "db", "PGDATABASE": "shop"}, kind="Job", image="example/pg-backup:1"),
    ],
    "a page for people": lambda: [
        *POSTGRES, workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        config("pages", {"README.md": "To look, use postgres://db/shop.\n"}), workload("users", files=["pages"]),
    ],
    "a Pod that tests a release": lambda: [
        *POSTGRES, workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        {
            **workload("orders-test", {"DATABASE_URL": "postgres://db/shop"}, kind="Pod"),
            "metadata": {"name": "orders-test", "annotations": {"helm.sh/hook": "test"}},
        },
    ],
    "an operator's connections to two databases": lambda: [
        custom("k8s.mariadb.com/v1alpha1", "MariaDB", "maria", {}),
        *(
            custom("k8s.mariadb.com/v1alpha1", "Connection", name, {
                "mariaDbRef": {"name": "maria"}, "database": name, "secretName": name,
            })
            for name in ("orders", "users")
        ),
        *(workload(name, {"DSN": secret_key(name, "dsn")}) for name in ("orders", "users")),
    ],
    "one settings file for all, of which each reads what is its own": lambda: [
        *server("orders-db", "postgres:16", 5432), *server("users-db", "postgres:16", 5432),
        config("settings", {
            "ORDERS_DB_HOST": "orders-db", "ORDERS_DB_NAME": "app", "USERS_DB_HOST": "users-db", "USERS_DB_NAME": "app",
        }),
        *(workload(name, env_from=[{"configMapRef": {"name": "settings"}}]) for name in ("orders", "users")),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_what_only_looks_like_sharing_is_left_in_peace(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, APART[name]())
