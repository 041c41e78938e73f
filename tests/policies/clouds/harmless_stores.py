"""Stores, brokers and networks that look shared and are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .harmless_rights import each
from .networks import GROUP, in_groups, port, walled
from .programs import BOTH, Cloud, Program, acting, allow, cloud, function
from .rights import database, secret
from .stores import INSTANCE, exported, mounted_by_functions
from .workloads import TASK


def queue_between_two() -> Program:
    jobs = cloud("aws:sqs/queue:Queue", "jobs", "billing")
    rights = {
        "orders": allow(jobs["arn"], action="sqs:SendMessage"),
        "billing": allow(jobs["arn"], action="sqs:*"),
    }
    return [jobs, *acting(rights, stated=True)]


def code_and_letters_of_the_platform() -> Program:
    artifacts = cloud("aws:s3/bucket:Bucket", "artifacts", "platform")
    dead = cloud("aws:sqs/queue:Queue", "dead", "platform")
    given: dict[str, Any] = {"s3Bucket": artifacts["id"], "deadLetterConfig": {"targetArn": dead["arn"]}}
    return [artifacts, dead, *(function(name, name, s3Key=f"{name}.zip", **given) for name in BOTH)]


def groups_of_parameters_and_subnets() -> Program:
    tuning = cloud("aws:rds/parameterGroup:ParameterGroup", "tuning", family="postgres16")
    places = cloud("aws:rds/subnetGroup:SubnetGroup", "places")
    given = {"parameterGroupName": tuning["id"], "dbSubnetGroupName": places["id"]}
    own = each(lambda name: database(f"{name}-db", name, **given))
    return [tuning, places, *own.values(), *(function(n, n, {"DB_HOST": own[n]["address"]}) for n in BOTH)]


def databases_of_one_instance() -> Program:
    main = database()
    return [main, *(function(name, env={"DB_HOST": main["address"], "DB_NAME": name}) for name in BOTH)]


def directories_of_one_file_system() -> Program:
    return mounted_by_functions({name: f"/{name}" for name in BOTH})


def directories_of_tasks() -> Program:
    files, token = cloud("aws:efs/fileSystem:FileSystem", "files"), "aws:efs/accessPoint:AccessPoint"
    points = each(lambda n: cloud(token, n, fileSystemId=files["id"], rootDirectory={"path": f"/{n}"}))
    stack: list[Cloud] = [files, *points.values()]
    for name in BOTH:
        configured = {
            "fileSystemId": files["id"],
            "authorizationConfig": {"accessPointId": points[name]["id"]},
        }
        volumes = [{"name": "data", "efsVolumeConfiguration": configured}]
        stack.append(cloud(TASK, name, containerDefinitions="[]", volumes=volumes))
    return stack


def broker_with_a_user_for_each() -> Program:
    token = "random:index/randomPassword:RandomPassword"
    passwords = each(lambda name: cloud(token, name, length=20))
    users = [{"username": name, "password": passwords[name]["result"]} for name in BOTH]
    broker = cloud("aws:mq/broker:Broker", "broker", brokerName="broker", engineType="ActiveMQ", users=users)
    clients = [function(n, n, {"MQ_USER": n, "MQ_PASSWORD": passwords[n]["result"]}) for n in BOTH]
    return [*passwords.values(), broker, *clients]


def login_for_each_of_one_cluster_of_streams() -> Program:
    kept = each(lambda name: secret(f"AmazonMSK_{name}", name))
    streams = cloud("aws:msk/cluster:Cluster", "streams", clusterName="streams")
    given = {"clusterArn": streams["arn"], "secretArnLists": [item["arn"] for item in kept.values()]}
    joined = cloud("aws:msk/scramSecretAssociation:ScramSecretAssociation", "all", **given)
    rights = {name: allow(kept[name]["arn"], action="secretsmanager:GetSecretValue") for name in BOTH}
    brokers = {"BROKERS": streams["bootstrapBrokersSaslScram"]}
    clients = acting(rights, stated=True, environment={"variables": brokers})
    return [*kept.values(), streams, joined, *clients]


def group_of_the_owner() -> Program:
    return [*walled(admits=port(5432, referencedSecurityGroupId=cloud(GROUP, "orders")["id"])), *in_groups()]


def port_of_an_exporter() -> Program:
    return [*walled(admits=port(9187, referencedSecurityGroupId=cloud(GROUP, "billing")["id"])), *in_groups()]


def one_group_that_admits_nobody() -> Program:
    group = cloud(
        GROUP, "all", egress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]
    )
    main = cloud(INSTANCE, "main", "orders", vpcSecurityGroupIds=[group["id"]])
    return [group, main, *in_groups(lambda _: group)]


def list_that_admits_each_elsewhere() -> Program:
    """One entry for the database's port admits orders, another for the exporter's admits billing."""
    entries: list[dict[str, Any]] = [
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-orders"]},
        {"protocol": "tcp", "fromPort": 9187, "toPort": 9187, "securityGroups": ["sg-billing"]},
    ]
    return [*walled(ingress=entries), *in_groups()]


def networks_that_peer() -> Program:
    networks = each(lambda name: cloud("aws:ec2/vpc:Vpc", name, name))
    ids = {"vpcId": networks["orders"]["id"], "peerVpcId": networks["billing"]["id"]}
    own = each(lambda name: database(f"{name}-db", name))
    peering = cloud("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", **ids)
    clients = [function(name, name, {"DB_HOST": own[name]["address"]}) for name in BOTH]
    return [*networks.values(), peering, *own.values(), *clients]


def directories_of_pods() -> Program:
    files = cloud("aws:efs/fileSystem:FileSystem", "files")
    return [files, *(item for name in BOTH for item in exported(files, name, f"/{name}"))]


LOOK_ALIKES: list[Callable[[], Program]] = [
    directories_of_pods,
    queue_between_two, code_and_letters_of_the_platform, groups_of_parameters_and_subnets,
    databases_of_one_instance, directories_of_one_file_system, directories_of_tasks,
    broker_with_a_user_for_each, login_for_each_of_one_cluster_of_streams, group_of_the_owner,
    port_of_an_exporter, one_group_that_admits_nobody, list_that_admits_each_elsewhere, networks_that_peer,
]  # fmt: skip
