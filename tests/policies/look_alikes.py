"""Programs that look like sharing and are none: each belongs to one owner, or shares what may be shared."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from .stack import UNKNOWN, deployment, from_config, from_secret, kube, resource, secret, service, value
from .ways import (
    BOTH,
    POSTGRES,
    claim,
    cluster,
    each,
    environment,
    function,
    holding,
    mounting,
    nfs_volume,
    pair,
    postgres,
    rds,
    server,
)

Stack = list[Any]
URL = "postgres://u:p@pg/shop"


def api_worker_and_migration_of_one_owner() -> Stack:
    given: dict[str, Any] = {"env": [value("DATABASE_URL", URL)], "owner": "orders"}
    return [
        *postgres(), deployment("orders-api", **given), deployment("orders-worker", **given),
        deployment("orders-migrate", kind="Job", **given),
    ]  # fmt: skip


def api_and_worker_under_one_app_label() -> Stack:
    given: dict[str, Any] = {"env": [value("DATABASE_URL", URL)], "labels": {"app": "orders"}}
    return [
        *postgres(), deployment("orders-api", **given), deployment("orders-worker", **given),
        service("orders", "orders", 80),
    ]  # fmt: skip


def migration_with_an_app_label_of_its_own() -> Stack:
    given: dict[str, Any] = {"env": [value("DATABASE_URL", URL)]}
    return [*postgres(), deployment("orders", **given), deployment("orders-migrate", kind="Job", **given)]


def versions_of_one_service() -> Stack:
    env = [value("DATABASE_URL", URL)]
    return [
        *postgres(),
        *(deployment(f"orders-{v}", labels={"app": "orders", "version": v}, env=env) for v in ("v1", "v2")),
    ]  # fmt: skip


def components_of_one_owner() -> Stack:
    parent = resource("shop:index:Service", "orders", {"owner": "orders"})
    env = [value("DATABASE_URL", URL)]
    return [
        parent,
        *postgres(),
        *(deployment(f"orders-{part}", parent=parent, env=env) for part in ("api", "jobs")),
    ]


def two_databases_on_one_server() -> Stack:
    return [*postgres(), *each(lambda name: {"env": [value("DATABASE_URL", f"postgres://pg/{name}")]})]


def two_databases_by_separate_variables() -> Stack:
    return [
        *server("mongo", "mongo:7", 27017),
        *each(lambda name: {"env": [value("MONGO_URL", "mongodb://mongo"), value("MONGO_DATABASE", name)]}),
    ]


def two_databases_on_an_instance_of_unknown_address() -> Stack:
    database = rds(address=UNKNOWN)
    return [
        database,
        *each(lambda name: {
            "env": [value("DB_HOST", UNKNOWN), value("DB_NAME", name)], "uses": {"spec": [database]},
        }),
    ]  # fmt: skip


def equal_names_on_two_servers() -> Stack:
    servers = [item for name in BOTH for item in server(f"{name}-db", POSTGRES, 5432)]
    return [*servers, *each(lambda name: {"env": [value("DATABASE_URL", f"postgres://{name}-db/data")]})]


def equal_service_names_in_two_namespaces() -> Stack:
    stack: Stack = []
    for name in BOTH:
        stack += server("db", POSTGRES, 5432, namespace=name)[:1]
        stack.append(service("db", "db", 5432, namespace=name))
        stack.append(deployment(name, namespace=name, env=[value("DATABASE_URL", "postgres://db/shop")]))
    return stack


def one_short_name_outside_and_one_inside() -> Stack:
    hosts = {"orders": "pg", "billing": "pg.elsewhere.svc.cluster.local"}
    return [*postgres(), *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]})]


def one_config_map_read_by_different_keys() -> Stack:
    settings = kube("ConfigMap", "settings", data={name: f"postgres://{name}-db/x" for name in BOTH})
    servers = [item for name in BOTH for item in server(f"{name}-db", POSTGRES, 5432)]
    return [settings, *servers, *each(lambda name: {"env": [from_config("DATABASE_URL", "settings", name)]})]


def one_config_map_of_log_levels() -> Stack:
    settings = kube("ConfigMap", "settings", data={"LOG_LEVEL": "info", "REGION": "eu"})
    return [settings, *pair(env_from=[{"configMapRef": {"name": "settings"}}])]


def equal_passwords_on_two_servers() -> Stack:
    secrets = [kube("Secret", name, data={"p": secret(base64.b64encode(b"same").decode())}) for name in BOTH]
    servers = [
        item
        for name in BOTH
        for item in server(f"{name}-db", POSTGRES, 5432, env=[from_secret("POSTGRES_PASSWORD", name, "p")])
    ]
    return [*secrets, *servers, *each(lambda name: {"env": [from_secret("DB_PASSWORD", name, "p")]})]


def server_and_its_one_client_read_one_secret() -> Stack:
    hidden = kube("Secret", "pg", stringData={"password": secret("x")})
    stack = server("pg", POSTGRES, 5432, env=[from_secret("POSTGRES_PASSWORD", "pg", "password")])
    return [hidden, *stack, deployment("orders", env=[from_secret("DB_PASSWORD", "pg", "password")])]


def one_broker_for_both() -> Stack:
    return [
        *server("rabbitmq", "rabbitmq:4", 5672),
        *each(lambda name: {"env": [value("AMQP_URL", f"amqp://{name}:p@rabbitmq:5672/")]}),
    ]


def one_kafka_without_credentials() -> Stack:
    return [*server("kafka", "apache/kafka:4", 9092), *pair(env=[value("KAFKA_BROKERS", "kafka:9092")])]


def peers_called_over_http() -> Stack:
    stack = [deployment("catalog", ports=[8080]), service("catalog", "catalog", 8080)]
    return [
        *stack,
        *pair(env=[value("CATALOG_ADDR", "catalog:8080"), value("CATALOG_URL", "http://catalog:8080")]),
    ]


def words_that_are_hosts_elsewhere() -> Stack:
    env = [value("CACHE_TYPE", "redis"), value("SESSION_DRIVER", "redis"), value("DB_CONNECTION", "pgsql")]
    return [*server("redis", "redis:7", 6379), *pair(env=env)]


def one_otlp_collector() -> Stack:
    stack = [
        deployment("otel", image="otel/opentelemetry-collector:1", ports=[4317]),
        service("otel", "otel", 4317),
    ]
    return [*stack, *pair(env=[value("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317")])]


def exporter_beside_the_owner() -> Stack:
    exporter = deployment(
        "exporter",
        image="prometheuscommunity/postgres-exporter:v0.17",
        env=[value("DATA_SOURCE_URI", "pg:5432/shop")],
    )
    return [*postgres(), exporter, deployment("orders", env=[value("DATABASE_URL", URL)])]


def replica_that_follows_its_primary() -> Stack:
    replica = deployment(
        "redis-replica", image="redis:7", ports=[6379], env=[value("REDIS_MASTER_HOST", "redis")]
    )
    return [
        *server("redis", "redis:7", 6379),
        replica,
        deployment("orders", env=[value("REDIS_HOST", "redis")]),
    ]


def waiting_for_another_services_database() -> Stack:
    init = {
        "name": "wait",
        "image": "busybox:1",
        "command": ["sh", "-c", "until nc -z pg 5432; do sleep 1; done"],
    }
    return [
        *postgres(), deployment("orders", env=[value("DATABASE_URL", URL)]),
        deployment("billing", pod={"initContainers": [init]}),
    ]  # fmt: skip


def two_exports_of_one_file_server() -> Stack:
    volumes = [nfs_volume(f"nfs-{name}", f"/exports/{name}") for name in BOTH]
    claims = [claim(name, volumeName=f"nfs-{name}") for name in BOTH]
    return [*volumes, *claims, *each(mounting)]


def exports_whose_names_begin_alike() -> Stack:
    paths = {"orders": "/exports/a", "billing": "/exports/ab"}
    return each(lambda name: holding({"nfs": {"server": "nfs.internal", "path": paths[name]}}))


def a_claim_for_many_with_one_user() -> Stack:
    return [claim("files"), deployment("orders", **mounting("files")), deployment("billing")]


def scratch_space_and_the_nodes_logs() -> Stack:
    return [*pair(**holding({"emptyDir": {}})), *each(lambda _: {})[:0], *_agents()]


def _agents() -> Stack:
    return [
        deployment(f"agent-{name}", kind="DaemonSet", **holding({"hostPath": {"path": "/var/log/pods"}}))
        for name in ("a", "b")
    ]


def two_caches_by_number() -> Stack:
    numbers = {"orders": 0, "billing": 1}
    return [
        *server("cache", "redis:7", 6379),
        *each(lambda name: {"env": [value("REDIS_URL", f"redis://cache:6379/{numbers[name]}")]}),
    ]


def sidecar_on_localhost() -> Stack:
    return pair(env=[value("DATABASE_URL", "postgres://localhost:5432/app")])


def a_secret_for_pulling_images_and_a_certificate() -> Stack:
    certificate = kube(
        "Secret", "tls", type="kubernetes.io/tls", data={"tls.crt": UNKNOWN, "tls.key": UNKNOWN}
    )
    pod = {
        "imagePullSecrets": [{"name": "registry"}],
        "volumes": [{"name": "tls", "secret": {"secretName": "tls"}}],
    }
    return [certificate, *pair(pod=pod)]


def functions_with_a_table_each() -> Stack:
    tables = {name: resource("aws:dynamodb/table:Table", name, {"name": name}, protect=True) for name in BOTH}
    return [
        *tables.values(),
        *(function(name, {"environment": [tables[name]]}, **environment(TABLE=name)) for name in BOTH),
    ]


def functions_in_one_component() -> Stack:
    parent = resource("shop:index:Orders", "orders", {})
    database = rds(address=UNKNOWN)
    token = "aws:lambda/function:Function"
    return [
        parent, database,
        *(resource(token, name, {}, uses={"environment": [database]}, parent=parent) for name in ("api", "jobs")),
    ]  # fmt: skip


def functions_in_one_network() -> Stack:
    network = resource("aws:ec2/vpc:Vpc", "main", {})
    group = resource("aws:ec2/securityGroup:SecurityGroup", "egress", {}, uses={"vpcId": [network]})
    return [network, group, *(function(name, {"vpcConfig": [group]}) for name in BOTH)]


def ordering_without_a_value() -> Stack:
    database = cluster()
    late = deployment("billing")
    late.dependencies.append(database.urn)
    return [database, deployment("orders", env=[from_secret("P", "pg-app", "password")]), late]


def owners_database_reached_by_its_own_parts_only() -> Stack:
    """The shape of a topology with a namespace, a store and a broker user for each owner."""
    stack: Stack = [kube("RabbitmqCluster", "broker", namespace="broker", owner="monolith", protect=True)]
    for name in BOTH:
        password = resource("random:index/randomPassword:RandomPassword", f"{name}-pg", {"result": UNKNOWN})
        broker = resource("random:index/randomPassword:RandomPassword", f"{name}-broker", {"result": UNKNOWN})
        place: dict[str, Any] = {"namespace": name, "owner": name}
        env = [
            from_secret("PGPASSWORD", "pg", "password"),
            from_secret("AMQP_PASSWORD", "broker", "password"),
        ]
        stack += [
            password, broker, kube("Namespace", name, namespace=None, owner=name),
            kube("Secret", "pg", **place, stringData=UNKNOWN, uses={"stringData": [password]}),
            kube("Secret", "broker", **place, stringData=UNKNOWN, uses={"stringData": [broker]}),
            kube("Cluster", "pg", **place, protect=True,
                 spec={"bootstrap": {"initdb": {"database": name, "secret": {"name": "pg"}}}}),
            deployment(f"{name}-api", **place, env=[value("PGHOST", "pg-rw"), *env]),
            deployment(f"{name}-worker", **place, env=env),
            deployment(f"{name}-migrate", kind="Job", **place, env=env),
        ]  # fmt: skip
    definitions = kube(
        "Secret", "definitions", namespace="broker", owner="monolith", stringData=UNKNOWN,
        uses={"stringData": [item for item in stack if item.name.endswith("-broker")]},
    )  # fmt: skip
    job = deployment("definitions", kind="Job", namespace="broker", owner="monolith",
                     pod={"volumes": [{"name": "d", "secret": {"secretName": "definitions"}}]})  # fmt: skip
    return [*stack, definitions, job]


def one_list_of_all_databases_handed_to_everybody() -> Stack:
    """Which of them a service uses is decided in its code; nothing shows that any is used by two."""
    data = {f"{name}.yml": f"url: postgres://{name}-db/data" for name in BOTH}
    servers = [item for name in BOTH for item in server(f"{name}-db", POSTGRES, 5432)]
    return [
        kube("ConfigMap", "all", data=data), *servers,
        *pair(pod={"volumes": [{"name": "f", "configMap": {"name": "all"}}]}),
    ]  # fmt: skip


def a_database_called_as_its_user() -> Stack:
    return [*postgres(), *each(lambda name: {"env": [value("PGHOST", "pg"), value("PGUSER", name)]})]


def a_relay_of_changes_and_a_console() -> Stack:
    given: dict[str, Any] = {"env": [value("DATABASE_URL", URL)]}
    return [
        *postgres(), deployment("orders", **given), deployment("relay", image="debezium/server:2.7", **given),
        deployment("console", image="dpage/pgadmin4:9", **given),
    ]  # fmt: skip


def a_bucket_each_on_one_server() -> Stack:
    return [
        *server("minio", "minio/minio:1", 9000),
        *each(lambda name: {"env": [value("S3_ENDPOINT", "http://minio:9000"), value("S3_BUCKET", name)]}),
    ]


def declared_databases_of_one_server() -> Stack:
    """The URLs are unknown as a whole, but what went into each is one of two databases."""
    server_of_both = rds(address=UNKNOWN)
    token = "postgresql:index/database:Database"
    databases = {
        name: resource(token, name, {"name": name}, uses={"owner": [server_of_both]}) for name in BOTH
    }
    return [
        server_of_both, *databases.values(),
        *(function(n, {"environment": [server_of_both, databases[n]]}, **environment(URL=UNKNOWN)) for n in BOTH),
    ]  # fmt: skip


def a_nightly_dump() -> Stack:
    dump = deployment(
        "dump", kind="CronJob", image=POSTGRES, env=[value("PGHOST", "pg"), value("PGDATABASE", "shop")]
    )
    return [*postgres(), deployment("orders", env=[value("DATABASE_URL", URL)]), dump]


LOOK_ALIKES: list[Callable[[], Stack]] = [
    api_worker_and_migration_of_one_owner, api_and_worker_under_one_app_label,
    migration_with_an_app_label_of_its_own, versions_of_one_service, components_of_one_owner,
    two_databases_on_one_server, two_databases_by_separate_variables,
    two_databases_on_an_instance_of_unknown_address, equal_names_on_two_servers,
    equal_service_names_in_two_namespaces, one_short_name_outside_and_one_inside,
    one_config_map_read_by_different_keys, one_config_map_of_log_levels, equal_passwords_on_two_servers,
    server_and_its_one_client_read_one_secret, one_broker_for_both, one_kafka_without_credentials,
    peers_called_over_http, words_that_are_hosts_elsewhere, one_otlp_collector, exporter_beside_the_owner,
    replica_that_follows_its_primary, waiting_for_another_services_database, two_exports_of_one_file_server,
    exports_whose_names_begin_alike, a_claim_for_many_with_one_user, scratch_space_and_the_nodes_logs,
    two_caches_by_number, sidecar_on_localhost, a_secret_for_pulling_images_and_a_certificate,
    functions_with_a_table_each, functions_in_one_component, functions_in_one_network,
    ordering_without_a_value, owners_database_reached_by_its_own_parts_only,
    one_list_of_all_databases_handed_to_everybody, a_database_called_as_its_user, a_relay_of_changes_and_a_console,
    a_bucket_each_on_one_server, declared_databases_of_one_server, a_nightly_dump,
]  # fmt: skip
