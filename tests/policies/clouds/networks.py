"""Ways to share by network: the database is of orders, and billing's functions are let through to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .programs import BOTH, Cloud, Program, cloud, function
from .workloads import TASK

GROUP = "aws:ec2/securityGroup:SecurityGroup"
ADMITS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def walled(*, admits: Mapping[str, Any] | None = None, ingress: list[Any] | None = None) -> list[Cloud]:
    """A database of orders, and the security groups of it and of both services."""
    groups = {name: cloud(GROUP, name) for name in BOTH}
    inline = {"ingress": ingress} if ingress is not None else {}
    guard = cloud(GROUP, "db", **inline)
    main = cloud(
        "aws:rds/instance:Instance", "main", "orders", engine="postgres", vpcSecurityGroupIds=[guard["id"]]
    )
    rules = [cloud(ADMITS, "in", securityGroupId=guard["id"], **admits)] if admits is not None else []
    return [*groups.values(), guard, main, *rules]


def port(number: int, **rest: Any) -> dict[str, Any]:
    return {"ipProtocol": "tcp", "fromPort": number, "toPort": number, **rest}


def in_groups(group: Callable[[str], Cloud] = lambda name: cloud(GROUP, name)) -> list[Cloud]:
    return [function(name, name, vpcConfig={"securityGroupIds": [group(name)["id"]]}) for name in BOTH]


def group_that_a_rule_admits() -> Program:
    billing = cloud(GROUP, "billing")["id"]
    return [*walled(admits=port(5432, referencedSecurityGroupId=billing)), *in_groups()]


def group_that_a_list_admits() -> Program:
    entry = {
        "protocol": "tcp",
        "fromPort": 5432,
        "toPort": 5432,
        "securityGroups": [cloud(GROUP, "billing")["id"]],
    }
    return [*walled(ingress=[entry]), *in_groups()]


def one_group_for_all_with_itself() -> Program:
    group = cloud(GROUP, "db", ingress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}])
    main = cloud("aws:rds/instance:Instance", "main", "orders", vpcSecurityGroupIds=[group["id"]])
    return [group, main, *in_groups(lambda _: group)]


def one_group_for_all_by_a_rule() -> Program:
    group = cloud(GROUP, "db")
    main = cloud("aws:rds/instance:Instance", "main", "orders", vpcSecurityGroupIds=[group["id"]])
    given = {"type": "ingress", "protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}
    rule = cloud("aws:ec2/securityGroupRule:SecurityGroupRule", "self", securityGroupId=group["id"], **given)
    return [group, main, rule, *in_groups(lambda _: group)]


def group_of_a_tasks_service() -> Program:
    billing = cloud(GROUP, "billing")["id"]
    tasks = {name: cloud(TASK, name, name, containerDefinitions="[]") for name in BOTH}
    networks = {name: {"securityGroups": [cloud(GROUP, name)["id"]]} for name in BOTH}
    token = "aws:ecs/service:Service"
    services = [
        cloud(token, n, taskDefinition=tasks[n]["arn"], networkConfiguration=networks[n]) for n in BOTH
    ]
    return [*walled(admits=port(5432, referencedSecurityGroupId=billing)), *tasks.values(), *services]


def group_of_a_connector() -> Program:
    billing, token = cloud(GROUP, "billing")["id"], "aws:apprunner/vpcConnector:VpcConnector"
    connectors = {name: cloud(token, name, securityGroups=[cloud(GROUP, name)["id"]]) for name in BOTH}
    egress = {name: {"egressConfiguration": {"vpcConnectorArn": connectors[name]["arn"]}} for name in BOTH}
    services = [cloud("aws:apprunner/service:Service", n, n, networkConfiguration=egress[n]) for n in BOTH]
    return [*walled(admits=port(5432, referencedSecurityGroupId=billing)), *connectors.values(), *services]


def group_of_a_mount_target() -> Program:
    guard, billing = cloud(GROUP, "guard"), cloud(GROUP, "billing")
    files = cloud("aws:efs/fileSystem:FileSystem", "files", "orders")
    target = cloud(
        "aws:efs/mountTarget:MountTarget", "a", fileSystemId=files["id"], securityGroups=[guard["id"]]
    )
    rule = cloud(
        ADMITS, "in", securityGroupId=guard["id"], **port(2049, referencedSecurityGroupId=billing["id"])
    )
    return [guard, billing, cloud(GROUP, "orders"), files, target, rule, *in_groups()]


WAYS: list[Callable[[], Program]] = [
    group_that_a_rule_admits, group_that_a_list_admits, one_group_for_all_with_itself,
    one_group_for_all_by_a_rule, group_of_a_tasks_service, group_of_a_connector, group_of_a_mount_target,
]  # fmt: skip
