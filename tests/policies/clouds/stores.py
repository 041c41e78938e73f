"""Ways to share by what a store is made of: replicas, copies, proxies, endpoints, directories and users."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .programs import BOTH, Cloud, Program, acting, allow, cloud, function, objects, pods
from .rights import both, database, secret

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"


def hosts(orders: str, billing: str) -> list[Cloud]:
    """Both functions, each given a host."""
    return [function("orders", env={"DB_HOST": orders}), function("billing", env={"DB_HOST": billing})]


def one_instance() -> Program:
    main = database()
    return [main, *(function(name, env={"DB_HOST": main["address"], "DB_NAME": "shop"}) for name in BOTH)]


def replica_by_name() -> Program:
    main = database()
    replica = cloud(INSTANCE, "replica", replicateSourceDb=main["identifier"])
    return [main, replica, *hosts(main["address"], replica["address"])]


def replica_by_arn() -> Program:
    main = database()
    replica = cloud(INSTANCE, "replica", replicateSourceDb=main["arn"])
    return [main, replica, *hosts(main["address"], replica["address"])]


def replica_of_a_replica() -> Program:
    main = database()
    first = cloud(INSTANCE, "first", replicateSourceDb=main["identifier"])
    second = cloud(INSTANCE, "second", replicateSourceDb=first["identifier"])
    return [second, first, main, *hosts(main["address"], second["address"])][::-1]


def restored_snapshot() -> Program:
    main = database()
    nightly = cloud("aws:rds/snapshot:Snapshot", "nightly", dbInstanceIdentifier=main["identifier"])
    copy = cloud(INSTANCE, "copy", snapshotIdentifier=nightly["id"])
    return [main, nightly, copy, *hosts(main["address"], copy["address"])]


def restored_copy_of_a_snapshot() -> Program:
    main = database()
    nightly = cloud("aws:rds/snapshot:Snapshot", "nightly", dbInstanceIdentifier=main["identifier"])
    given = {"sourceDbSnapshotIdentifier": nightly["dbSnapshotArn"], "targetDbSnapshotIdentifier": "moved"}
    moved = cloud("aws:rds/snapshotCopy:SnapshotCopy", "moved", **given)
    copy = cloud(INSTANCE, "copy", snapshotIdentifier=moved["id"])
    return [main, nightly, moved, copy, *hosts(main["address"], copy["address"])]


def restored_point_in_time() -> Program:
    main = database()
    copy = cloud(INSTANCE, "copy", restoreToPointInTime={"sourceDbInstanceIdentifier": main["identifier"]})
    return [main, copy, *hosts(main["address"], copy["address"])]


def clone_of_a_cluster() -> Program:
    main = cloud(CLUSTER, "main", engine="aurora-postgresql")
    clone = cloud(
        CLUSTER, "clone", restoreToPointInTime={"sourceClusterIdentifier": main["clusterIdentifier"]}
    )
    return [main, clone, *hosts(main["endpoint"], clone["endpoint"])]


def cluster_and_one_of_its_instances() -> Program:
    main = cloud(CLUSTER, "main", engine="aurora-mysql")
    first = cloud("aws:rds/clusterInstance:ClusterInstance", "first", clusterIdentifier=main["id"])
    return [main, first, *hosts(main["endpoint"], first["endpoint"])]


def cluster_and_an_endpoint_of_its_own() -> Program:
    main = cloud(CLUSTER, "main", engine="aurora-postgresql")
    reports = cloud("aws:rds/clusterEndpoint:ClusterEndpoint", "reports", clusterIdentifier=main["id"])
    return [main, reports, *hosts(main["readerEndpoint"], reports["endpoint"])]


def two_clusters_of_a_global_one() -> Program:
    world = cloud("aws:rds/globalCluster:GlobalCluster", "world")
    clusters = {name: cloud(CLUSTER, name, globalClusterIdentifier=world["id"]) for name in ("near", "far")}
    return [
        world,
        *clusters.values(),
        *hosts(clusters["near"]["endpoint"], clusters["far"]["readerEndpoint"]),
    ]


def _proxy(main: Cloud) -> tuple[Cloud, Cloud]:
    proxy = cloud("aws:rds/proxy:Proxy", "proxy", engineFamily="POSTGRESQL")
    given = {"dbProxyName": proxy["name"], "dbInstanceIdentifier": main["identifier"]}
    return proxy, cloud("aws:rds/proxyTarget:ProxyTarget", "main", **given)


def proxy() -> Program:
    main = database()
    front, target = _proxy(main)
    return [main, front, target, *hosts(main["address"], front["endpoint"])]


def endpoint_of_a_proxy() -> Program:
    main = database()
    front, target = _proxy(main)
    reader = cloud("aws:rds/proxyEndpoint:ProxyEndpoint", "reader", dbProxyName=front["name"])
    return [main, front, target, reader, *hosts(main["address"], reader["endpoint"])]


def _cache_of(user: Cloud, *, users: bool = True) -> list[Cloud]:
    given = {"userIds": [user["userId"]]} if users else {"userIds": ["default"]}
    group = cloud("aws:elasticache/userGroup:UserGroup", "services", engine="redis", **given)
    cache = cloud("aws:elasticache/replicationGroup:ReplicationGroup", "cache", userGroupIds=[group["id"]])
    return [group, cache]


def _password(name: str = "app") -> Cloud:
    return cloud("random:index/randomPassword:RandomPassword", name, length=20)


def user_of_a_cache() -> Program:
    password = _password()
    user = cloud("aws:elasticache/user:User", "app", userName="app", passwords=[password["result"]])
    clients = [function(name, env={"CACHE_PASSWORD": password["result"]}) for name in BOTH]
    return [password, user, *_cache_of(user), *clients]


def users_associated_with_one_cache() -> Program:
    token = "aws:elasticache/userGroupAssociation:UserGroupAssociation"
    passwords = {name: _password(name) for name in BOTH}
    users = {
        name: cloud("aws:elasticache/user:User", name, userName=name, passwords=[passwords[name]["result"]])
        for name in BOTH
    }
    group, cache = _cache_of(users["orders"], users=False)
    joined = [cloud(token, n, userGroupId=group["userGroupId"], userId=users[n]["userId"]) for n in BOTH]
    clients = [function(name, env={"CACHE_PASSWORD": passwords[name]["result"]}) for name in BOTH]
    return [*passwords.values(), *users.values(), group, cache, *joined, *clients]


def right_to_connect_to_a_cache() -> Program:
    user = cloud("aws:elasticache/user:User", "app", userName="app", authenticationMode={"type": "iam"})
    group, cache = _cache_of(user)
    return [user, group, cache, *acting(both(allow(cache["arn"], user["arn"], action="elasticache:Connect")))]


def user_of_a_serverless_cache() -> Program:
    user = cloud("aws:elasticache/user:User", "app", userName="app", authenticationMode={"type": "iam"})
    group = cloud("aws:elasticache/userGroup:UserGroup", "services", userIds=[user["userId"]])
    cache = cloud("aws:elasticache/serverlessCache:ServerlessCache", "cache", userGroupId=group["id"])
    return [user, group, cache, *acting(both(allow(user["arn"], action="elasticache:Connect")))]


def user_of_a_durable_cache() -> Program:
    password = _password()
    mode = {"type": "password", "passwords": [password["result"]]}
    user = cloud("aws:memorydb/user:User", "app", authenticationMode=mode)
    acl = cloud("aws:memorydb/acl:Acl", "services", userNames=[user["userName"]])
    cache = cloud("aws:memorydb/cluster:Cluster", "cache", aclName=acl["name"])
    clients = [function(name, env={"CACHE_PASSWORD": password["result"]}) for name in BOTH]
    return [password, user, acl, cache, *clients]


def _broker(users: Mapping[str, str]) -> Cloud:
    declared = [{"username": name, "password": password} for name, password in users.items()]
    return cloud("aws:mq/broker:Broker", "broker", brokerName="broker", engineType="ActiveMQ", users=declared)


def password_of_one_broker_user() -> Program:
    password = _password()
    clients = [function(name, name, {"MQ_PASSWORD": password["result"]}) for name in BOTH]
    return [password, _broker({"app": password["result"]}), *clients]


def name_of_one_broker_user() -> Program:
    broker = _broker({"app": "hidden-from-all"})
    url = broker["instances.0.endpoints.0"]
    return [broker, *(function(name, name, {"MQ_URL": url, "MQ_USER": "app"}) for name in BOTH)]


def one_login_for_streams() -> Program:
    kept, streams = (
        secret("AmazonMSK_app"),
        cloud("aws:msk/cluster:Cluster", "streams", clusterName="streams"),
    )
    given = {"clusterArn": streams["arn"], "secretArnLists": [kept["arn"]]}
    joined = cloud("aws:msk/scramSecretAssociation:ScramSecretAssociation", "app", **given)
    right = allow(kept["arn"], action="secretsmanager:GetSecretValue")
    return [kept, streams, joined, *acting(both(right), stated=True)]


def _files() -> Cloud:
    return cloud("aws:efs/fileSystem:FileSystem", "files")


def mounted_by_functions(roots: Mapping[str, str]) -> Program:
    """A file system, and functions that see a directory of it each."""
    files, token = _files(), "aws:efs/accessPoint:AccessPoint"
    points = {
        name: cloud(token, name, fileSystemId=files["id"], rootDirectory={"path": root})
        for name, root in roots.items()
    }
    mounts = [
        function(n, fileSystemConfig={"arn": points[n]["arn"], "localMountPath": "/mnt/x"}) for n in BOTH
    ]
    return [files, *points.values(), *mounts]


def one_directory() -> Program:
    return mounted_by_functions({"orders": "/shared", "billing": "/shared/"})


def directory_inside_a_directory() -> Program:
    return mounted_by_functions({"orders": "/shared", "billing": "/shared/billing"})


def directory_and_all_of_it() -> Program:
    return mounted_by_functions({"orders": "/", "billing": "/billing"})


def volumes_of_tasks() -> Program:
    files = _files()
    volumes = [
        {"name": "data", "efsVolumeConfiguration": {"fileSystemId": files["id"], "rootDirectory": "/"}}
    ]
    token = "aws:ecs/taskDefinition:TaskDefinition"
    return [files, *(cloud(token, name, containerDefinitions="[]", volumes=volumes) for name in BOTH)]


def volumes_of_pods() -> Program:
    files = _files()
    stack: list[Cloud] = [files]
    for name in BOTH:
        spec = {"csi": {"driver": "efs.csi.aws.com", "volumeHandle": files["id"]}}
        mounts = [{"name": "data", "mountPath": "/data"}]
        stack += [
            objects("PersistentVolume", name, spec=spec),
            objects("PersistentVolumeClaim", name, spec={"volumeName": name}),
            pods(
                name, volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": name}}],
                containers=[{"name": "main", "image": "app:1", "volumeMounts": mounts}],
            ),
        ]  # fmt: skip
    return stack


def exported(files: Cloud, name: str, path: str) -> list[Cloud]:
    """A pod that mounts a directory of a file system by the file system's host."""
    mounts = [{"name": "data", "mountPath": "/data"}]
    return [
        objects("PersistentVolume", name, spec={"nfs": {"server": files["dnsName"], "path": path}}),
        objects("PersistentVolumeClaim", name, spec={"volumeName": name}),
        pods(
            name, volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": name}}],
            containers=[{"name": "main", "image": "app:1", "volumeMounts": mounts}],
        ),
    ]  # fmt: skip


def directory_by_access_point_and_by_host() -> Program:
    files, token = _files(), "aws:efs/accessPoint:AccessPoint"
    point = cloud(token, "orders", fileSystemId=files["id"], rootDirectory={"path": "/shared"})
    mount = {"arn": point["arn"], "localMountPath": "/mnt/x"}
    return [files, point, function("orders", fileSystemConfig=mount), *exported(files, "billing", "/shared")]


WAYS: list[Callable[[], Program]] = [
    one_instance, replica_by_name, replica_by_arn, replica_of_a_replica, restored_snapshot,
    restored_copy_of_a_snapshot, restored_point_in_time, clone_of_a_cluster, cluster_and_one_of_its_instances,
    cluster_and_an_endpoint_of_its_own, two_clusters_of_a_global_one, proxy, endpoint_of_a_proxy, user_of_a_cache,
    users_associated_with_one_cache, right_to_connect_to_a_cache, user_of_a_serverless_cache,
    user_of_a_durable_cache, password_of_one_broker_user, name_of_one_broker_user, one_login_for_streams,
    one_directory, directory_inside_a_directory, directory_and_all_of_it, volumes_of_tasks, volumes_of_pods,
    directory_by_access_point_and_by_host,
]  # fmt: skip
