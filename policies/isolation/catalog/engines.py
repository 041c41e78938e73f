"""Store engines: how each is recognised by its image, its port, and the addresses its clients are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from . import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A server that keeps state for others."""

    name: str
    kind: str
    """database, cache, broker, search, object-store or registry."""
    images: tuple[str, ...] = ()
    """Words that an image's name is made of when it holds this engine."""
    ports: tuple[int, ...] = ()
    """Ports that belong to this engine; a leading port alone identifies it unless `generic_port` is set."""
    schemes: tuple[str, ...] = ()
    """URL schemes of its clients, without driver suffixes such as `+asyncpg`."""
    default_logical: str | None = None
    """The logical store that a client gets when it names none; None where that depends on the login."""
    generic_port: bool = False
    """Whether the port is used by too much else to say anything alone."""
    any_case: bool = False
    """Whether `Orders` and `orders` are one logical store."""


def _engine(
    name: str,
    kind: str,
    images: str,
    ports: tuple[int, ...],
    schemes: str,
    *,
    default: str | None = None,
    generic: bool = False,
    any_case: bool = False,
) -> Engine:
    return Engine(
        name=name,
        kind=kind,
        images=tuple(images.split()),
        ports=ports,
        schemes=tuple(schemes.split()),
        default_logical=default,
        generic_port=generic,
        any_case=any_case,
    )


ENGINES: Final = (
    _engine(
        "postgresql",
        "database",
        "postgres postgresql postgis timescaledb pgvector spilo alloydb",
        (5432,),
        "postgres postgresql postgis pgsql timescaledb alloydb psql",
    ),
    _engine("cockroachdb", "database", "cockroach cockroachdb", (26257,), "cockroach cockroachdb"),
    _engine("yugabytedb", "database", "yugabyte yugabytedb", (5433,), "yugabytedb", generic=True),
    _engine(
        "mysql",
        "database",
        "mysql mariadb percona vitess mysqld mysqldb tidb singlestore",
        (3306, 33060),
        "mysql mariadb mysql2 mysqli mysqlx tidb percona singlestore",
    ),
    _engine(
        "mssql",
        "database",
        "mssql sqlserver",
        (1433,),
        "sqlserver mssql jtds",
        default="master",
        any_case=True,
    ),
    _engine("oracle", "database", "oracle oracledb", (1521,), "oracle", any_case=True),
    _engine("db2", "database", "db2", (50000,), "db2", generic=True),
    _engine("firebird", "database", "firebird firebirdsql", (3050,), "firebird firebirdsql", generic=True),
    _engine("mongodb", "database", "mongo mongodb ferretdb documentdb", (27017, 27018), "mongodb mongo"),
    _engine("cassandra", "database", "cassandra scylla scylladb", (9042, 9160), "cassandra scylla cql"),
    _engine(
        "clickhouse",
        "database",
        "clickhouse",
        (8123, 9000, 8443, 9440),
        "clickhouse clickhouses clickhousedb ch chs",
        generic=True,
    ),
    _engine("neo4j", "database", "neo4j memgraph", (7687,), "bolt neo4j bolt+s neo4j+s"),
    _engine("couchdb", "database", "couchdb", (5984,), "couchdb"),
    _engine("couchbase", "database", "couchbase", (8091, 11210), "couchbase couchbases"),
    _engine("arangodb", "database", "arangodb", (8529,), "arangodb"),
    _engine("dynamodb", "database", "dynamodb", (8000,), "dynamodb", generic=True),
    _engine("influxdb", "database", "influxdb questdb", (8086, 9009), "influxdb"),
    _engine("rethinkdb", "database", "rethinkdb", (28015,), "rethinkdb"),
    _engine("surrealdb", "database", "surrealdb", (8000,), "surrealdb", generic=True),
    _engine("dgraph", "database", "dgraph", (9080, 8080), "dgraph", generic=True),
    _engine("hbase", "database", "hbase", (16000,), "hbase phoenix"),
    _engine("trino", "database", "trino presto", (8080,), "trino presto", generic=True),
    _engine("qdrant", "database", "qdrant", (6333, 6334), "qdrant"),
    _engine("weaviate", "database", "weaviate", (8080,), "weaviate", generic=True),
    _engine("milvus", "database", "milvus", (19530,), "milvus"),
    _engine(
        "redis",
        "cache",
        "redis valkey keydb dragonfly dragonflydb",
        (6379, 26379),
        "redis rediss valkey valkeys keydb redis-sentinel redis-cluster redis-socket",
        default="0",
    ),
    _engine("memcached", "cache", "memcached", (11211,), "memcached memcache"),
    _engine("hazelcast", "cache", "hazelcast", (5701,), "hazelcast"),
    _engine("ignite", "cache", "ignite", (10800,), "ignite ignite:thin"),
    _engine("aerospike", "database", "aerospike", (3000,), "aerospike", generic=True),
    _engine("infinispan", "cache", "infinispan", (11222,), "hotrod"),
    _engine("rabbitmq", "broker", "rabbitmq lavinmq", (5672, 5671), "amqp amqps rabbitmq"),
    _engine("kafka", "broker", "kafka redpanda", (9092, 9093, 29092), "kafka"),
    _engine("nats", "broker", "nats", (4222,), "nats"),
    _engine("activemq", "broker", "activemq artemis", (61616,), "failover stomp activemq"),
    _engine("pulsar", "broker", "pulsar", (6650,), "pulsar pulsar+ssl"),
    _engine("mqtt", "broker", "mosquitto emqx hivemq vernemq", (1883, 8883), "mqtt mqtts"),
    _engine("nsq", "broker", "nsq nsqd", (4150,), "nsq"),
    _engine("elasticsearch", "search", "elasticsearch opensearch", (9200, 9300), "elasticsearch opensearch"),
    _engine("solr", "search", "solr", (8983,), "solr"),
    _engine("meilisearch", "search", "meilisearch", (7700,), "meilisearch"),
    _engine("typesense", "search", "typesense", (8108,), "typesense"),
    _engine("minio", "object-store", "minio seaweedfs", (9000, 8333), "minio", generic=True),
    _engine("s3", "object-store", "", (), "s3 s3a s3n gs gcs abfs abfss wasbs"),
    _engine("etcd", "registry", "etcd", (2379,), "etcd"),
    _engine("consul", "registry", "consul", (8500,), "consul"),
    _engine("zookeeper", "registry", "zookeeper", (2181,), "zookeeper zk"),
)

BY_NAME: Final = {engine.name: engine for engine in ENGINES}
BY_SCHEME: Final = {scheme: engine for engine in ENGINES for scheme in engine.schemes}
BY_PORT: Final = {
    port: engine for engine in reversed(ENGINES) if not engine.generic_port for port in engine.ports
}
BY_WORD: Final = {word: engine for engine in ENGINES for word in engine.images}

SEEDED: Final = frozenset(
    BY_NAME[name]
    for name in listed(
        "redis mongodb cassandra couchbase kafka nats rabbitmq pulsar elasticsearch solr etcd zookeeper"
    )
)
"""Engines whose clients are told several members of one cluster and find the others by themselves."""

DATA_KINDS: Final = frozenset({"database", "search"})
"""Kinds whose sharing is a shared database."""

SERVER_PASSWORD_VARIABLES: Final = listed(
    "POSTGRES_PASSWORD POSTGRESQL_PASSWORD POSTGRESQL_POSTGRES_PASSWORD PGPASSWORD MYSQL_PASSWORD "
    "MYSQL_ROOT_PASSWORD MARIADB_PASSWORD MARIADB_ROOT_PASSWORD MONGO_INITDB_ROOT_PASSWORD MONGODB_ROOT_PASSWORD "
    "MONGODB_PASSWORD SA_PASSWORD MSSQL_SA_PASSWORD REDIS_PASSWORD VALKEY_PASSWORD RABBITMQ_DEFAULT_PASS "
    "RABBITMQ_PASSWORD CLICKHOUSE_PASSWORD NEO4J_AUTH COUCHDB_PASSWORD ELASTIC_PASSWORD ORACLE_PASSWORD "
    "CASSANDRA_PASSWORD MINIO_ROOT_PASSWORD MINIO_SECRET_KEY ARANGO_ROOT_PASSWORD"
)

SERVER_DATABASE_VARIABLES: Final = (
    "POSTGRES_DB",
    "POSTGRESQL_DATABASE",
    "MYSQL_DATABASE",
    "MARIADB_DATABASE",
    "MONGO_INITDB_DATABASE",
    "MONGODB_DATABASE",
    "CLICKHOUSE_DB",
    "ORACLE_DATABASE",
)
"""Variables by which a server's own image is told which database to make first."""


def engine_of_scheme(scheme: str) -> Engine | None:
    """The engine a URL scheme names; drivers around it (`postgresql+asyncpg`, `pdo-mysql`) do not matter."""
    lowered = scheme.lower()
    found = BY_SCHEME.get(lowered) or BY_SCHEME.get(lowered.partition("+")[0])
    if found is None and lowered.startswith(("pdo-", "pdo_")):
        found = BY_SCHEME.get(lowered[4:])
    return found
