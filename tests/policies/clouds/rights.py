"""Ways to share by right: what the policies of an identity open."""

from __future__ import annotations

import json
from collections.abc import Callable

from .outputs import ACCOUNT, REGION
from .programs import BOTH, Cloud, Program, acting, allow, cloud, document, function, role

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"


def table(name: str = "carts", owner: str | None = None) -> Cloud:
    return cloud("aws:dynamodb/table:Table", name, owner, hashKey="id", name=name)


def database(name: str = "main", owner: str | None = None, **properties: str) -> Cloud:
    return cloud("aws:rds/instance:Instance", name, owner, engine="postgres", **properties)


def secret(name: str = "db", owner: str | None = None) -> Cloud:
    return cloud("aws:secretsmanager/secret:Secret", name, owner, name=name)


def secret_of(store: Cloud, name: str = "db", owner: str | None = None) -> list[Cloud]:
    """A secret whose version holds a database's host."""
    kept = secret(name, owner)
    text = json.dumps({"host": store["address"], "password": "x"})
    version = cloud(
        "aws:secretsmanager/secretVersion:SecretVersion", name, secretId=kept["id"], secretString=text
    )
    return [kept, version]


def acting_as(roles: dict[str, Cloud], *, stated: bool = False) -> list[Cloud]:
    return [*roles.values(), *(function(n, n if stated else None, role=roles[n]["arn"]) for n in BOTH)]


def both(policy: str) -> dict[str, str]:
    return dict.fromkeys(BOTH, policy)


def policies_of_roles() -> Program:
    carts = table()
    return [carts, *acting(both(allow(carts["arn"], action="dynamodb:*")))]


def policies_inside_roles() -> Program:
    carts = table()
    inline = [{"name": "carts", "policy": allow(carts["arn"], action="dynamodb:*")}]
    return [carts, *acting_as({name: role(name, inlinePolicies=inline) for name in BOTH})]


def managed_policy_of_both() -> Program:
    carts = table()
    policy = cloud("aws:iam/policy:Policy", "carts", policy=allow(carts["arn"], action="dynamodb:GetItem"))
    return [carts, policy, *acting_as({name: role(name, managedPolicyArns=[policy["arn"]]) for name in BOTH})]


def attached_policies() -> Program:
    carts, roles = table(), {name: role(name) for name in BOTH}
    policy = cloud("aws:iam/policy:Policy", "carts", policy=allow(carts["arn"], action="dynamodb:GetItem"))
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    attached = [cloud(token, name, role=roles[name]["name"], policyArn=policy["arn"]) for name in BOTH]
    return [carts, policy, *attached, *acting_as(roles)]


def one_attachment_for_both() -> Program:
    carts, roles = table(), {name: role(name) for name in BOTH}
    policy = cloud("aws:iam/policy:Policy", "carts", policy=allow(carts["arn"], action="dynamodb:GetItem"))
    names = [roles[name]["name"] for name in BOTH]
    attached = cloud(
        "aws:iam/policyAttachment:PolicyAttachment", "carts", roles=names, policyArn=policy["arn"]
    )
    return [carts, policy, attached, *acting_as(roles)]


def _users() -> tuple[dict[str, Cloud], list[Cloud]]:
    """A user for each function, which is given its access key."""
    users = {name: cloud("aws:iam/user:User", name) for name in BOTH}
    keys = {name: cloud("aws:iam/accessKey:AccessKey", name, user=users[name]["name"]) for name in BOTH}
    functions = [function(name, env={"AWS_SECRET_ACCESS_KEY": keys[name]["secret"]}) for name in BOTH]
    return users, [*users.values(), *keys.values(), *functions]


def policies_of_users() -> Program:
    carts, (users, stack) = table(), _users()
    policy = allow(carts["arn"], action="dynamodb:GetItem")
    token = "aws:iam/userPolicy:UserPolicy"
    return [carts, *stack, *(cloud(token, name, user=users[name]["name"], policy=policy) for name in BOTH)]


def policy_of_their_group() -> Program:
    carts, (users, stack) = table(), _users()
    group = cloud("aws:iam/group:Group", "services")
    members = [users[name]["name"] for name in BOTH]
    policy = allow(carts["arn"], action="dynamodb:GetItem")
    return [
        carts, *stack, group,
        cloud("aws:iam/groupMembership:GroupMembership", "services", group=group["name"], users=members),
        cloud("aws:iam/groupPolicy:GroupPolicy", "carts", group=group["name"], policy=policy),
    ]  # fmt: skip


def role_that_trusts_the_other() -> Program:
    """Orders may act as billing, whose table this is."""
    carts, orders = table(owner="billing"), role("orders")
    roles = {"orders": orders, "billing": role("billing", trusts={"AWS": orders["arn"]})}
    policy = allow(carts["arn"], action="dynamodb:*")
    right = cloud("aws:iam/rolePolicy:RolePolicy", "billing", role=roles["billing"]["name"], policy=policy)
    return [carts, right, *acting_as(roles, stated=True)]


def right_to_act_as_the_other() -> Program:
    carts, billing = table(owner="billing"), role("billing")
    roles = {"orders": role("orders"), "billing": billing}
    policies = {
        "orders": allow(billing["arn"], action="sts:AssumeRole"),
        "billing": allow(carts["arn"], action="dynamodb:*"),
    }
    token = "aws:iam/rolePolicy:RolePolicy"
    rights = [cloud(token, name, role=roles[name]["name"], policy=policies[name]) for name in BOTH]
    return [carts, *rights, *acting_as(roles, stated=True)]


def arn_written_by_hand() -> Program:
    return [table(), *acting(both(allow(f"{TABLE}carts/index/*", action="dynamodb:Query")))]


def every_resource_there_is() -> Program:
    return [table(owner="billing"), *acting({"orders": allow("*", action="dynamodb:*")}, stated=True)]


def everything_but_a_few_actions() -> Program:
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}
    return [table(owner="billing"), *acting({"orders": document(statement)}, stated=True)]


def everything_but_a_few_resources() -> Program:
    statement = {"Effect": "Allow", "Action": "dynamodb:*", "NotResource": f"{TABLE}audit"}
    return [table(owner="billing"), *acting({"orders": document(statement)}, stated=True)]


def names_that_begin_alike() -> Program:
    tables = [table(f"shop-{name}", name) for name in BOTH]
    policy = allow("arn:aws:dynamodb:*:*:table/shop-*", action="dynamodb:GetItem")
    return [*tables, *acting({"orders": policy}, stated=True)]


def parameters_below_a_path() -> Program:
    main = database(owner="billing")
    token = "aws:ssm/parameter:Parameter"
    host = cloud(token, "host", type="String", name="/shop/billing/host", value=main["address"])
    path = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/shop/*"
    return [main, host, *acting({"orders": allow(path, action="ssm:GetParametersByPath")}, stated=True)]


def secret_of_one_database() -> Program:
    main = database()
    kept, version = secret_of(main)
    return [main, kept, version, *acting(both(allow(kept["arn"], action="secretsmanager:GetSecretValue")))]


def secret_of_another_owner() -> Program:
    kept = secret(owner="billing")
    return [
        kept,
        *acting({"orders": allow(kept["arn"], action="secretsmanager:GetSecretValue")}, stated=True),
    ]


def secret_of_nobody() -> Program:
    kept = secret()
    return [kept, *acting(both(allow(kept["arn"], action="secretsmanager:*")), stated=True)]


def secret_parameter_of_another_owner() -> Program:
    kept = cloud(
        "aws:ssm/parameter:Parameter", "api", "billing", type="SecureString", name="/billing/api", value="x"
    )
    return [kept, *acting({"orders": allow(kept["arn"], action="ssm:GetParameter")}, stated=True)]


def key_of_another_owner() -> Program:
    key = cloud("aws:kms/key:Key", "billing", "billing")
    return [key, *acting({"orders": allow(key["arn"], action=["kms:Decrypt"])}, stated=True)]


def grant_on_a_key() -> Program:
    key, roles = cloud("aws:kms/key:Key", "billing", "billing"), {name: role(name) for name in BOTH}
    given = {"keyId": key["keyId"], "granteePrincipal": roles["orders"]["arn"], "operations": ["Decrypt"]}
    return [key, cloud("aws:kms/grant:Grant", "orders", **given), *acting_as(roles, stated=True)]


def access_points_of_a_bucket() -> Program:
    uploads = cloud("aws:s3/bucket:Bucket", "uploads")
    token = "aws:s3/accessPoint:AccessPoint"
    points = {name: cloud(token, name, bucket=uploads["id"], name=name) for name in BOTH}
    rights = {name: allow(points[name]["arn"] + "/object/*", action="s3:GetObject") for name in BOTH}
    return [uploads, *points.values(), *acting(rights)]


def folders_of_a_bucket() -> Program:
    uploads = cloud("aws:s3/bucket:Bucket", "uploads")
    return [uploads, *acting({n: allow(uploads["arn"] + f"/{n}/*", action="s3:GetObject") for n in BOTH})]


def users_of_a_database_by_right() -> Program:
    main = database()
    users = f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{main['resourceId']}/app"
    return [main, *acting(both(allow(users, action="rds-db:connect")))]


WAYS: list[Callable[[], Program]] = [
    policies_of_roles, policies_inside_roles, managed_policy_of_both, attached_policies,
    one_attachment_for_both, policies_of_users, policy_of_their_group, role_that_trusts_the_other,
    right_to_act_as_the_other, arn_written_by_hand, every_resource_there_is, everything_but_a_few_actions,
    everything_but_a_few_resources, names_that_begin_alike, parameters_below_a_path, secret_of_one_database,
    secret_of_another_owner, secret_of_nobody, secret_parameter_of_another_owner, key_of_another_owner,
    grant_on_a_key, access_points_of_a_bucket, folders_of_a_bucket, users_of_a_database_by_right,
]  # fmt: skip
