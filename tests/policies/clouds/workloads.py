"""Ways to share by where a workload is told of a store: tasks, services, machines, pods, parameters and aliases."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from .programs import BOTH, Cloud, Program, acting, allow, cloud, function, objects, pods, role
from .rights import database, secret_of, table
from .stores import hosts

TASK = "aws:ecs/taskDefinition:TaskDefinition"
HOST = "main.c9x1.eu-west-1.rds.amazonaws.com"


def container(**given: Any) -> str:
    return json.dumps([{"name": "main", "image": "app:1", **given}])


def secrets_of_tasks() -> Program:
    main = database()
    kept, version = secret_of(main)
    definition = container(secrets=[{"name": "DB_HOST", "valueFrom": kept["arn"] + ":host::"}])
    return [main, kept, version, *(cloud(TASK, name, containerDefinitions=definition) for name in BOTH)]


def variables_of_batch_jobs() -> Program:
    properties = json.dumps({"image": "app:1", "environment": [{"name": "DB_HOST", "value": HOST}]})
    token = "aws:batch/jobDefinition:JobDefinition"
    return [cloud(token, name, type="container", containerProperties=properties) for name in BOTH]


def variables_of_services() -> Program:
    image = {"imageConfiguration": {"runtimeEnvironmentVariables": {"DB_HOST": HOST}}}
    token = "aws:apprunner/service:Service"
    return [cloud(token, name, sourceConfiguration={"imageRepository": image}) for name in BOTH]


def roles_of_services() -> Program:
    carts, *rest = [table(), *acting(dict.fromkeys(BOTH, allow(table()["arn"], action="dynamodb:*")))]
    roles = {item.name: item for item in rest if item.token == "aws:iam/role:Role"}
    rights = [item for item in rest if item.token == "aws:iam/rolePolicy:RolePolicy"]
    token = "aws:apprunner/service:Service"
    services = [cloud(token, n, instanceConfiguration={"instanceRoleArn": roles[n]["arn"]}) for n in BOTH]
    return [carts, *roles.values(), *rights, *services]


def scripts_of_machines() -> Program:
    main = database()
    script = f"#!/bin/sh\nexport DATABASE_URL=postgres://u:p@{main['address']}/shop\n"
    return [main, *(cloud("aws:ec2/instance:Instance", name, userData=script) for name in BOTH)]


def encoded_scripts_of_templates() -> Program:
    script = base64.b64encode(f"export DATABASE_URL=postgres://u:p@{HOST}/shop".encode()).decode()
    return [cloud("aws:ec2/launchTemplate:LaunchTemplate", name, userData=script) for name in BOTH]


def profiles_of_machines() -> Program:
    carts, roles = table(), {name: role(name) for name in BOTH}
    token = "aws:iam/instanceProfile:InstanceProfile"
    profiles = {name: cloud(token, name, role=roles[name]["name"]) for name in BOTH}
    policy = allow(carts["arn"], action="dynamodb:*")
    rights = [cloud("aws:iam/rolePolicy:RolePolicy", n, role=roles[n]["name"], policy=policy) for n in BOTH]
    machines = [cloud("aws:ec2/instance:Instance", n, iamInstanceProfile=profiles[n]["name"]) for n in BOTH]
    return [carts, *roles.values(), *profiles.values(), *rights, *machines]


def _roles_of_pods() -> tuple[dict[str, Cloud], list[Cloud]]:
    carts, roles = table(), {name: role(name) for name in BOTH}
    policy = allow(carts["arn"], action="dynamodb:*")
    rights = [cloud("aws:iam/rolePolicy:RolePolicy", n, role=roles[n]["name"], policy=policy) for n in BOTH]
    return roles, [carts, *roles.values(), *rights]


def roles_in_annotations() -> Program:
    roles, stack = _roles_of_pods()
    marks = {name: {"eks.amazonaws.com/role-arn": roles[name]["arn"]} for name in BOTH}
    accounts = [objects("ServiceAccount", name, metadata={"annotations": marks[name]}) for name in BOTH]
    return [*stack, *accounts, *(pods(name, serviceAccountName=name) for name in BOTH)]


def roles_associated_with_pods() -> Program:
    roles, stack = _roles_of_pods()
    token = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
    bound = [
        cloud(token, name, namespace="shop", serviceAccount=name, roleArn=roles[name]["arn"]) for name in BOTH
    ]
    return [*stack, *bound, *(pods(name, serviceAccountName=name) for name in BOTH)]


def alias_on_a_cluster() -> Program:
    main = database()
    alias = objects("Service", "db", spec={"type": "ExternalName", "externalName": main["address"]})
    return [main, alias, *(pods(name, {"DB_HOST": "db", "DB_NAME": "shop"}) for name in BOTH)]


def name_of_a_parameter() -> Program:
    main, token = database(), "aws:ssm/parameter:Parameter"
    host = cloud(token, "host", type="String", name="/shop/db/host", value=main["address"])
    return [main, host, *(function(name, env={"DB_HOST_PARAMETER": "/shop/db/host"}) for name in BOTH)]


def _record(main: Cloud, name: str) -> tuple[Cloud, Cloud]:
    zone = cloud("aws:route53/zone:Zone", "shop", name="shop.internal")
    given = {"zoneId": zone["zoneId"], "name": name, "type": "CNAME", "records": [main["address"]]}
    return zone, cloud("aws:route53/record:Record", "db", **given)


def full_name_in_a_zone() -> Program:
    main = database()
    return [main, *_record(main, "db.shop.internal"), *hosts(main["address"], "db.shop.internal")]


def short_name_in_a_zone() -> Program:
    main = database()
    return [main, *_record(main, "db"), *hosts(main["address"], "db.shop.internal")]


def output_of_a_record() -> Program:
    main = database()
    zone, record = _record(main, "db")
    return [main, zone, record, *hosts(record["fqdn"], record["fqdn"])]


def name_in_a_service_directory() -> Program:
    main = database()
    zone = cloud("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", "shop", name="shop.local")
    entry = cloud("aws:servicediscovery/service:Service", "db", name="db", namespaceId=zone["id"])
    given = {"serviceId": entry["id"], "attributes": {"AWS_INSTANCE_CNAME": main["address"]}}
    member = cloud("aws:servicediscovery/instance:Instance", "main", **given)
    return [main, zone, entry, member, *hosts(main["address"], "db.shop.local")]


WAYS: list[Callable[[], Program]] = [
    secrets_of_tasks, variables_of_batch_jobs, variables_of_services, roles_of_services,
    scripts_of_machines, encoded_scripts_of_templates, profiles_of_machines, roles_in_annotations,
    roles_associated_with_pods, alias_on_a_cluster, name_of_a_parameter, full_name_in_a_zone,
    short_name_in_a_zone, output_of_a_record, name_in_a_service_directory,
]  # fmt: skip
