"""Programs that share a store, and programs that only look so, without our components or labels.

Each is a list of resources as the engine shows them to a pack. Two services, `orders` and `billing`, stand
against each other; what they are given is what differs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from .stack import UNKNOWN, deployment, from_config, from_secret, kube, resource, secret, service, value

Stack = list[Any]
BOTH = ("orders", "billing")
POSTGRES = "postgres:16"


def pair(*, kind: str = "Deployment", **given: Any) -> Stack:
    """Both services, given the same."""
    return [deployment(name, kind=kind, **given) for name in BOTH]


def each(give: Callable[[str], dict[str, Any]]) -> Stack:
    """Both services, each given its own."""
    return [deployment(name, **give(name)) for name in BOTH]


def server(name: str, image: str, port: int, **rest: Any) -> Stack:
    """A store's server and its Service."""
    return [
        deployment(name, kind="StatefulSet", image=image, ports=[port], **rest),
        service(name, name, port),
    ]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def postgres() -> Stack:
    return server("pg", POSTGRES, 5432)


def claim(name: str, **spec: Any) -> Any:
    size = {"requests": {"storage": "1Gi"}}
    return kube(
        "PersistentVolumeClaim", name, spec={"accessModes": ["ReadWriteMany"], "resources": size, **spec}
    )


def mounting(claim_name: str) -> dict[str, Any]:
    return {
        "container": {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
        "pod": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim_name}}]},
    }


def holding(volume: dict[str, Any]) -> dict[str, Any]:
    return {
        "container": {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
        "pod": {"volumes": [{"name": "data", **volume}]},
    }


def nfs_volume(name: str, path: str) -> Any:
    return kube(
        "PersistentVolume", name, namespace=None, spec={"nfs": {"server": "nfs.internal", "path": path}}
    )


def function(name: str, uses: dict[str, Stack] | None = None, **properties: Any) -> Any:
    return resource("aws:lambda/function:Function", name, {"runtime": "python3.13", **properties}, uses=uses)


def rds(name: str = "main", **properties: Any) -> Any:
    return resource("aws:rds/instance:Instance", name, {"engine": "postgres", **properties}, protect=True)


def environment(**variables: str) -> dict[str, Any]:
    return {"environment": {"variables": variables}}


def cluster(name: str = "pg") -> Any:
    return kube("Cluster", name, protect=True, spec={"bootstrap": {"initdb": {"database": "app"}}})


def url_in_env() -> Stack:
    return [*postgres(), *pair(env=[value("DATABASE_URL", "postgresql://u:p@pg:5432/shop")])]


def url_without_port() -> Stack:
    return [*postgres(), *pair(env=[value("DATABASE_URL", "postgres://u:p@pg/shop")])]


def url_with_driver() -> Stack:
    return [*postgres(), *pair(env=[value("SQLALCHEMY_URI", "postgresql+asyncpg://u:p@pg/shop?ssl=require")])]


def jdbc() -> Stack:
    return [*postgres(), *pair(env=[value("SPRING_DATASOURCE_URL", "jdbc:postgresql://pg:5432/shop")])]


def jdbc_sql_server() -> Stack:
    url = "jdbc:sqlserver://sql:1433;databaseName=shop;encrypt=false"
    return [
        *server("sql", "mcr.microsoft.com/mssql/server:2022-latest", 1433),
        *pair(env=[value("JDBC", url)]),
    ]


def ado_net() -> Stack:
    text = "Server=sql,1433;Initial Catalog=shop;User Id=sa;Password=x;"
    stack = server("sql", "mcr.microsoft.com/mssql/server:2022-latest", 1433)
    return [*stack, *pair(env=[value("ConnectionStrings__Default", text)])]


def libpq() -> Stack:
    return [*postgres(), *pair(env=[value("DSN", "host=pg user=u password=p dbname=shop")])]


def go_mysql() -> Stack:
    return [
        *server("db", "mysql:8", 3306),
        *pair(env=[value("MYSQL_DSN", "u:p@tcp(db:3306)/shop?parseTime=true")]),
    ]


def three_spellings_of_one_database() -> Stack:
    spellings = {"orders": "postgres://u:p@pg/shop", "billing": "Host=pg;Username=u;Password=p;Database=shop"}
    return [*postgres(), *each(lambda name: {"env": [value("DB", spellings[name])]})]


def host_and_database_apart() -> Stack:
    return [
        *postgres(),
        *pair(env=[value("DB_HOST", "pg"), value("DB_PORT", "5432"), value("DB_NAME", "shop")]),
    ]


def libpq_variables() -> Stack:
    return [*postgres(), *pair(env=[value("PGHOST", "pg"), value("PGDATABASE", "shop")])]


def short_name_and_fqdn() -> Stack:
    hosts = {"orders": "pg", "billing": "pg.default.svc.cluster.local"}
    return [
        *postgres(),
        *each(lambda name: {"env": [value("DATABASE_URL", f"postgres://{hosts[name]}/shop")]}),
    ]


def pod_of_the_stateful_set() -> Stack:
    hosts = {"orders": "pg", "billing": "pg-0.pg.default.svc"}
    return [
        *postgres(),
        *each(lambda name: {"env": [value("DATABASE_URL", f"postgres://{hosts[name]}/shop")]}),
    ]


def across_namespaces() -> Stack:
    near = deployment("orders", env=[value("DB_URL", "postgres://pg/shop")])
    far = deployment("billing", namespace="billing", env=[value("DB_URL", "postgres://pg.default/shop")])
    return [*postgres(), near, far]


def external_name() -> Stack:
    alias = kube(
        "Service", "db", spec={"type": "ExternalName", "externalName": "pg.default.svc.cluster.local"}
    )
    hosts = {"orders": "pg", "billing": "db"}
    return [
        *postgres(),
        alias,
        *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]}),
    ]


def external_name_to_a_managed_database() -> Stack:
    host = "shop.abc123.eu-west-1.rds.amazonaws.com"
    alias = kube("Service", "db", spec={"type": "ExternalName", "externalName": host})
    hosts = {"orders": host, "billing": "db"}
    return [alias, *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]})]


def service_without_selector() -> Stack:
    front = kube("Service", "db", spec={"ports": [{"port": 5432}]})
    ends = kube("Endpoints", "db", subsets=[{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 5432}]}])
    hosts = {"orders": "db", "billing": "10.1.2.3"}
    return [front, ends, *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]})]


def two_services_of_one_server() -> Stack:
    hosts = {"orders": "pg", "billing": "pg-too"}
    second = service("pg-too", "pg", 5432)
    return [
        *postgres(),
        second,
        *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]}),
    ]


def config_map_key() -> Stack:
    settings = kube("ConfigMap", "settings", data={"url": "postgres://pg/shop"})
    return [*postgres(), settings, *pair(env=[from_config("DATABASE_URL", "settings", "url")])]


def config_map_as_environment() -> Stack:
    settings = kube("ConfigMap", "settings", data={"DATABASE_URL": "postgres://pg/shop"})
    return [*postgres(), settings, *pair(env_from=[{"configMapRef": {"name": "settings"}}])]


def secret_in_base64() -> Stack:
    hidden = kube("Secret", "db", data={"url": secret(encoded("postgres://u:p@pg/shop"))})
    return [*postgres(), hidden, *pair(env=[from_secret("DATABASE_URL", "db", "url")])]


def secret_as_environment() -> Stack:
    hidden = kube("Secret", "db", stringData={"DATABASE_URL": secret("postgres://u:p@pg/shop")})
    return [*postgres(), hidden, *pair(env_from=[{"secretRef": {"name": "db"}}])]


def two_secrets_with_one_address() -> Stack:
    hidden = [kube("Secret", name, stringData={"url": secret("postgres://u:p@pg/shop")}) for name in BOTH]
    return [*postgres(), *hidden, *each(lambda name: {"env": [from_secret("DATABASE_URL", name, "url")]})]


def properties_file() -> Stack:
    text = "server.port=8080\nspring.datasource.url=jdbc:postgresql://pg:5432/shop\n"
    files = kube("ConfigMap", "files", data={"application.properties": text})
    return [*postgres(), files, *pair(pod={"volumes": [{"name": "f", "configMap": {"name": "files"}}]})]


def yaml_file() -> Stack:
    text = "database:\n  host: pg\n  name: shop\n"
    files = kube("ConfigMap", "files", data={"config.yaml": text})
    return [*postgres(), files, *pair(pod={"volumes": [{"name": "f", "configMap": {"name": "files"}}]})]


def json_file_in_a_secret() -> Stack:
    text = json.dumps({"ConnectionStrings": {"Default": "Host=pg;Database=shop;Username=u;Password=p"}})
    files = kube("Secret", "files", stringData={"appsettings.json": secret(text)})
    return [*postgres(), files, *pair(pod={"volumes": [{"name": "f", "secret": {"secretName": "files"}}]})]


def projected_volume() -> Stack:
    files = kube("ConfigMap", "files", data={"db.env": "DATABASE_URL=postgres://pg/shop"})
    sources = [{"configMap": {"name": "files", "items": [{"key": "db.env", "path": "db.env"}]}}]
    return [*postgres(), files, *pair(pod={"volumes": [{"name": "f", "projected": {"sources": sources}}]})]


def arguments() -> Stack:
    return [*postgres(), *pair(container={"args": ["--db=postgres://u@pg/shop"]})]


def arguments_with_variables() -> Stack:
    given = {"args": ["--dsn=postgres://$(DB_USER)@$(DB_HOST):5432/$(DB)"]}
    env = [value("DB_USER", "u"), value("DB_HOST", "pg"), value("DB", "shop")]
    return [*postgres(), *pair(env=env, container=given)]


def shell_command() -> Stack:
    command = ["sh", "-c", "exec app --database-url postgres://u:p@pg:5432/shop"]
    return [*postgres(), *pair(container={"command": command})]


def init_container() -> Stack:
    init = {"name": "migrate", "image": "app:1", "env": [value("DATABASE_URL", "postgres://pg/shop")]}
    return [*postgres(), *pair(pod={"initContainers": [init]})]


def sidecar() -> Stack:
    side = {"name": "sync", "image": "sync:1", "restartPolicy": "Always", "env": [value("DB_HOST", "pg")]}
    return [*postgres(), *pair(pod={"initContainers": [side]})]


def cron_job_of_another_service() -> Stack:
    report = deployment("billing", kind="CronJob", env=[value("DATABASE_URL", "postgres://pg/shop")])
    return [*postgres(), deployment("orders", env=[value("DATABASE_URL", "postgres://pg/shop")]), report]


def operator_secret() -> Stack:
    return [cluster(), *pair(env=[from_secret("PASSWORD", "pg-app", "password")])]


def operator_service() -> Stack:
    return [cluster(), *pair(env=[value("DB_HOST", "pg-rw"), value("DB_NAME", "app")])]


def replica_of_the_operator() -> Stack:
    hosts = {"orders": "pg-rw", "billing": "pg-ro"}
    return [cluster(), *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/app")]})]


def operator_pooler() -> Stack:
    pooler = kube(
        "Pooler", "pool", spec={"cluster": {"name": "pg"}, "type": "rw", "pgbouncer": {"poolMode": "session"}}
    )
    hosts = {"orders": "pg-rw", "billing": "pool"}
    return [
        cluster(),
        pooler,
        *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/app")]}),
    ]


def pooler_in_between() -> Stack:
    text = "[databases]\n* = host=pg port=5432\n[pgbouncer]\nlisten_port=6432\n"
    files = kube("ConfigMap", "bouncer", data={"pgbouncer.ini": text})
    pod = {"volumes": [{"name": "f", "configMap": {"name": "bouncer"}}]}
    proxy = deployment("bouncer", image="edoburu/pgbouncer:1.23", ports=[6432], pod=pod)
    hosts = {"orders": "pg:5432", "billing": "bouncer:6432"}
    clients = each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]})
    return [*postgres(), files, proxy, service("bouncer", "bouncer", 6432), *clients]


def socket_proxy_in_between() -> Stack:
    args = {"args": ["TCP-LISTEN:5432,fork", "TCP:pg:5432"]}
    proxy = deployment("tunnel", image="alpine/socat:1.8", ports=[5432], container=args)
    hosts = {"orders": "pg", "billing": "tunnel"}
    clients = each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]})
    return [*postgres(), proxy, service("tunnel", "tunnel", 5432), *clients]


def only_the_password() -> Stack:
    hidden = kube("Secret", "pg", stringData={"password": secret("x")})
    stack = server("pg", POSTGRES, 5432, env=[from_secret("POSTGRES_PASSWORD", "pg", "password")])
    return [hidden, *stack, *pair(env=[from_secret("DB_PASSWORD", "pg", "password")])]


def image_without_a_telling_name() -> Stack:
    return [*server("store", "registry.example/team/store:1", 5432), *pair(env=[value("DB_HOST", "store")])]


def mongo_with_one_database() -> Stack:
    env = [value("MONGO_URL", "mongodb://mongo"), value("MONGO_DATABASE", "shop")]
    return [*server("mongo", "mongo:7", 27017), *pair(env=env)]


def managed_host_outside() -> Stack:
    host = "shop.abc123.eu-west-1.rds.amazonaws.com"
    return pair(env=[value("DB_HOST", host), value("DB_NAME", "shop")])


def cache_by_bare_name() -> Stack:
    return [*server("sessions", "redis:7", 6379), *pair(env=[value("SESSION_STORE_HOST", "sessions")])]


def cache_by_url_and_by_host() -> Stack:
    env = {"orders": value("REDIS_URL", "redis://cache:6379/0"), "billing": value("REDIS_HOST", "cache")}
    return [*server("cache", "valkey/valkey:8", 6379), *each(lambda name: {"env": [env[name]]})]


def memcached() -> Stack:
    return [
        *server("memory", "memcached:1.6", 11211),
        *pair(env=[value("MEMCACHED_SERVERS", "memory:11211")]),
    ]


def one_claim() -> Stack:
    return [claim("files"), *pair(**mounting("files"))]


def claim_that_nothing_declares() -> Stack:
    return pair(**mounting("files"))


def two_claims_of_one_export() -> Stack:
    volumes = [nfs_volume(f"nfs-{name}", "/exports/shared") for name in BOTH]
    claims = [claim(name, volumeName=f"nfs-{name}") for name in BOTH]
    return [*volumes, *claims, *each(mounting)]


def export_inside_an_export() -> Stack:
    paths = {"orders": "/exports", "billing": "/exports/billing"}
    return each(lambda name: holding({"nfs": {"server": "nfs.internal", "path": paths[name]}}))


def one_volume_handle() -> Stack:
    volumes = [
        kube("PersistentVolume", f"efs-{name}", namespace=None,
             spec={"csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-1234"}})
        for name in BOTH
    ]  # fmt: skip
    claims = [claim(name, volumeName=f"efs-{name}") for name in BOTH]
    return [*volumes, *claims, *each(mounting)]


def directory_of_the_node() -> Stack:
    return pair(**holding({"hostPath": {"path": "/srv/shared"}}))


def volume_of_the_database() -> Stack:
    size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    containers = [{"name": "postgres", "image": POSTGRES}]
    spec = {
        "selector": {"matchLabels": {"app": "pg"}},
        "template": {"metadata": {"labels": {"app": "pg"}}, "spec": {"containers": containers}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": size}],
    }
    return [kube("StatefulSet", "pg", spec=spec), deployment("billing", **mounting("data-pg-0"))]


def patched_from_outside() -> Stack:
    patch = resource(
        "kubernetes:apps/v1:DeploymentPatch", "billing",
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "billing", "namespace": "default"},
         "spec": {"template": {"spec": {"containers": [
             {"name": "main", "env": [value("DATABASE_URL", "postgres://pg/shop")]}]}}}},
    )  # fmt: skip
    return [*postgres(), deployment("orders", env=[value("DATABASE_URL", "postgres://pg/shop")]), patch]


def unknown_address_of_one_instance() -> Stack:
    database = rds(address=UNKNOWN)
    return [database, *pair(env=[value("DB_HOST", UNKNOWN)], uses={"spec": [database]})]


def unknown_secret_of_one_instance() -> Stack:
    database = rds(address=UNKNOWN)
    hidden = kube("Secret", "db", stringData=UNKNOWN, uses={"stringData": [database]})
    return [database, hidden, *pair(env=[from_secret("DATABASE_URL", "db", "url")])]


def one_generated_password() -> Stack:
    password = resource("random:index/randomPassword:RandomPassword", "db", {"result": UNKNOWN})
    database = resource(
        "aws:rds/instance:Instance",
        "main",
        {"password": secret(UNKNOWN)},
        uses={"password": [password]},
        protect=True,
    )
    hidden = [kube("Secret", name, stringData=UNKNOWN, uses={"stringData": [password]}) for name in BOTH]
    return [password, database, *hidden, *each(lambda name: {"env": [from_secret("P", name, "password")]})]


def functions_of_one_instance() -> Stack:
    database = rds(address=UNKNOWN)
    return [
        database,
        *(function(name, {"environment": [database]}, **environment(HOST=UNKNOWN)) for name in BOTH),
    ]


def functions_of_one_secret_version() -> Stack:
    database = rds(address=UNKNOWN)
    store = resource("aws:secretsmanager/secret:Secret", "db", {"arn": UNKNOWN})
    version = resource(
        "aws:secretsmanager/secretVersion:SecretVersion", "db", {"secretString": secret(UNKNOWN)},
        uses={"secretId": [store], "secretString": [database]},
    )  # fmt: skip
    return [
        database, store, version,
        *(function(name, {"environment": [version]}, **environment(SECRET=UNKNOWN)) for name in BOTH),
    ]  # fmt: skip


def functions_of_one_parameter() -> Stack:
    database = rds(address=UNKNOWN)
    parameter = resource("aws:ssm/parameter:Parameter", "db", {"value": UNKNOWN}, uses={"value": [database]})
    return [database, parameter, *(function(name, {"environment": [parameter]}) for name in BOTH)]


def functions_of_a_replica() -> Stack:
    database = rds(address=UNKNOWN, identifier="main")
    replica = resource(
        "aws:rds/instance:Instance", "replica", {"replicateSourceDb": "main"}, protect=True,
        uses={"replicateSourceDb": [database]},
    )  # fmt: skip
    return [
        database, replica,
        function("orders", {"environment": [database]}), function("billing", {"environment": [replica]}),
    ]  # fmt: skip


def functions_of_one_table() -> Stack:
    table = resource("aws:dynamodb/table:Table", "carts", {"name": "carts"}, protect=True)
    return [table, *(function(name, {"environment": [table]}, **environment(TABLE="carts")) for name in BOTH)]


def functions_of_one_cache() -> Stack:
    cache = resource("aws:elasticache/replicationGroup:ReplicationGroup", "cache", {}, protect=True)
    return [cache, *(function(name, {"environment": [cache]}) for name in BOTH)]


def functions_of_one_bucket() -> Stack:
    bucket = resource("aws:s3/bucket:Bucket", "uploads", {"bucket": UNKNOWN}, protect=True)
    return [bucket, *(function(name, {"environment": [bucket]}) for name in BOTH)]


def functions_of_one_file_system() -> Stack:
    files = resource("aws:efs/fileSystem:FileSystem", "files", {}, protect=True)
    points = [
        resource(
            "aws:efs/accessPoint:AccessPoint", name, {"fileSystemId": UNKNOWN}, uses={"fileSystemId": [files]}
        )
        for name in BOTH
    ]
    return [
        files, *points,
        *(function(name, {"fileSystemConfig": [point]}) for name, point in zip(BOTH, points, strict=True)),
    ]  # fmt: skip


def functions_with_rights_on_one_table() -> Stack:
    table = resource("aws:dynamodb/table:Table", "carts", {"arn": UNKNOWN}, protect=True)
    stack = [table]
    for name in BOTH:
        role = resource("aws:iam/role:Role", name, {"name": name})
        policy = resource("aws:iam/rolePolicy:RolePolicy", name, {"policy": UNKNOWN, "role": name},
                          uses={"role": [role], "policy": [table]})  # fmt: skip
        stack += [role, policy, function(name, {"role": [role]}, role=UNKNOWN)]
    return stack


def functions_of_a_restored_copy() -> Stack:
    database = rds(address=UNKNOWN)
    snapshot = resource("aws:rds/snapshot:Snapshot", "nightly", {}, uses={"dbInstanceIdentifier": [database]})
    copy = resource(
        "aws:rds/instance:Instance", "copy", {"snapshotIdentifier": UNKNOWN}, protect=True,
        uses={"snapshotIdentifier": [snapshot]},
    )  # fmt: skip
    return [
        database, snapshot, copy,
        function("orders", {"environment": [database]}), function("billing", {"environment": [copy]}),
    ]  # fmt: skip


def functions_of_a_proxy() -> Stack:
    database = rds(address=UNKNOWN)
    proxy = resource("aws:rds/proxy:Proxy", "proxy", {"endpoint": UNKNOWN})
    target = resource(
        "aws:rds/proxyTarget:ProxyTarget", "target", {},
        uses={"dbProxyName": [proxy], "dbInstanceIdentifier": [database]},
    )  # fmt: skip
    return [
        database, proxy, target,
        function("orders", {"environment": [database]}), function("billing", {"environment": [proxy]}),
    ]  # fmt: skip


def functions_of_a_secret_whose_version_says_it() -> Stack:
    database = rds(address=UNKNOWN)
    store = resource("aws:secretsmanager/secret:Secret", "db", {"arn": UNKNOWN})
    version = resource(
        "aws:secretsmanager/secretVersion:SecretVersion", "db", {"secretString": secret(UNKNOWN)},
        uses={"secretId": [store], "secretString": [database]},
    )  # fmt: skip
    return [database, store, version, *(function(name, {"environment": [store]}) for name in BOTH)]


def pods_with_rights_on_one_table() -> Stack:
    table = resource("aws:dynamodb/table:Table", "carts", {"arn": UNKNOWN}, protect=True)
    stack = [table]
    for name in BOTH:
        role = resource("aws:iam/role:Role", name, {"name": name})
        policy = resource("aws:iam/policy:Policy", name, {"policy": UNKNOWN}, uses={"policy": [table]})
        attachment = resource(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            name,
            {},
            uses={"role": [role], "policyArn": [policy]},
        )
        account = kube("ServiceAccount", name, uses={"metadata": [role]})
        stack += [role, policy, attachment, account, deployment(name, pod={"serviceAccountName": name})]
    return stack


def pods_with_pod_identity_on_one_bucket() -> Stack:
    bucket = resource("aws:s3/bucket:Bucket", "uploads", {"arn": UNKNOWN}, protect=True)
    stack = [bucket]
    for name in BOTH:
        role = resource("aws:iam/role:Role", name, {"name": name})
        policy = resource(
            "aws:iam/rolePolicy:RolePolicy", name, {}, uses={"role": [role], "policy": [bucket]}
        )
        binding = resource(
            "aws:eks/podIdentityAssociation:PodIdentityAssociation", name,
            {"serviceAccount": name, "namespace": "default"}, uses={"roleArn": [role]},
        )  # fmt: skip
        stack += [role, policy, binding, deployment(name, pod={"serviceAccountName": name})]
    return stack


def host_of_a_service_that_is_not_known_yet() -> Stack:
    stack = postgres()
    return [*stack, *pair(env=[value("DB_HOST", UNKNOWN)], uses={"spec": [stack[1]]})]


def generated_password_in_plain_variables() -> Stack:
    password = resource("random:index/randomPassword:RandomPassword", "db", {"result": UNKNOWN})
    database = resource("aws:rds/instance:Instance", "main", {}, uses={"password": [password]}, protect=True)
    return [password, database, *pair(env=[value("PGPASSWORD", UNKNOWN)], uses={"spec": [password]})]


def one_table_by_its_arn() -> Stack:
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/carts"
    table = resource("aws:dynamodb/table:Table", "carts", {"arn": arn, "name": "carts"}, protect=True)
    return [table, *(function(name, **environment(STORE=arn)) for name in BOTH)]


def one_table_by_its_name() -> Stack:
    table = resource("aws:dynamodb/table:Table", "carts", {"name": "carts-4f2a"}, protect=True)
    return [table, *(function(name, **environment(CARTS_TABLE="carts-4f2a")) for name in BOTH)]


def rights_by_a_policy_that_is_known_already() -> Stack:
    arn = "arn:aws:s3:::shop-uploads"
    bucket = resource("aws:s3/bucket:Bucket", "uploads", {"arn": arn, "bucket": "shop-uploads"}, protect=True)
    document = json.dumps({"Statement": [{"Action": "s3:GetObject", "Resource": f"{arn}/*"}]})
    stack = [bucket]
    for name in BOTH:
        role = resource("aws:iam/role:Role", name, {"inlinePolicies": [{"policy": document}]})
        stack += [role, function(name, {"role": [role]})]
    return stack


def containers_of_a_task_as_json() -> Stack:
    host = "main.abc123.eu-west-1.rds.amazonaws.com"
    variables = [{"name": "DATABASE_URL", "value": f"postgres://u:p@{host}/shop"}]
    definition = json.dumps([{"name": "main", "image": "app:1", "environment": variables}])
    token = "aws:ecs/taskDefinition:TaskDefinition"
    return [
        rds(address=host),
        *(resource(token, name, {"containerDefinitions": definition}) for name in BOTH),
    ]


def services_under_one_umbrella_label() -> Stack:
    """`app` names the whole system; that there are several services, their Services show."""
    labels = {name: {"app": "shop", "component": name} for name in (*BOTH, "web")}
    env = [value("DATABASE_URL", "postgres://pg/shop")]
    stack = [deployment(name, labels=labels[name], env=env if name in BOTH else []) for name in labels]
    fronts = [
        kube("Service", name, spec={"selector": labels[name], "ports": [{"port": 80}]}) for name in labels
    ]
    return [*postgres(), *stack, *fronts]


def cluster_address_of_the_service() -> Stack:
    front = kube(
        "Service", "db", spec={"clusterIP": "10.96.7.7", "selector": {"app": "pg"}, "ports": [{"port": 5432}]}
    )
    hosts = {"orders": "db", "billing": "10.96.7.7"}
    return [
        *postgres(),
        front,
        *each(lambda name: {"env": [value("DB_URL", f"postgres://{hosts[name]}/shop")]}),
    ]


def operator_secret_with_a_user_in_its_name() -> Stack:
    body = {
        "apiVersion": "acid.zalan.do/v1",
        "kind": "postgresql",
        "metadata": {"name": "pg", "namespace": "default"},
    }
    store = resource("kubernetes:acid.zalan.do/v1:postgresql", "pg", {**body, "spec": {}}, protect=True)
    name = "app.pg.credentials.postgresql.acid.zalan.do"
    return [store, *pair(env=[from_secret("PASSWORD", name, "password")])]


def password_file_mounted_by_server_and_clients() -> Stack:
    hidden = kube("Secret", "pg", stringData={"password": secret("x")})
    volume = {"volumes": [{"name": "s", "secret": {"secretName": "pg"}}]}
    return [hidden, *server("pg", POSTGRES, 5432, pod=volume), *pair(pod=volume)]


def let_in_by_the_buckets_own_policy() -> Stack:
    roles = {name: resource("aws:iam/role:Role", name, {"name": name}) for name in BOTH}
    bucket = resource("aws:s3/bucket:Bucket", "uploads", {}, protect=True)
    policy = resource(
        "aws:s3/bucketPolicy:BucketPolicy", "uploads", {"policy": UNKNOWN},
        uses={"bucket": [bucket], "policy": [*roles.values(), bucket]},
    )  # fmt: skip
    return [*roles.values(), bucket, policy, *(function(name, {"role": [roles[name]]}) for name in BOTH)]


def one_declared_database_of_a_server() -> Stack:
    server_of_it = rds(address=UNKNOWN)
    database = resource(
        "postgresql:index/database:Database", "shop", {"name": "shop"}, uses={"owner": [server_of_it]}
    )
    return [server_of_it, database, *(function(n, {"environment": [server_of_it, database]}) for n in BOTH)]


def volumes_that_name_their_claims() -> Stack:
    stack = [claim(name) for name in BOTH]
    for name in BOTH:
        volume = nfs_volume(f"nfs-{name}", "/exports/shared")
        volume.properties["spec"]["claimRef"] = {"name": name, "namespace": "default"}
        stack.append(volume)
    return [*stack, *each(mounting)]


def task_of_containers() -> Stack:
    database = rds(address=UNKNOWN)
    token = "aws:ecs/taskDefinition:TaskDefinition"
    return [
        database,
        *(resource(token, name, {"containerDefinitions": UNKNOWN}, uses={"containerDefinitions": [database]})
          for name in BOTH),
    ]  # fmt: skip


def known_address_of_one_instance() -> Stack:
    host = "main.abc123.eu-west-1.rds.amazonaws.com"
    return [
        rds(address=host, dbName="shop"),
        *pair(env=[value("DATABASE_URL", f"postgres://u:p@{host}/shop")]),
    ]


def sidecars_to_one_managed_instance() -> Stack:
    proxy = {
        "name": "proxy",
        "image": "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.14",
        "args": ["--port=5432", "project:europe-west1:shop"],
    }
    env = [value("DATABASE_URL", "postgres://localhost:5432/shop")]
    return [_beside(name, proxy, env) for name in BOTH]


def _beside(name: str, side: dict[str, Any], env: list[dict[str, Any]]) -> Any:
    main = {"name": "main", "image": "app:1", "env": env}
    return deployment(name, pod={"containers": [main, side]})


def one_state_store_for_two_applications() -> Stack:
    component = kube(
        "Component", "state", scopes=list(BOTH),
        spec={"type": "state.redis", "metadata": [{"name": "redisHost", "value": "redis:6379"}]},
    )  # fmt: skip
    clients = [deployment(name) for name in BOTH]
    for client in clients:
        template = client.properties["spec"]["template"]["metadata"]
        template["annotations"] = {"dapr.io/enabled": "true", "dapr.io/app-id": client.name}
    return [*server("redis", "redis:7", 6379), component, *clients]


def a_list_of_databases_of_ones_own() -> Stack:
    """Each service has its own list; that one of its two databases is the other's is no accident of handing out."""
    text = "primary:\n  url: postgres://pg/shop\nlegacy:\n  url: postgres://old/archive\n"
    files = [kube("ConfigMap", name, data={"application.yml": text}) for name in BOTH]
    return [
        *postgres(), *server("old", POSTGRES, 5432), *files,
        *each(lambda name: {"pod": {"volumes": [{"name": "f", "configMap": {"name": name}}]}}),
    ]  # fmt: skip


WAYS: list[Callable[[], Stack]] = [
    url_in_env, url_without_port, url_with_driver, jdbc, jdbc_sql_server, ado_net, libpq, go_mysql,
    three_spellings_of_one_database, host_and_database_apart, libpq_variables, short_name_and_fqdn,
    pod_of_the_stateful_set, across_namespaces, external_name, external_name_to_a_managed_database,
    service_without_selector, two_services_of_one_server, config_map_key, config_map_as_environment,
    secret_in_base64, secret_as_environment, two_secrets_with_one_address, properties_file, yaml_file,
    json_file_in_a_secret, projected_volume, arguments, arguments_with_variables, shell_command,
    init_container, sidecar, cron_job_of_another_service, operator_secret, operator_service,
    replica_of_the_operator, operator_pooler, pooler_in_between, socket_proxy_in_between, only_the_password,
    image_without_a_telling_name, mongo_with_one_database, managed_host_outside, cache_by_bare_name,
    cache_by_url_and_by_host, memcached, one_claim, claim_that_nothing_declares, two_claims_of_one_export,
    export_inside_an_export, one_volume_handle, directory_of_the_node, volume_of_the_database,
    patched_from_outside, unknown_address_of_one_instance, unknown_secret_of_one_instance,
    one_generated_password, functions_of_one_instance, functions_of_one_secret_version,
    functions_of_one_parameter, functions_of_a_replica, functions_of_one_table, functions_of_one_cache,
    functions_of_one_bucket, functions_of_one_file_system, functions_with_rights_on_one_table,
    task_of_containers, known_address_of_one_instance, sidecars_to_one_managed_instance,
    one_state_store_for_two_applications, a_list_of_databases_of_ones_own, functions_of_a_restored_copy,
    host_of_a_service_that_is_not_known_yet, generated_password_in_plain_variables, one_table_by_its_arn,
    one_table_by_its_name, rights_by_a_policy_that_is_known_already, containers_of_a_task_as_json,
    services_under_one_umbrella_label, cluster_address_of_the_service, operator_secret_with_a_user_in_its_name,
    volumes_that_name_their_claims,
    password_file_mounted_by_server_and_clients, let_in_by_the_buckets_own_policy, one_declared_database_of_a_server,
    functions_of_a_proxy, functions_of_a_secret_whose_version_says_it, pods_with_rights_on_one_table,
    pods_with_pod_identity_on_one_bucket,
]  # fmt: skip
