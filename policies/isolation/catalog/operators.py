"""Operators' custom resources that are stores, and the Services and Secrets they make under known names.

Sources: each operator's own documentation. `{name}` is the custom resource's name, `{user}` and `{database}`
any text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A custom resource that stands for a store."""

    group: str
    kind: str
    engine: str
    services: tuple[str, ...]
    """Names of the Services to it: `{cluster}` is `spec.clusterName`, `{part}` one of `parts`, `*` a number."""
    secrets: tuple[str, ...] = ()
    """Names of the Secrets that hold its credentials."""
    secret_paths: tuple[tuple[str, ...], ...] = ()
    """Where its body names Secrets of its own making or ours; `*` walks a list."""
    database_path: tuple[str, ...] | None = None
    """Where its body names the first database."""
    default_database: str | None = None
    """The first database where the body names none; `{name}` is the custom resource's, and its first user's."""
    parts: tuple[str, ...] = ()
    """Where its body names its replica sets, datacenters or clusters; `*` walks a list."""


def _op(
    group: str,
    kind: str,
    engine: str,
    services: str,
    secrets: str = "",
    *,
    paths: tuple[tuple[str, ...], ...] = (),
    database: tuple[str, ...] | None = None,
    default: str | None = None,
    parts: str = "",
) -> Operator:
    return Operator(
        group=group,
        kind=kind,
        engine=engine,
        services=tuple(services.split()),
        secrets=tuple(secrets.split()),
        secret_paths=paths,
        database_path=database,
        default_database=default,
        parts=tuple(parts.split()),
    )


OPERATORS: Final = (
    _op(
        "postgresql.cnpg.io",
        "Cluster",
        "postgresql",
        "{name}-rw {name}-ro {name}-r",
        "{name}-app {name}-superuser",
        paths=(
            ("spec", "bootstrap", "initdb", "secret", "name"),
            ("spec", "superuserSecret", "name"),
            ("spec", "managed", "roles", "*", "passwordSecret", "name"),
            ("spec", "bootstrap", "recovery", "secret", "name"),
            ("spec", "bootstrap", "pg_basebackup", "secret", "name"),
        ),
        database=("spec", "bootstrap", "initdb", "database"),
        default="app",
    ),
    _op(
        "acid.zalan.do",
        "postgresql",
        "postgresql",
        "{name} {name}-repl {name}-pooler {name}-pooler-repl",
        "{user}.{name}.credentials.postgresql.acid.zalan.do",
    ),
    _op(
        "postgres-operator.crunchydata.com",
        "PostgresCluster",
        "postgresql",
        "{name}-primary {name}-replicas {name}-ha {name}-pgbouncer",
        "{name}-pguser-{user}",
        default="{name}",
    ),
    _op("stackgres.io", "SGCluster", "postgresql", "{name} {name}-primary {name}-replicas", "{name}"),
    _op(
        "pgv2.percona.com",
        "PerconaPGCluster",
        "postgresql",
        "{name}-ha {name}-pgbouncer {name}-replicas",
        "{name}-pguser-{user}",
        default="{name}",
    ),
    _op(
        "pxc.percona.com",
        "PerconaXtraDBCluster",
        "mysql",
        "{name}-haproxy {name}-haproxy-replicas {name}-proxysql {name}-pxc",
        "{name}-secrets",
        paths=(("spec", "secretsName"),),
    ),
    _op(
        "ps.percona.com",
        "PerconaServerMySQL",
        "mysql",
        "{name}-router {name}-haproxy {name}-mysql",
        "{name}-secrets",
        paths=(("spec", "secretsName"),),
    ),
    _op(
        "psmdb.percona.com",
        "PerconaServerMongoDB",
        "mongodb",
        "{name}-{part} {name}-rs0 {name}-mongos",
        "{name}-secrets",
        paths=(("spec", "secrets", "users"),),
        parts="spec replsets * name",
    ),
    _op(
        "mysql.oracle.com",
        "InnoDBCluster",
        "mysql",
        "{name} {name}-instances",
        paths=(("spec", "secretName"),),
    ),
    _op(
        "k8s.mariadb.com",
        "MariaDB",
        "mysql",
        "{name} {name}-primary {name}-secondary",
        "{name}-password",
        paths=(("spec", "rootPasswordSecretKeyRef", "name"), ("spec", "passwordSecretKeyRef", "name")),
        database=("spec", "database"),
    ),
    _op(
        "mongodbcommunity.mongodb.com",
        "MongoDBCommunity",
        "mongodb",
        "{name}-svc",
        "{name}-{database}-{user}",
        paths=(
            ("spec", "users", "*", "passwordSecretRef", "name"),
            ("spec", "users", "*", "connectionStringSecretName"),
        ),
    ),
    _op(
        "rabbitmq.com",
        "RabbitmqCluster",
        "rabbitmq",
        "{name} {name}-nodes",
        "{name}-default-user",
        paths=(("spec", "secretBackend", "externalSecret", "name"),),
    ),
    _op("kafka.strimzi.io", "Kafka", "kafka", "{name}-kafka-bootstrap {name}-kafka-brokers"),
    _op(
        "databases.spotahome.com",
        "RedisFailover",
        "redis",
        "rfs-{name} rfr-{name} rfrm-{name}",
        paths=(("spec", "auth", "secretPath"),),
    ),
    _op(
        "redis.redis.opstreelabs.in",
        "Redis",
        "redis",
        "{name} {name}-headless",
        paths=(("spec", "kubernetesConfig", "redisSecret", "name"),),
    ),
    _op(
        "redis.redis.opstreelabs.in",
        "RedisCluster",
        "redis",
        "{name}-leader {name}-follower {name}-leader-headless {name}-follower-headless",
        paths=(("spec", "kubernetesConfig", "redisSecret", "name"),),
    ),
    _op(
        "dragonflydb.io",
        "Dragonfly",
        "redis",
        "{name}",
        paths=(("spec", "authentication", "passwordFromSecret", "name"),),
    ),
    _op(
        "elasticsearch.k8s.elastic.co",
        "Elasticsearch",
        "elasticsearch",
        "{name}-es-http {name}-es-transport",
        "{name}-es-elastic-user",
    ),
    _op("opensearch.opster.io", "OpenSearchCluster", "elasticsearch", "{name}", "{name}-admin-password"),
    _op(
        "clickhouse.altinity.com",
        "ClickHouseInstallation",
        "clickhouse",
        "clickhouse-{name} cluster-{name}-{part} shard-{name}-{part}-* chi-{name}-{part}-*-*",
        parts="spec configuration clusters * name",
    ),
    _op(
        "k8ssandra.io",
        "K8ssandraCluster",
        "cassandra",
        "{name}-{part}-service {name}-{part}-all-pods-service {name}-seed-service",
        "{name}-superuser",
        parts="spec cassandra datacenters * metadata name",
    ),
    _op(
        "cassandra.datastax.com",
        "CassandraDatacenter",
        "cassandra",
        "{cluster}-{name}-service {cluster}-{name}-all-pods-service {cluster}-seed-service",
        paths=(("spec", "superuserSecretName"),),
    ),
    _op("scylla.scylladb.com", "ScyllaCluster", "cassandra", "{name}-client"),
    _op("cockroachdb.com", "CrdbCluster", "cockroachdb", "{name}-public {name}"),
    _op("nats.io", "NatsCluster", "nats", "{name}"),
    _op("minio.min.io", "Tenant", "minio", "minio {name}-hl", paths=(("spec", "configuration", "name"),)),
    _op("hazelcast.com", "Hazelcast", "hazelcast", "{name}"),
    _op("kubedb.com", "Postgres", "postgresql", "{name} {name}-standby", "{name}-auth"),
    _op("kubedb.com", "MySQL", "mysql", "{name} {name}-standby", "{name}-auth"),
    _op("kubedb.com", "MongoDB", "mongodb", "{name}", "{name}-auth"),
    _op("kubedb.com", "Redis", "redis", "{name}", "{name}-auth"),
    _op("kubedb.com", "MariaDB", "mysql", "{name}", "{name}-auth"),
    _op("kubedb.com", "Elasticsearch", "elasticsearch", "{name}", "{name}-auth"),
    _op("kubedb.com", "Memcached", "memcached", "{name}"),
    _op(
        "postgresql.k8s.enterprisedb.io",
        "Cluster",
        "postgresql",
        "{name}-rw {name}-ro {name}-r",
        "{name}-app {name}-superuser",
        paths=(("spec", "bootstrap", "initdb", "secret", "name"), ("spec", "superuserSecret", "name")),
        database=("spec", "bootstrap", "initdb", "database"),
        default="app",
    ),
    _op("kubegres.reactive-tech.io", "Kubegres", "postgresql", "{name} {name}-replica"),
    _op(
        "mysql.presslabs.org",
        "MysqlCluster",
        "mysql",
        "{name}-mysql {name}-mysql-master {name}-mysql-replicas",
        paths=(("spec", "secretName"),),
    ),
    _op(
        "moco.cybozu.com",
        "MySQLCluster",
        "mysql",
        "moco-{name} moco-{name}-primary moco-{name}-replica",
        "moco-{name}",
    ),
    _op("pingcap.com", "TidbCluster", "mysql", "{name}-tidb"),
    _op(
        "redis.redis.opstreelabs.in",
        "RedisReplication",
        "redis",
        "{name} {name}-headless {name}-master {name}-replica",
        paths=(("spec", "kubernetesConfig", "redisSecret", "name"),),
    ),
    _op("database.arangodb.com", "ArangoDeployment", "arangodb", "{name} {name}-ea"),
    _op(
        "couchbase.com",
        "CouchbaseCluster",
        "couchbase",
        "{name} {name}-srv",
        paths=(("spec", "security", "adminSecret"),),
    ),
)

BY_KIND: Final = {(operator.group, operator.kind): operator for operator in OPERATORS}
