"""Grade `account`: stores of two owners in one cloud account, told by ARN, project, subscription or provider."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime import proto

from policies.isolation.accounts import account_of, findings_of_accounts
from policies.isolation.findings import Finding
from policies.isolation.graph.graph import Graph
from policies.isolation.resources import Resource
from policies.isolation.rules import shared_database
from policies.isolation.rules.shared_cache import RULE
from policies.isolation.server import resource_of
from policies.isolation.sources.exports import resources_from_export

from .stack import UNKNOWN, Answer, analyze, kube, resource

ONE, OTHER = "111111111111", "222222222222"


def database(owner: str, provider: dict[str, Any] | None = None, name: str = "aws", **properties: Any) -> Any:
    """An instance of `owner`, made by a provider of that name and those properties."""
    found = resource(
        "aws:rds/instance:Instance", f"{owner}-db",
        {"engine": "postgres", "tags": {"service-extraction/owner": owner}, **properties}, protect=True,
    )  # fmt: skip
    if provider is not None:
        made_by = proto.AnalyzerProviderResource(type="pulumi:providers:aws", urn=f"urn:{name}", name=name)
        json_format.ParseDict(provider, made_by.properties)
        found.provider.CopyFrom(made_by)
    return found


def said(*stack: Any, grade: str = "account", rule: str = "shared-database") -> list[Answer]:
    return [item for item in analyze(*stack, config={rule: {"grade": grade}}) if item.policy == rule]


def arn(account: str, name: str) -> str:
    return f"arn:aws:rds:eu-central-1:{account}:db:{name}"


@pytest.mark.parametrize(
    "pair",
    [
        [database("orders", arn=arn(ONE, "a")), database("billing", arn=arn(ONE, "b"))],
        [database("orders", {}, arn=UNKNOWN), database("billing", {}, arn=UNKNOWN)],
        [database("orders", {"profile": "pmt"}, "a"), database("billing", {"profile": "pmt"}, "b")],
        [
            database("orders", {"assumeRoles": [{"roleArn": f"arn:aws:iam::{ONE}:role/a"}]}, "a"),
            database("billing", arn=arn(ONE, "b")),
        ],
        [database("orders", {"allowedAccountIds": [ONE]}, "a"), database("billing", arn=arn(ONE, "b"))],
    ],
    ids=[
        "ARNs",
        "one provider, nothing known yet",
        "one profile",
        "an assumed role",
        "the one allowed account",
    ],
)
def test_one_account_is_refused(pair: list[Any]) -> None:
    [found] = said(*pair)
    assert found.mandatory
    assert (
        "Instance billing-db (owner billing), Instance orders-db (owner orders) lie in one account"
        in found.message
    )


@pytest.mark.parametrize(
    "pair",
    [
        [database("orders", arn=arn(ONE, "a")), database("billing", arn=arn(OTHER, "b"))],
        [database("orders", {}, "a"), database("billing", {}, "b")],
        [database("orders", {"profile": "a"}), database("billing", {"profile": "b"})],
        [database("orders", arn=arn(ONE, "a")), database("orders", arn=arn(ONE, "b"))],
        [kube("Cluster", name, owner=name, protect=True, spec={}) for name in ("orders", "billing")],
    ],
    ids=["two accounts", "two providers", "two profiles", "one owner", "clusters in no account"],
)
def test_owners_apart_are_left_in_peace(pair: list[Any]) -> None:
    assert said(*pair) == []


@pytest.mark.parametrize(("grade", "refused"), [("account", True), ("instance", False), ("database", False)])
def test_caches_of_one_account(grade: str, refused: bool) -> None:
    stack = [
        resource(
            "aws:elasticache/cluster:Cluster", owner,
            {"tags": {"service-extraction/owner": owner}, "arn": arn(ONE, owner)}, protect=True,
        )
        for owner in ("orders", "billing")
    ]  # fmt: skip
    found = said(*stack, grade=grade, rule="shared-cache")
    assert [item.mandatory and "lie in one account" in item.message for item in found] == [True] * refused
    assert said(*stack, grade=grade, rule="shared-database") == []
    graph = Graph([resource_of(item) for item in stack])
    assert [item.rule for item in RULE.check(graph, {"grade": grade})] == ["shared-cache"] * refused


@pytest.mark.parametrize("grade", ["schema", "database", "instance"])
def test_only_grade_account_asks(grade: str) -> None:
    assert (
        said(database("orders", arn=arn(ONE, "a")), database("billing", arn=arn(ONE, "b")), grade=grade) == []
    )


def test_a_finding_on_databases_bears_the_name_of_their_rule() -> None:
    stack = [database("orders", arn=arn(ONE, "a")), database("billing", arn=arn(ONE, "b"))]
    found = shared_database.RULE.check(Graph(map(resource_of, stack)), {"grade": "account"})
    assert [item.rule for item in found] == ["shared-database"]


def test_the_second_owner_is_blamed_and_all_are_named() -> None:
    """In full, as `audit --format json` prints it; caches and stores of nobody are no databases of two owners."""
    tag = {"tags": {"service-extraction/owner": "cache"}, "arn": arn(ONE, "c")}
    stack = [
        database("orders", arn=arn(ONE, "a")),
        database("", arn=arn(ONE, "b")),
        resource("aws:elasticache/cluster:Cluster", "cache", tag, protect=True),
        database("billing", arn=arn(ONE, "c")),
    ]
    graph = Graph([resource_of(item) for item in stack])
    urn = "urn:pulumi:test::project::aws:rds/instance:Instance::billing-db"
    assert list(findings_of_accounts("shared-database", graph, "database")) == [
        Finding(
            rule="shared-database",
            level="mandatory",
            store_kind="Instance",
            store_name="billing-db",
            store_namespace=None,
            logical=None,
            users=(),
            owners=("orders", "billing"),
            paths=((f"account {ONE}", "Instance orders-db"), (f"account {ONE}", "Instance billing-db")),
            message="Instance orders-db (owner orders), Instance billing-db (owner billing) lie in one account "
            f"({ONE}): give each owner an account of its own, or lower the wanted grade",
            resource=urn,
            origin=urn,
        )
    ]


SUBSCRIPTION = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    ("body", "provider", "account"),
    [
        ({"arn": arn(ONE, "a")}, {}, ONE),
        ({"id": arn(ONE, "a")}, {}, ONE),
        ({"arn": "a", "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/a"}, {}, SUBSCRIPTION),
        ({"arn": arn(ONE, "a")}, {"assumeRole": {"roleArn": f"arn:aws:iam::{OTHER}:role/a"}}, ONE),
        ({}, {"assumeRole": {"roleArn": f"arn:aws:iam::{OTHER}:role/a"}}, OTHER),
        ({}, {"assumeRoles": [{}, {"roleArn": f"arn:aws:iam::{OTHER}:role/a"}]}, OTHER),
        ({}, {"assumeRole": {"roleArn": UNKNOWN}, "profile": "pmt"}, "of profile pmt"),
        ({"project": "shop"}, {"project": "other"}, "shop"),
        ({}, {"project": "shop"}, "shop"),
        ({}, {"projectId": "shop"}, "shop"),
        ({}, {"subscriptionId": SUBSCRIPTION}, SUBSCRIPTION),
        ({}, {"accountId": ONE, "profile": "pmt"}, ONE),
        ({}, {"allowedAccountIds": [ONE], "profile": "pmt"}, ONE),
        ({}, {"allowedAccountIds": [ONE, OTHER], "profile": "pmt"}, "of profile pmt"),
        ({}, {}, "of provider main"),
    ],
)
def test_the_account_of_a_resource(body: dict[str, Any], provider: dict[str, Any], account: str) -> None:
    given: dict[str, Any] = {
        "key": "a",
        "kind": "Instance",
        "group": "aws:rds/instance:Instance",
        "name": "a",
    }
    found = Resource(**given, kubernetes=False, body=body, provider="main", provider_properties=provider)
    assert account_of(found) == account
    assert account_of(replace(found, kubernetes=True)) is None


def test_a_resource_that_nothing_is_known_of_lies_in_no_account() -> None:
    assert account_of(Resource(key="a", kind="Instance", group="a:b:C", name="a", kubernetes=False)) is None


def test_an_export_names_the_provider_of_each_resource(tmp_path: Path) -> None:
    provider = "urn:pulumi:prod::shop::pulumi:providers:aws::billing-account"
    role = {"roleArn": f"arn:aws:iam::{OTHER}:role/deployer"}
    states = [
        {"urn": provider, "type": "pulumi:providers:aws", "inputs": {"assumeRoles": [role]}},
        {
            "urn": "urn:pulumi:prod::shop::aws:rds/instance:Instance::db", "type": "aws:rds/instance:Instance",
            "provider": f"{provider}::8d9f", "inputs": {},
        },
    ]  # fmt: skip
    content = {"version": 3, "deployment": {"resources": json.loads(json.dumps(states))}}
    [found], problems = resources_from_export(tmp_path / "export.json", content)
    assert problems == []
    assert account_of(found) == OTHER
