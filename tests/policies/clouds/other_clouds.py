"""Ways to share on other clouds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .programs import BOTH, Cloud, Program, cloud


def run(name: str, owner: str | None = None, env: Any = None, **template: Any) -> Cloud:
    variables = [{"name": key, "value": value} for key, value in (env or {}).items()]
    return cloud(
        "gcp:cloudrunv2/service:Service",
        name,
        owner,
        template={"containers": [{"image": "app:1", "envs": variables}], **template},
    )


def _sql(name: str, **properties: Any) -> Cloud:
    return cloud(
        "gcp:sql/databaseInstance:DatabaseInstance", name, databaseVersion="POSTGRES_16", **properties
    )


def _accounts() -> dict[str, Cloud]:
    return {name: cloud("gcp:serviceaccount/account:Account", name, accountId=name) for name in BOTH}


def services_of_one_managed_instance() -> Program:
    main = _sql("main")
    return [main, *(run(name, env={"DB_HOST": main["privateIpAddress"]}) for name in BOTH)]


def replica_of_a_managed_instance() -> Program:
    main = _sql("main")
    replica = _sql("replica", masterInstanceName=main["name"], privateIpAddress="10.9.0.7")
    given = {"orders": main["privateIpAddress"], "billing": replica["privateIpAddress"]}
    return [main, replica, *(run(name, env={"DB_HOST": host}) for name, host in given.items())]


def addresses_of_services() -> Program:
    return [run(name, env={"DATABASE_URL": "postgres://u:p@10.1.2.3:5432/shop"}) for name in BOTH]


def members_of_a_bucket() -> Program:
    uploads, accounts = cloud("gcp:storage/bucket:Bucket", "uploads"), _accounts()
    token = "gcp:storage/bucketIAMMember:BucketIAMMember"
    members = [cloud(token, n, bucket=uploads["name"], member=accounts[n]["member"]) for n in BOTH]
    services = [run(name, serviceAccount=accounts[name]["email"]) for name in BOTH]
    return [uploads, *accounts.values(), *members, *services]


def members_of_a_secret() -> Program:
    kept, accounts = cloud("gcp:secretmanager/secret:Secret", "api", "billing", secretId="api"), _accounts()
    token = "gcp:secretmanager/secretIamMember:SecretIamMember"
    members = [
        cloud(token, n, secretId=kept["id"], member=f"serviceAccount:{accounts[n]['email']}") for n in BOTH
    ]
    services = [run(name, name, serviceAccount=accounts[name]["email"]) for name in BOTH]
    return [kept, *accounts.values(), *members, *services]


def roles_in_a_scope() -> Program:
    uploads = cloud("azure-native:storage/v20230101:StorageAccount", "uploads")
    who = {n: cloud("azure-native:managedidentity:UserAssignedIdentity", n) for n in BOTH}
    token = "azure-native:authorization:RoleAssignment"
    given = {n: {"principalId": who[n]["principalId"], "scope": uploads["id"]} for n in BOTH}
    apps = [
        cloud("azure-native:app:ContainerApp", n, identity={"userAssignedIdentities": [who[n]["id"]]})
        for n in BOTH
    ]
    return [uploads, *who.values(), *(cloud(token, n, **given[n]) for n in BOTH), *apps]


WAYS: list[Callable[[], Program]] = [
    services_of_one_managed_instance, replica_of_a_managed_instance, addresses_of_services,
    members_of_a_bucket, members_of_a_secret, roles_in_a_scope,
]  # fmt: skip
