"""Grade `account`: stores of two owners in one cloud account, told by ARN, project, subscription or provider."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime import proto

from policies.isolation.accounts import account_of
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


@pytest.mark.parametrize("grade", ["schema", "database", "instance"])
def test_only_grade_account_asks(grade: str) -> None:
    assert (
        said(database("orders", arn=arn(ONE, "a")), database("billing", arn=arn(ONE, "b")), grade=grade) == []
    )


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
