"""Rights that look like sharing and are none."""

from __future__ import annotations

import json
from collections.abc import Callable

from .outputs import ACCOUNT, REGION
from .programs import BOTH, Cloud, Program, acting, allow, cloud, document, function, let_in, role
from .rights import TABLE, acting_as, both, database, secret_of, table
from .stores import INSTANCE
from .workloads import TASK, container


def each(make: Callable[[str], Cloud]) -> dict[str, Cloud]:
    return {name: make(name) for name in BOTH}


def tables() -> dict[str, Cloud]:
    return each(lambda name: table(f"{name}-carts", name))


def rights_on_ones_own_table() -> Program:
    own = tables()
    rights = {n: allow(own[n]["arn"], own[n]["arn"] + "/index/*", action="dynamodb:*") for n in BOTH}
    return [*own.values(), *acting(rights, stated=True)]


def log_groups_named_as_tables() -> Program:
    """The tables are called as the functions are, and each function may write both functions' logs."""
    own = each(table)
    logs = allow(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/*", action="logs:PutLogEvents")
    named = [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{name}:*" for name in BOTH]
    return [*own.values(), *acting({"orders": logs, "billing": allow(*named, action="logs:*")})]


def function_named_as_a_table() -> Program:
    own = each(lambda name: table(name, name))
    invoke = allow(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:billing", action="lambda:InvokeFunction")
    return [*own.values(), *acting({"orders": invoke}, stated=True)]


def service_named_as_a_table() -> Program:
    """`carts` in a URL is a Service of the cluster, whatever table is called so."""
    urls = {"CARTS_URL": "http://carts:8080"}
    return [table(), *(function(name, env=urls) for name in BOTH)]


def table_of_another_region() -> Program:
    near = TABLE.replace(f":{REGION}:", ":us-east-1:")
    carts = cloud("aws:dynamodb/table:Table", "carts", "billing", name="carts", arn=f"{TABLE}carts")
    return [carts, *acting({"orders": allow(f"{near}carts", action="dynamodb:*")}, stated=True)]


def statement_that_denies() -> Program:
    own = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": f"{TABLE}orders-carts"}
    theirs = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": f"{TABLE}billing-carts"}
    return [*tables().values(), *acting({"orders": document(own, theirs)}, stated=True)]


def wildcard_with_an_exception() -> Program:
    every = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    theirs = {"Effect": "Deny", "Action": "*", "Resource": f"{TABLE}billing-*"}
    return [*tables().values(), *acting({"orders": document(every, theirs)}, stated=True)]


def tables_by_their_tag() -> Program:
    condition = {"StringEquals": {"aws:ResourceTag/service-extraction/owner": "${aws:PrincipalTag/owner}"}}
    every = allow("*", action="dynamodb:*", Condition=condition)
    return [*tables().values(), *acting(both(every), stated=True)]


def description_of_a_table() -> Program:
    actions = ["dynamodb:DescribeTable", "dynamodb:ListTagsOfResource"]
    return [
        *tables().values(),
        *acting({"orders": allow(f"{TABLE}billing-carts", action=actions)}, stated=True),
    ]


def metrics_and_traces() -> Program:
    actions = [
        "cloudwatch:PutMetricData",
        "xray:*",
        "ecr:GetAuthorizationToken",
        "ec2:Describe*",
        "s3:ListAllMyBuckets",
    ]
    return [*tables().values(), *acting(both(allow("*", action=actions)), stated=True)]


def provider_managed_policies() -> Program:
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    own, roles = tables(), each(lambda name: role(name, managedPolicyArns=[basic]))
    functions = [function(n, n, {"TABLE": own[n]["name"]}, role=roles[n]["arn"]) for n in BOTH]
    return [*own.values(), *roles.values(), *functions]


def databases_stopped_at_night() -> Program:
    own = each(lambda name: cloud(INSTANCE, f"{name}-db", name, identifier=f"{name}-db", engine="postgres"))
    arns = [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}-db" for name in BOTH]
    saver = role("saver")
    policy = allow(*arns, action=["rds:StopDBInstance", "rds:DescribeDBInstances"])
    right = cloud("aws:iam/rolePolicy:RolePolicy", "saver", role=saver["name"], policy=policy)
    clients = [function(name, name, {"DB_HOST": own[name]["address"]}) for name in BOTH]
    return [*own.values(), saver, right, function("saver", "platform", role=saver["arn"]), *clients]


def role_that_starts_the_tasks() -> Program:
    """The platform reads the secrets to start each task; a task's own code cannot act as that role."""
    own = each(lambda name: database(f"{name}-db", name))
    kept = {name: secret_of(own[name], f"{name}-db", name) for name in BOTH}
    starter = role("starter")
    policy = allow(*(kept[name][0]["arn"] for name in BOTH), action="secretsmanager:GetSecretValue")
    right = cloud("aws:iam/rolePolicy:RolePolicy", "starter", role=starter["name"], policy=policy)
    stack: list[Cloud] = [*own.values(), starter, right]
    for name in BOTH:
        definition = container(secrets=[{"name": "DB", "valueFrom": kept[name][0]["arn"]}])
        given = {"executionRoleArn": starter["arn"], "containerDefinitions": definition}
        stack += [*kept[name], cloud(TASK, name, name, **given)]
    return stack


def boundary_of_all_roles() -> Program:
    own = tables()
    limit = cloud("aws:iam/policy:Policy", "limit", policy=allow(*(item["arn"] for item in own.values())))
    roles = each(lambda name: role(name, permissionsBoundary=limit["arn"]))
    token = "aws:iam/rolePolicy:RolePolicy"
    rights = [cloud(token, n, role=roles[n]["name"], policy=allow(own[n]["arn"])) for n in BOTH]
    return [*own.values(), limit, *rights, *acting_as(roles, stated=True)]


def role_that_is_trusted() -> Program:
    """Orders may act as billing, not billing as orders, whose table this is."""
    carts, orders = table(owner="orders"), role("orders")
    roles = {"orders": orders, "billing": role("billing", trusts={"AWS": orders["arn"]})}
    policy = allow(carts["arn"], action="dynamodb:*")
    right = cloud("aws:iam/rolePolicy:RolePolicy", "orders", role=orders["name"], policy=policy)
    return [carts, right, *acting_as(roles, stated=True)]


def key_that_encrypts_everything() -> Program:
    key = cloud("aws:kms/key:Key", "all")
    own = each(lambda name: database(f"{name}-db", name, kmsKeyId=key["arn"]))
    kept = each(
        lambda name: cloud("aws:secretsmanager/secret:Secret", f"{name}-api", name, kmsKeyId=key["keyId"])
    )
    rights = {name: allow(kept[name]["arn"], action="secretsmanager:GetSecretValue") for name in BOTH}
    return [key, *own.values(), *kept.values(), *acting(rights, stated=True, kmsKeyArn=key["arn"])]


def bucket_that_demands_encryption() -> Program:
    own = each(lambda name: cloud("aws:s3/bucket:Bucket", f"{name}-files", name))
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    roles = each(role)
    token = "aws:s3/bucketPolicy:BucketPolicy"
    plain = {
        name: document(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition},
            {"Effect": "Allow", "Principal": {"AWS": roles[name]["arn"]}, "Action": "s3:*", "Resource": "*"},
        )
        for name in BOTH
    }
    policies = [cloud(token, name, bucket=own[name]["id"], policy=plain[name]) for name in BOTH]
    return [*own.values(), *policies, *acting_as(roles, stated=True)]


def parameter_that_is_no_secret() -> Program:
    level = cloud(
        "aws:ssm/parameter:Parameter", "level", "platform", type="String", name="/shop/level", value="info"
    )
    return [level, *acting(both(allow(level["arn"], action="ssm:GetParameter")), stated=True)]


def users_named_as_others_roles() -> Program:
    """A container runs as the user `orders`, which is also the name of an identity."""
    own, roles = tables(), each(role)
    token = "aws:iam/rolePolicy:RolePolicy"
    rights = [cloud(token, n, role=roles[n]["name"], policy=allow(own[n]["arn"])) for n in BOTH]
    tasks = [
        cloud(TASK, n, n, taskRoleArn=roles[n]["arn"], containerDefinitions=container(user="orders"))
        for n in BOTH
    ]
    return [*own.values(), *roles.values(), *rights, *tasks]


def policy_that_lets_in_the_owner() -> Program:
    roles = each(role)
    key = cloud(
        "aws:kms/key:Key", "billing", "billing", policy=let_in({"billing": roles["billing"]}, "kms:*")
    )
    kept = json.dumps({"Version": "2012-10-17", "Statement": []})
    return [key, cloud("aws:iam/policy:Policy", "none", policy=kept), *acting_as(roles, stated=True)]


def published_data_set() -> Program:
    """A bucket that nothing here declares, and that both only read."""
    return acting(both(allow("arn:aws:s3:::open-maps/*", action=["s3:GetObject", "s3:ListBucket"])))


LOOK_ALIKES: list[Callable[[], Program]] = [
    published_data_set,
    rights_on_ones_own_table, log_groups_named_as_tables, function_named_as_a_table,
    service_named_as_a_table, table_of_another_region, statement_that_denies, wildcard_with_an_exception,
    tables_by_their_tag, description_of_a_table, metrics_and_traces, provider_managed_policies,
    databases_stopped_at_night, role_that_starts_the_tasks, boundary_of_all_roles, role_that_is_trusted,
    key_that_encrypts_everything, bucket_that_demands_encryption, parameter_that_is_no_secret,
    users_named_as_others_roles, policy_that_lets_in_the_owner,
]  # fmt: skip
