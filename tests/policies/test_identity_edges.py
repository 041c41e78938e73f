"""Whose identity is whose, and what a right that covers too much is said to cover, word for word."""

from __future__ import annotations

import json
from typing import Any

from policies.isolation.graph.graph import Graph
from policies.isolation.judgement import judge
from policies.isolation.rules import RULES
from policies.isolation.server import resource_of

from .stack import OWNER, deployment, kube, resource
from .test_rule_edges import Stack, brief, found, judged

TABLES = "arn:aws:dynamodb:eu-central-1:1:table/shop-"
REMEDY = "give each owner its own identity, with rights on its own resources only"


def table(name: str, owner: str) -> Any:
    named = {"name": f"shop-{name}", "arn": f"{TABLES}{name}", "tags": {OWNER: owner}}
    return resource("aws:dynamodb/table:Table", name, named)


def reading_all_tables() -> Stack:
    """A function of owner `web`, whose role may read every table of the shop."""
    may = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": f"{TABLES}*"}
    role = resource("aws:iam/role:Role", "app", {"name": "app"})
    policy = {"policy": json.dumps({"Statement": [may]})}
    acts = resource("aws:lambda/function:Function", "web", {"tags": {OWNER: "web"}}, uses={"role": [role]})
    return [role, resource("aws:iam/rolePolicy:RolePolicy", "reads", policy, uses={"role": [role]}), acts]


def test_a_wildcard_over_a_store_of_another_in_full() -> None:
    *rest, acts = reading_all_tables()
    stack = [*rest, acts, table("carts", "stock"), table("own", "web")]
    [finding] = judged("shared-identity", stack)
    assert finding.as_json() | {"resource": finding.resource, "origin": finding.origin} == {
        "rule": "shared-identity",
        "level": "mandatory",
        "store": {"kind": "Table", "name": "carts", "namespace": None},
        "logical": None,
        "users": ["web"],
        "owners": ["web", "stock"],
        "paths": [["web", "RolePolicy reads", "Table carts"]],
        "message": f"web (owner web) → RolePolicy reads, by a wildcard → Table carts (owner stock): {REMEDY}",
        "resource": acts.urn,
        "origin": acts.urn,
    }


def test_a_wildcard_over_stores_of_several_others() -> None:
    others = [table("carts", "stock"), table("bills", "till"), table("taxes", "till")]
    [finding] = judged("shared-identity", [*reading_all_tables(), *others])
    assert (finding.store_name, finding.owners) == ("*", ("web", "stock", "till"))
    assert [path[-1] for path in finding.paths] == ["Table carts", "Table bills", "Table taxes"]
    covered = "Table carts (owner stock), Table bills (owner till), Table taxes (owner till)"
    assert f"by a wildcard → {covered}: " in finding.message


def test_a_right_on_secrets_of_several_others_names_each() -> None:
    rules = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
    subjects = [{"kind": "ServiceAccount", "name": "reader", "namespace": "shop"}]
    reference = {"kind": "ClusterRole", "name": "reads"}
    stack = [
        kube("ServiceAccount", "reader", namespace="shop", owner="shop"),
        kube("ClusterRole", "reads", namespace=None, rules=rules),
        kube("ClusterRoleBinding", "reads", namespace=None, roleRef=reference, subjects=subjects),
        kube("Secret", "a", namespace="ai", owner="ai"),
        kube("Secret", "b", namespace="auth", owner="auth"),
    ]
    [finding] = judged("shared-identity", stack)
    assert "every Secret of every namespace (owner ai and owner auth): " in finding.message


def test_the_account_that_every_namespace_has_is_no_identity_that_anybody_chose() -> None:
    users = [deployment(name, owner=name, pod={"serviceAccountName": "default"}) for name in ("a", "b")]
    assert found("shared-identity", users) == []


def having_role(role: str) -> Any:
    account = kube("ServiceAccount", "app")
    account.properties["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": role}
    return account


def test_a_role_is_called_by_its_name_without_its_path() -> None:
    users = [deployment(name, pod={"serviceAccountName": "app"}) for name in ("orders", "billing")]
    account = having_role("arn:aws:iam::1:role/teams/shop/app")
    assert found("shared-identity", [account, *users]) == ["advisory: Role app, used by orders and billing"]


def test_a_declared_role_is_not_told_by_its_arn_as_well() -> None:
    users = [deployment(name, pod={"serviceAccountName": "app"}) for name in ("orders", "billing")]
    arn = "arn:aws:iam::1:role/app-1a2b"
    role = resource("aws:iam/role:Role", "app", {"name": "app-1a2b", "arn": arn})
    assert found("shared-identity", [role, having_role(arn), *users]) == [
        "advisory: Role app, used by orders and billing"
    ]


def test_an_account_is_the_one_of_its_own_stack() -> None:
    """Two stacks have an account of one name, and each has a role of its own."""
    by_scope = {
        "prod": [having_role("arn:aws:iam::1:role/prod")],
        "test": [having_role("arn:aws:iam::2:role/test")],
    }
    for scope, name in (("prod", "orders"), ("test", "billing")):
        by_scope[scope].append(deployment(name, owner=name, pod={"serviceAccountName": "app"}))
    resources = []
    for scope, items in by_scope.items():
        for item in map(resource_of, items):
            item.scope = scope
            resources.append(item)
    rules = [item for item in RULES if item.id == "shared-identity"]
    assert [brief(item) for item in judge(Graph(resources), rules=rules)] == []
