"""Ways to share what no program here declares: stores adopted by `.get()`, and stores named by their ARN alone."""

from __future__ import annotations

from collections.abc import Callable

from .outputs import ACCOUNT, REGION
from .programs import BOTH, Program, acting, adopted, allow, cloud, function, objects, pods, role
from .rights import TABLE, acting_as, both, database, secret_of
from .stores import INSTANCE


def adopted_instance_by_its_host() -> Program:
    legacy = adopted(INSTANCE, "legacy")
    return [legacy, *(function(name, env={"DB_HOST": legacy["address"], "DB_NAME": "shop"}) for name in BOTH)]


def adopted_table_by_right() -> Program:
    legacy = adopted("aws:dynamodb/table:Table", "legacy")
    return [legacy, *acting(both(allow(legacy["arn"], action="dynamodb:*")))]


def adopted_secret() -> Program:
    kept = adopted("aws:secretsmanager/secret:Secret", "legacy")
    right = allow(kept["arn"], action="secretsmanager:GetSecretValue")
    return [kept, *acting(both(right), stated=True)]


def adopted_role() -> Program:
    acts = adopted("aws:iam/role:Role", "legacy")
    return [acts, *(function(name, name, role=acts["arn"]) for name in BOTH)]


def table_that_only_rights_name() -> Program:
    return acting(
        {"orders": allow(f"{TABLE}legacy", action="*"), "billing": allow(f"{TABLE}legacy/*", action="*")}
    )


def bucket_that_only_rights_name() -> Program:
    return acting(both(allow("arn:aws:s3:::legacy-uploads/*", action=["s3:GetObject", "s3:PutObject"])))


def secret_that_only_rights_name() -> Program:
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:legacy-AbC12x"
    return acting(both(allow(arn, action="secretsmanager:GetSecretValue")), stated=True)


def table_that_only_variables_name() -> Program:
    return [function(name, env={"STORE": f"{TABLE}legacy"}) for name in BOTH]


def role_that_nobody_declares() -> Program:
    return [function(name, name, role=f"arn:aws:iam::{ACCOUNT}:role/legacy") for name in BOTH]


def policy_of_the_provider_for_every_table() -> Program:
    carts = cloud("aws:dynamodb/table:Table", "carts", "billing", name="carts")
    full = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
    roles = {"orders": role("orders", managedPolicyArns=[full]), "billing": role("billing")}
    return [carts, *acting_as(roles, stated=True)]


def attached_policy_of_the_provider() -> Program:
    kept, roles = (
        cloud("aws:secretsmanager/secret:Secret", "db", "billing"),
        {name: role(name) for name in BOTH},
    )
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    full = "arn:aws:iam::aws:policy/AdministratorAccess"
    return [
        kept,
        cloud(token, "all", role=roles["orders"]["name"], policyArn=full),
        *acting_as(roles, stated=True),
    ]


def secrets_that_an_operator_copies() -> Program:
    """Each owner's ExternalSecret copies one secret of the cloud to its pods."""
    main = database()
    kept, version = secret_of(main, "shop/db")
    stack = [main, kept, version]
    for name in BOTH:
        data = [{"secretKey": "host", "remoteRef": {"key": "shop/db", "property": "host"}}]
        env = [{"name": "DB_HOST", "valueFrom": {"secretKeyRef": {"name": name, "key": "host"}}}]
        copied = {"data": data, "target": {"name": name}}
        stack += [
            objects("ExternalSecret", name, "external-secrets.io/v1", spec=copied),
            pods(name, containers=[{"name": "main", "image": "app:1", "env": env}]),
        ]
    return stack


WAYS: list[Callable[[], Program]] = [
    adopted_instance_by_its_host, adopted_table_by_right, adopted_secret, adopted_role,
    table_that_only_rights_name, bucket_that_only_rights_name, secret_that_only_rights_name,
    table_that_only_variables_name, role_that_nobody_declares, policy_of_the_provider_for_every_table,
    attached_policy_of_the_provider, secrets_that_an_operator_copies,
]  # fmt: skip
