"""A policy configuration as the engine gives it to the pack: what is said under one policy holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.isolation.pack import policies
from policies.isolation.server import Servicer

from .stack import Answer, ask, deployment, from_secret, kube, service, value

TEAMS: dict[str, Any] = {"ownerKeys": ["team"]}
SERVER: dict[str, Any] = {"kind": "StatefulSet", "protect": True}
STACK = [
    deployment("pg", image="postgres:16", ports=[5432], labels={"team": "stock"}, **SERVER),
    service("pg", "pg", 5432),
    deployment("redis", image="redis:7", ports=[6379], labels={"team": "stock"}, **SERVER),
    service("redis", "redis", 6379),
    deployment(
        "till", labels={"team": "sales"},
        env=[value("DB", "postgres://pg/stock"), value("CACHE", "redis://redis/0")],
    ),
]  # fmt: skip


def exemption(rule: str, resource: str, **changes: str) -> dict[str, str]:
    given = {
        "rule": rule,
        "resource": resource,
        "owner": "sales",
        "reason": "it moves",
        "expires": "2999-01-01",
    }
    return given | changes


def say(config: dict[str, dict[str, Any]], stack: list[Any] | None = None) -> list[Answer]:
    """What the pack says, configured as the engine does it: defaults of every policy, then what the file says."""
    servicer = Servicer(policies())
    full: dict[str, dict[str, Any]] = {
        policy.name: {
            key: schema["default"]
            for key, schema in ((policy.config_schema and policy.config_schema.properties) or {}).items()
            if "default" in schema
        }
        for policy in policies()
    }
    for name, values in config.items():
        full[name] = {**full.get(name, {}), **values}
    return [
        replace(item, message=item.message.partition("\n")[2]) for item in ask(servicer, stack or STACK, full)
    ]


@pytest.mark.parametrize("under", ["shared-database", "unprotected-store", "isolation-advice"])
def test_owners_stated_under_any_one_policy_hold_for_all(under: str) -> None:
    found = say({under: TEAMS})
    assert {item.policy for item in found} == {"shared-database", "shared-cache"}
    assert all("till (owner sales)" in item.message for item in found)


def test_what_several_policies_state_is_one_statement() -> None:
    found = say({"shared-cache": TEAMS, "shared-database": {"ownerKeys": ["squad"]}})
    assert {item.policy for item in found} == {"shared-database", "shared-cache"}


def test_every_exemption_is_printed_whichever_policy_it_is_written_under() -> None:
    config = {
        "shared-database": {**TEAMS, "exemptions": [exemption("shared-database", "pg")]},
        "shared-filesystem": {"exemptions": [exemption("shared-cache", "redis")]},
    }
    found = say(config)
    assert {(item.policy, item.mandatory) for item in found} == {("isolation-advice", False)}
    assert {item.message.split(" (")[0] for item in found} == {
        "[shared-database] exemption from shared-database for pg",
        "[shared-cache] exemption from shared-cache for redis",
    }


def auto_named(item: Any, name: str) -> Any:
    """The same resource, with the name on the server that a preview makes up anew at every run."""
    item.properties.fields["metadata"].struct_value.fields["name"].string_value = name
    return item


@pytest.mark.parametrize("suffix", ["4046ca85", "b4b49acf"])
@pytest.mark.parametrize("name", ["pg", "till"])
def test_an_exemption_names_what_the_program_names(name: str, suffix: str) -> None:
    secret = kube("Secret", "login", labels={"team": "stock"}, stringData={"url": "postgres://pg/stock"})
    stack = [
        auto_named(deployment("pg", image="postgres:16", labels={"team": "stock"}, **SERVER), f"pg-{suffix}"),
        service("pg", "pg", 5432),
        auto_named(secret, f"login-{suffix}"),
        auto_named(
            deployment("till", labels={"team": "sales"}, env=[from_secret("DB", f"login-{suffix}", "url")]),
            f"till-{suffix}",
        ),
    ]
    items = [exemption("shared-database", name), exemption("shared-secret", "login")]
    found = say({"shared-database": {**TEAMS, "exemptions": items}}, stack)
    assert any("exemption from shared-database" in item.message for item in found)
    assert not any(item.mandatory or "covers nothing" in item.message for item in found)


def test_an_exemption_that_covers_nothing_says_what_it_could_name() -> None:
    items = [exemption("shared-cache", "memcached")]
    [said] = [item for item in say({"shared-cache": {**TEAMS, "exemptions": items}}) if not item.mandatory]
    assert said.message.endswith("covers nothing any more: remove it, or name what is refused: redis, till")


@pytest.mark.parametrize("under", ["shared-filesystem", "isolation-advice"])
def test_an_unusable_exemption_is_told_once_and_where(under: str) -> None:
    items = [exemption("shared-cache", "redis", reason="")]
    found = [item for item in say({under: {"exemptions": items}}) if "lacks reason" in item.message]
    assert [(item.policy, item.message) for item in found] == [
        (under, f"policy configuration: {under}: exemptions[0]: lacks reason")
    ]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"shared-databse": {}}, "shared-databse: no such rule; there are foreign-literal"),
        (
            {"shared-database": {"ownerKey": ["team"]}},
            "shared-database: unknown key ownerKey; known are ownerKeys",
        ),
        ({"all": TEAMS}, "all: takes only a level; write ownerKeys under a rule"),
    ],
    ids=["rule", "key", "key of no policy"],
)
def test_what_nobody_understands_is_refused(config: dict[str, dict[str, Any]], message: str) -> None:
    [found] = say(config, [kube("ConfigMap", "settings", data={})])
    assert found.mandatory
    assert found.message.startswith(f"policy configuration: {message}")
