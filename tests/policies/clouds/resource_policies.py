"""Ways to share by whom the policies of stores, secrets and keys let in."""

from __future__ import annotations

from collections.abc import Callable

from .programs import BOTH, Program, allow, cloud, let_in, role
from .rights import acting_as, database, secret_of, table


def policy_of_a_key() -> Program:
    roles = {name: role(name) for name in BOTH}
    key = cloud("aws:kms/key:Key", "billing", "billing", policy=let_in(roles, "kms:*"))
    return [key, *acting_as(roles, stated=True)]


def policy_of_a_secret() -> Program:
    main, roles = database(), {name: role(name) for name in BOTH}
    kept, version = secret_of(main)
    policy = let_in(roles, "secretsmanager:GetSecretValue")
    opened = cloud("aws:secretsmanager/secretPolicy:SecretPolicy", "db", secretArn=kept["arn"], policy=policy)
    return [main, kept, version, opened, *acting_as(roles)]


def policy_of_a_bucket() -> Program:
    uploads, roles = cloud("aws:s3/bucketV2:BucketV2", "uploads"), {name: role(name) for name in BOTH}
    policy = let_in(roles, "s3:*", uploads["arn"], uploads["arn"] + "/*")
    opened = cloud("aws:s3/bucketPolicy:BucketPolicy", "uploads", bucket=uploads["id"], policy=policy)
    return [uploads, opened, *acting_as(roles)]


def principals_in_a_condition() -> Program:
    uploads, roles = cloud("aws:s3/bucket:Bucket", "uploads"), {name: role(name) for name in BOTH}
    condition = {"ArnLike": {"aws:PrincipalArn": [item["arn"] for item in roles.values()]}}
    policy = allow(uploads["arn"] + "/*", action="s3:GetObject", Principal="*", Condition=condition)
    opened = cloud("aws:s3/bucketPolicy:BucketPolicy", "uploads", bucket=uploads["id"], policy=policy)
    return [uploads, opened, *acting_as(roles)]


def policy_of_a_table() -> Program:
    carts, roles = table(), {name: role(name) for name in BOTH}
    policy = let_in(roles, "dynamodb:GetItem")
    opened = cloud(
        "aws:dynamodb/resourcePolicy:ResourcePolicy", "carts", resourceArn=carts["arn"], policy=policy
    )
    return [carts, opened, *acting_as(roles)]


def policy_of_a_file_system() -> Program:
    files, roles = cloud("aws:efs/fileSystem:FileSystem", "files"), {name: role(name) for name in BOTH}
    given = {"fileSystemId": files["id"], "policy": let_in(roles, "elasticfilesystem:ClientMount")}
    return [files, cloud("aws:efs/fileSystemPolicy:FileSystemPolicy", "files", **given), *acting_as(roles)]


def policy_of_a_search_domain() -> Program:
    logs = cloud("aws:opensearch/domain:Domain", "logs", "orders", domainName="logs")
    roles = {name: role(name) for name in BOTH}
    given = {
        "domainName": logs["domainName"],
        "accessPolicies": let_in(roles, "es:ESHttp*", logs["arn"] + "/*"),
    }
    return [
        logs,
        cloud("aws:opensearch/domainPolicy:DomainPolicy", "logs", **given),
        *acting_as(roles, stated=True),
    ]


def policy_inside_a_search_domain() -> Program:
    roles = {name: role(name) for name in BOTH}
    given = {"domainName": "logs", "accessPolicies": let_in(roles, "es:*")}
    return [
        cloud("aws:elasticsearch/domain:Domain", "logs", "orders", **given),
        *acting_as(roles, stated=True),
    ]


WAYS: list[Callable[[], Program]] = [
    policy_of_a_key, policy_of_a_secret, policy_of_a_bucket, principals_in_a_condition, policy_of_a_table,
    policy_of_a_file_system, policy_of_a_search_domain, policy_inside_a_search_domain,
]  # fmt: skip
