"""Two services as guides have them built: one network, key, bucket of code and starter, and all else apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .networks import GROUP
from .programs import BOTH, Cloud, allow, cloud, document, function, role
from .stores import INSTANCE
from .workloads import TASK

RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
POLICY = "aws:iam/rolePolicy:RolePolicy"
Part = dict[str, Cloud]


def estate(breach: Callable[[dict[str, Part]], list[Cloud]] | None = None) -> list[Cloud]:
    """The platform's own, both services', and one breach if it is given."""
    platform = {
        "key": cloud("aws:kms/key:Key", "all", "platform"),
        "artifacts": cloud("aws:s3/bucket:Bucket", "artifacts", "platform"),
        "starter": role("starter", "platform", trusts={"Service": "ecs-tasks.amazonaws.com"}),
        "balancer": cloud(GROUP, "balancer", "platform"),
        "subnets": cloud("aws:rds/subnetGroup:SubnetGroup", "subnets"),
        "events": cloud("aws:sqs/queue:Queue", "events", "platform"),
    }
    services = {name: service(name, platform) for name in BOTH}
    parts = [part for found in services.values() for part in found.values()]
    return [*platform.values(), *parts, *(breach(services) if breach is not None else [])]


def service(name: str, platform: Part) -> Part:
    """One service: a task and a function, a database with its secret, a table, a bucket."""
    part: Part = {}
    key = platform["key"]["arn"]
    behind = {
        "protocol": "tcp",
        "fromPort": 8080,
        "toPort": 8080,
        "securityGroups": [platform["balancer"]["id"]],
    }
    part["group"] = cloud(GROUP, f"{name}-app", name, ingress=[behind])
    part["guard"] = cloud(GROUP, f"{name}-db", name)
    part["rule"] = admitting(f"{name}-db", part["guard"], part["group"])
    part["password"] = cloud("random:index/randomPassword:RandomPassword", f"{name}-db", length=32)
    part["database"] = cloud(
        INSTANCE, f"{name}-db", name, engine="postgres", dbName="app", password=part["password"]["result"],
        dbSubnetGroupName=platform["subnets"]["id"], vpcSecurityGroupIds=[part["guard"]["id"]], kmsKeyId=key, port=5432,
    )  # fmt: skip
    text = {"host": part["database"]["address"], "password": part["password"]["result"], "dbname": "app"}
    part["secret"] = cloud(
        "aws:secretsmanager/secret:Secret", f"{name}-db", name, name=f"{name}/db", kmsKeyId=key
    )
    part["version"] = cloud(
        "aws:secretsmanager/secretVersion:SecretVersion", f"{name}-db",
        secretId=part["secret"]["id"], secretString=json.dumps(text),
    )  # fmt: skip
    part["table"] = cloud("aws:dynamodb/table:Table", f"{name}-cache", name, name=f"{name}-cache")
    part["bucket"] = cloud("aws:s3/bucketV2:BucketV2", f"{name}-files", name)
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    denied = allow(part["bucket"]["arn"], action="s3:*", effect="Deny", Principal="*", Condition=plain)
    part["demand"] = cloud(
        "aws:s3/bucketPolicy:BucketPolicy", name, bucket=part["bucket"]["id"], policy=denied
    )
    started = {
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": part["secret"]["arn"],
    }
    decrypted = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}
    starts = {"role": platform["starter"]["id"], "policy": document(started, decrypted)}
    part["starts"] = cloud(POLICY, f"starter-{name}", **starts)
    return {**part, **_running(name, part, platform)}


def _running(name: str, part: Part, platform: Part) -> Part:
    acts = role(f"{name}-task", name, trusts={"Service": "ecs-tasks.amazonaws.com"})
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    worker = role(f"{name}-worker", name, managedPolicyArns=[basic])
    may = document(
        {
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
            "Resource": part["table"]["arn"],
        },
        {"Effect": "Allow", "Action": "s3:*Object", "Resource": part["bucket"]["arn"] + "/*"},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": platform["events"]["arn"]},
        {
            "Effect": "Allow",
            "Action": ["xray:*", "cloudwatch:PutMetricData", "ssmmessages:*"],
            "Resource": "*",
        },
    )
    reading = cloud(
        "aws:iam/policy:Policy", f"{name}-worker",
        policy=allow(part["secret"]["arn"], action="secretsmanager:GetSecretValue"),
    )  # fmt: skip
    containers: list[dict[str, Any]] = [
        {
            "name": name,
            "image": "app:1",
            "environment": [
                {"name": "TABLE_NAME", "value": part["table"]["name"]},
                {"name": "FILES_BUCKET", "value": part["bucket"]["bucket"]},
            ],
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": part["secret"]["arn"] + ":password::"}],
        }
    ]
    task = cloud(
        TASK, name, name, executionRoleArn=platform["starter"]["arn"], taskRoleArn=acts["arn"],
        containerDefinitions=json.dumps(containers),
    )  # fmt: skip
    groups = {"securityGroups": [part["group"]["id"]]}
    code = {
        "s3Bucket": platform["artifacts"]["id"],
        "s3Key": f"{name}.zip",
        "kmsKeyArn": platform["key"]["arn"],
    }
    variables = {"DB_SECRET_ARN": part["secret"]["arn"]}
    given: dict[str, Any] = {
        **code,
        "role": worker["arn"],
        "vpcConfig": {"securityGroupIds": [part["group"]["id"]]},
    }
    return {
        "task role": acts,
        "rights": cloud(POLICY, f"{name}-task", role=acts["id"], policy=may),
        "task": task,
        "service": cloud("aws:ecs/service:Service", name, taskDefinition=task["arn"], networkConfiguration=groups),
        "worker role": worker,
        "reading": reading,
        "attached": cloud(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment", f"{name}-worker",
            role=worker["name"], policyArn=reading["arn"],
        ),
        "worker": function(f"{name}-worker", name, variables, **given),
    }  # fmt: skip


def admitting(name: str, target: Cloud, source: Cloud) -> Cloud:
    ports = {"type": "ingress", "protocol": "tcp", "fromPort": 5432, "toPort": 5432}
    return cloud(RULE, name, securityGroupId=target["id"], sourceSecurityGroupId=source["id"], **ports)


def right_on_a_table(services: dict[str, Part]) -> list[Cloud]:
    policy = allow(services["orders"]["table"]["arn"], action="dynamodb:Query")
    return [cloud(POLICY, "breach", role=services["billing"]["task role"]["id"], policy=policy)]


def right_on_a_secret(services: dict[str, Part]) -> list[Cloud]:
    policy = allow(services["orders"]["secret"]["arn"], action="secretsmanager:GetSecretValue")
    return [cloud(POLICY, "breach", role=services["billing"]["worker role"]["id"], policy=policy)]


def right_on_all_secrets(services: dict[str, Part]) -> list[Cloud]:
    policy = allow("arn:aws:secretsmanager:*:*:secret:*", action="secretsmanager:GetSecretValue")
    return [cloud(POLICY, "breach", role=services["billing"]["worker role"]["id"], policy=policy)]


def open_port(services: dict[str, Part]) -> list[Cloud]:
    return [admitting("breach", services["orders"]["guard"], services["billing"]["group"])]


def open_bucket(services: dict[str, Part]) -> list[Cloud]:
    bucket, principal = services["orders"]["bucket"], {"AWS": services["billing"]["task role"]["arn"]}
    policy = allow(bucket["arn"] + "/*", action="s3:GetObject", Principal=principal)
    return [cloud("aws:s3/bucketPolicy:BucketPolicy", "breach", bucket=bucket["id"], policy=policy)]


def report_on_a_replica(services: dict[str, Part]) -> list[Cloud]:
    replica = cloud(
        INSTANCE, "replica", "orders", replicateSourceDb=services["orders"]["database"]["identifier"]
    )
    return [replica, function("report", "billing", {"DB_HOST": replica["address"]})]


BREACHES = (
    right_on_a_table, right_on_a_secret, right_on_all_secrets, open_port, open_bucket, report_on_a_replica
)  # fmt: skip
