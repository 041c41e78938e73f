"""Where `independent-pipelines` begins and ends: what two pipelines share, where one deploys, who has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ..stack import OWNER, UNKNOWN, deployment, kube
from .small import Objects, move, told

RULE = "independent-pipelines"
DEPLOYER = {"app.kubernetes.io/component": "pipeline"}


def pipeline(owner: str | None, *, at: str | None = None, more: str = "", **changes: str) -> Any:
    """A sound pipeline of an owner in its namespace; `changes` replaces its path, registry, login or group."""
    name = at or owner or "app"
    of = {
        "path": f"services/{name}/**",
        "registry": f"example.com/{name}",
        "login": name,
        "group": name,
    } | changes
    text = (
        f"on: {{push: {{paths: ['{of['path']}']}}}}\n"
        f"concurrency: {of['group']}\n"
        "jobs:\n  release:\n    steps:\n"
        f"      - run: docker login --username {of['login']}; docker build --tag {of['registry']}:1{more}\n"
    )
    return kube("ConfigMap", f"{name}-workflow", namespace=name, owner=owner, data={"release.yaml": text})


def namespace(name: str, owner: str) -> Any:
    return kube("Namespace", name, namespace=None, owner=owner)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([pipeline("ai"), pipeline("monolith")], [], id="nothing shared"),
        pytest.param(
            [pipeline("ai"), pipeline("monolith", path="services/**")],
            ["ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith are triggered by one change "
             "(services/ai/** and services/**)"],
            id="one path inside another",
        ),
        pytest.param(
            [pipeline("ai"), pipeline("monolith"), pipeline("analytics", registry="example.com/ai")],
            ["ConfigMap analytics-workflow (ai, analytics): pipelines of ai and analytics push to one registry "
             "(example.com/ai)"],
            id="one registry",
        ),
        pytest.param(
            [pipeline("ai", login="robot"), pipeline("monolith", login="robot")],
            ["ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith log in as one identity (robot)"],
            id="one identity",
        ),
        pytest.param(
            [pipeline("ai", group="release"), pipeline("monolith", group="release")],
            ["ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith wait for each other "
             "(concurrency group release)"],
            id="one concurrency group",
        ),
        pytest.param(
            [pipeline("ai", group="${{ github.workflow }}"), pipeline("monolith", group="${{ github.workflow }}")],
            [], id="a group of each one's own name",
        ),
        pytest.param(
            [pipeline("ai", more=" -t example.com/c -t example.com/b"),
             pipeline("monolith", login="ai", more=" -t example.com/b -t example.com/c")],
            ["ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith log in as one identity (ai)",
             "ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith push to one registry "
             "(example.com/b)",
             "ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith push to one registry "
             "(example.com/c)"],
            id="several things",
        ),
        pytest.param(
            [pipeline("ai"), pipeline("ai", at="ai-worker", registry="example.com/ai"),
             pipeline("monolith", registry="example.com/ai")],
            ["ConfigMap monolith-workflow (ai, monolith): pipelines of ai and monolith push to one registry "
             "(example.com/ai)"],
            id="two of one owner, and another's",
        ),
        pytest.param(
            [pipeline(None), pipeline("ai", registry="example.com/app")],
            ["ConfigMap ai-workflow (ai): pipelines of nobody and ai push to one registry (example.com/app)"],
            id="one of nobody, first",
        ),
        pytest.param(
            [pipeline("ai", registry="example.com/app"), pipeline(None)],
            ["ConfigMap app-workflow (ai): pipelines of ai and nobody push to one registry (example.com/app)"],
            id="one of nobody, second",
        ),
        pytest.param(
            [kube("ConfigMap", "ai-workflow", owner="ai", data={"release.yaml": UNKNOWN}),
             kube("ConfigMap", "app-workflow", data={"release.yaml": UNKNOWN})],
            ["ConfigMap ai-workflow (ai): pipeline of ai: its workflow cannot be read",
             "ConfigMap app-workflow: pipeline of nobody: its workflow cannot be read"],
            id="content not known yet",
        ),
    ],
)  # fmt: skip
def test_what_pipelines_share(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([pipeline("ai", more=" && kubectl -n ai apply")], [], id="its own, of no stated owner"),
        pytest.param([namespace("ai", "ai"), pipeline("ai", more=" && kubectl -n ai apply")], [], id="its own"),
        pytest.param(
            [pipeline("ai", more=" && kubectl -n monolith apply && kubectl -n web apply")],
            ["ConfigMap ai-workflow (ai): pipeline of ai: it deploys to namespace monolith",
             "ConfigMap ai-workflow (ai): pipeline of ai: it deploys to namespace web"],
            id="others",
        ),
        pytest.param(
            [namespace("jobs", "ai"), pipeline("ai", more=" && kubectl -n jobs apply")],
            ["ConfigMap ai-workflow (ai): pipeline of ai: it deploys to namespace jobs"],
            id="a second of its owner's, where its deployer has no rights",
        ),
        pytest.param(
            [namespace("web", "monolith"), pipeline("ai", at="web", more=" && kubectl -n web apply")],
            ["ConfigMap web-workflow (ai): pipeline of ai: it deploys to namespace web"],
            id="the one that it stands in, of another owner",
        ),
    ],
)  # fmt: skip
def test_where_a_pipeline_deploys(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected


def account(owner: str | None = "ai", *, at: str = "ai", labels: Mapping[str, str] = DEPLOYER) -> Any:
    return kube("ServiceAccount", "deployer", namespace=at, owner=owner, labels=labels)


def binding(*subjects: Any, at: str | None = "web") -> Any:
    """Rights in a namespace, or without one in the whole cluster."""
    return kube(
        "ClusterRoleBinding" if at is None else "RoleBinding",
        "release",
        namespace=at,
        subjects=list(subjects),
    )


def subject(name: Any = "deployer", of: Any = None, kind: Any = "ServiceAccount") -> dict[str, Any]:
    return {"kind": kind, "name": name} | ({} if of is None else {"namespace": of})


IN_WEB = "deployer deployer of ai has rights in namespace web (RoleBinding release)"
EVERYWHERE = "deployer deployer of ai has rights in the whole cluster (ClusterRoleBinding release)"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([account(), binding(subject(of="ai"), at="ai")], [], id="its own namespace"),
        pytest.param([account(), binding(subject(), at="ai")], [], id="its own namespace, not named"),
        pytest.param([account(), binding(subject(of="ai"))], [f"RoleBinding release (ai): {IN_WEB}"], id="another"),
        pytest.param([account(), binding(subject())], [], id="an account of that namespace with its name"),
        pytest.param([account(), binding(subject(of="web"))], [], id="an account of another namespace with its name"),
        pytest.param([account(), binding(subject("worker", of="ai"))], [], id="another account of its namespace"),
        pytest.param(
            [account(), binding(subject(of="ai"), at=None)], [f"ClusterRoleBinding release (ai): {EVERYWHERE}"],
            id="the whole cluster",
        ),
        pytest.param(
            [account(), binding(subject("worker", of="ai"), subject(of="ai"), at=None)],
            [f"ClusterRoleBinding release (ai): {EVERYWHERE}"], id="beside another account",
        ),
        pytest.param(
            [account(), account("analytics", at="analytics"),
             binding(subject(of="ai"), subject(of="analytics"), at="analytics")],
            ["RoleBinding release (ai): deployer deployer of ai has rights in namespace analytics "
             "(RoleBinding release)"],
            id="two deployers in the namespace of one",
        ),
        pytest.param(
            [account(), binding(subject(of="ai"), subject("system:serviceaccounts:ai", kind="Group"))],
            [f"RoleBinding release (ai): {IN_WEB}"], id="twice in one binding",
        ),
        pytest.param(
            [account(at="web"), account(at="ai"), binding(subject(of="ai"))],
            [f"RoleBinding release (ai): {IN_WEB}"], id="the second of two deployers",
        ),
        pytest.param(
            [account(None), binding(subject(of="ai"))],
            ["RoleBinding release: deployer deployer of nobody has rights in namespace web (RoleBinding release)"],
            id="a deployer of nobody",
        ),
        pytest.param([account(labels={}), binding(subject(of="ai"))], [], id="an account that deploys nothing"),
        pytest.param(
            [account(labels={"app.kubernetes.io/component": "api"}), binding(subject(of="ai"))], [],
            id="an account of another component",
        ),
        pytest.param(
            [account(), binding(subject("system:serviceaccount:ai:deployer", kind="User"))],
            [f"RoleBinding release (ai): {IN_WEB}"], id="by its user name",
        ),
        pytest.param(
            [account(), binding(subject("system:serviceaccounts:ai", kind="Group"), at=None)],
            [f"ClusterRoleBinding release (ai): {EVERYWHERE}"], id="by the group of its namespace",
        ),
        pytest.param(
            [account(), binding(subject(of="ai", kind="User"), subject(of="ai", kind="Group"))], [],
            id="a person with its name",
        ),
        pytest.param(
            [account(), binding(subject(of=UNKNOWN), at=None)], [f"ClusterRoleBinding release (ai): {EVERYWHERE}"],
            id="a namespace not known yet",
        ),
        pytest.param([account(), binding(subject("worker", of=UNKNOWN))], [], id="of another account"),
        pytest.param([account(), binding(subject(UNKNOWN, of=UNKNOWN))], [], id="nothing known yet"),
        pytest.param(
            [account(), binding(subject(of="ai", kind=UNKNOWN))], [f"RoleBinding release (ai): {IN_WEB}"],
            id="a kind not known yet",
        ),
        pytest.param([account(), kube("RoleBinding", "release", namespace="web", subjects=UNKNOWN)], [],
                     id="subjects not known yet"),
    ],
)  # fmt: skip
def test_where_a_deployer_has_rights(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([deployment("ai-api", owner="ai"), pipeline("ai")], [], id="it has one"),
        pytest.param(
            [deployment("monolith-api", owner="monolith"), deployment("ai-api", owner="ai"),
             deployment("ai-worker", owner="ai"), pipeline("analytics")],
            ["Deployment ai-api (ai): ai runs, and has no pipeline of its own",
             "Deployment monolith-api (monolith): monolith runs, and has no pipeline of its own"],
            id="two have none",
        ),
        pytest.param([deployment("ai-once", owner="ai", kind="Job")], [], id="it does not run on"),
        pytest.param([deployment("platform", owner="platform")], [], id="no domain"),
        pytest.param(
            [deployment("ai-api", owner="ai"), kube("ConfigMap", "ai-workflow", owner="ai", data=UNKNOWN)],
            ["Deployment ai-api (ai): ai runs, and has no pipeline of its own"], id="content not known yet",
        ),
    ],
)  # fmt: skip
def test_who_has_no_pipeline(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected


def test_a_stack_without_owners_and_without_a_move_is_no_concern() -> None:
    shared = [pipeline(None), pipeline(None, at="web", more=" && kubectl -n ai apply")]
    assert told(RULE, shared) == []
    assert told(RULE, [*shared, kube("Secret", "x", labels={OWNER: "ai"})]) == [
        "ConfigMap web-workflow: pipeline of nobody: it deploys to namespace ai"
    ]
