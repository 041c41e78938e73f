"""Rights on Secrets: which role bindings lead from one stated owner to another, and which only look so."""

from __future__ import annotations

from typing import Any

import pytest

from .stack import UNKNOWN_OBJECT, deployment, kube, refusals

Stack = list[Any]
RULES = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
ALL = "every Secret of ai (owner ai)"


def bound(
    rules: Any = RULES,
    *,
    owner: str | None = "analytics",
    role: str = "Role",
    binding: str = "RoleBinding",
    name: str = "reader-of-secrets",
    declared: bool = True,
    account: bool = True,
    subject: dict[str, Any] | None = None,
) -> Stack:
    """A ServiceAccount in namespace `shop`, bound to a role in namespace `ai` of owner `ai`."""
    where: dict[str, Any] = {"owner": "ai", "namespace": None if role == "ClusterRole" else "ai"}
    bound_where: dict[str, Any] = {
        "owner": "ai",
        "namespace": None if binding == "ClusterRoleBinding" else "ai",
    }
    subjects = [subject or {"kind": "ServiceAccount", "name": "reader", "namespace": "shop"}]
    stack = [
        kube("Namespace", "ai", namespace=None, owner="ai"),
        kube("Secret", "keys", namespace="ai", owner="ai"),
        kube(binding, "reads", **bound_where, roleRef={"kind": role, "name": name}, subjects=subjects),
    ]
    if declared:
        stack.append(kube(role, name, **where, rules=rules))
    if account:
        stack.append(kube("ServiceAccount", "reader", namespace="shop", owner=owner))
    return stack


def rule(**changes: Any) -> list[dict[str, Any]]:
    return [{**RULES[0], **changes}]


NAMESPACED = "reader (owner analytics) → RoleBinding reads → Role reader-of-secrets → "
CLUSTER = "reader (owner analytics) → RoleBinding reads → ClusterRole "


@pytest.mark.parametrize(
    ("stack", "path"),
    [
        pytest.param(bound(), NAMESPACED + ALL, id="get"),
        pytest.param(bound(rule(verbs=["list"])), NAMESPACED + ALL, id="list"),
        pytest.param(bound(rule(verbs=["watch"])), NAMESPACED + ALL, id="watch"),
        pytest.param(bound(rule(verbs=["*"])), NAMESPACED + ALL, id="every verb"),
        pytest.param(bound(rule(resources=["*"])), NAMESPACED + ALL, id="every resource"),
        pytest.param(bound(rule(apiGroups=["*"])), NAMESPACED + ALL, id="every group"),
        pytest.param(bound(rule(resources=UNKNOWN_OBJECT)), NAMESPACED + ALL, id="resources not known yet"),
        pytest.param(bound(UNKNOWN_OBJECT), NAMESPACED + ALL, id="rules not known yet"),
        pytest.param(bound(rule(resourceNames=["keys"])), NAMESPACED + "Secret keys (owner ai)", id="one Secret"),
        pytest.param(
            bound(rule(resourceNames=["keys"]) + rule(resourceNames=["more"])),
            NAMESPACED + "Secret keys, Secret more (owner ai)", id="two Secrets by two rules",
        ),
        pytest.param(bound(rule(resourceNames=["keys"]) + RULES), NAMESPACED + ALL, id="one by name, then all"),
        pytest.param(bound(role="ClusterRole"), CLUSTER + "reader-of-secrets → " + ALL, id="a cluster's role here"),
        pytest.param(bound(role="ClusterRole", name="edit", declared=False), CLUSTER + "edit → " + ALL, id="edit"),
        pytest.param(bound(role="ClusterRole", name="admin", declared=False), CLUSTER + "admin → " + ALL, id="admin"),
        pytest.param(
            bound(role="ClusterRole", binding="ClusterRoleBinding"),
            "ClusterRoleBinding reads → ClusterRole reader-of-secrets → every Secret of every namespace (owner ai)",
            id="in the whole cluster",
        ),
        pytest.param(
            bound(role="ClusterRole", binding="ClusterRoleBinding", name="cluster-admin", declared=False),
            "ClusterRole cluster-admin → every Secret of every namespace (owner ai)", id="cluster-admin",
        ),
        pytest.param(
            bound()[1:], NAMESPACED + ALL,
            id="Secrets of an owner in a namespace without",
        ),
        pytest.param(
            [
                *bound(owner=None),
                deployment("reports", namespace="shop", owner="analytics", pod={"serviceAccountName": "reader"}),
            ],
            NAMESPACED + ALL, id="an account whose owner its workloads state",
        ),
        pytest.param(
            [kube("Namespace", "shop", namespace=None, owner="analytics"), *bound(account=False)],
            NAMESPACED + ALL, id="an account that nothing declares, in a namespace with an owner",
        ),
    ],
)  # fmt: skip
def test_a_right_on_anothers_secrets_is_refused(stack: Stack, path: str) -> None:
    for order in (stack, stack[::-1]):
        [found] = [answer for answer in refusals(*order) if answer.policy == "shared-identity"]
        assert path in found.message
        assert "(owner analytics)" in found.message


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(bound(owner="ai"), id="one's own"),
        pytest.param(bound(owner=None), id="nobody states whose the account is"),
        pytest.param(bound(rule(verbs=["create", "update"])), id="writing only"),
        pytest.param(bound(rule(resources=["configmaps"])), id="other resources"),
        pytest.param(bound(rule(apiGroups=["apps"], resources=["*"])), id="every resource of another group"),
        pytest.param(bound([]), id="a role without rules"),
        pytest.param(bound(declared=False), id="a role that nothing declares"),
        pytest.param(bound(role="ClusterRole", name="view", declared=False), id="view"),
        pytest.param(bound(subject={"kind": "User", "name": "reader", "namespace": "shop"}), id="a person"),
        pytest.param(
            bound(subject={"kind": "ServiceAccount", "namespace": "shop"}), id="an account without a name"
        ),
        pytest.param(
            bound(owner="ai", role="ClusterRole", binding="ClusterRoleBinding"),
            id="one owner in the whole cluster",
        ),
    ],
)
def test_what_only_looks_like_such_a_right_is_none(stack: Stack) -> None:
    assert [answer.message for answer in refusals(*stack)] == []
