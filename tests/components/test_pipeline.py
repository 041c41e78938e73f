"""The pipeline's rights end at its namespace, and its workflow asks for nothing beyond them."""

from typing import Any

import pytest
import yaml

from components.kubernetes.pipeline import deployer_rules
from components.rendering.workflow import workflow
from roadmap.topology import Pipeline, Topology
from tests.components.program import Program

Verbs = dict[tuple[str, str, str], set[str]]


@pytest.fixture
def pipeline(topology: Topology) -> Pipeline:
    (found,) = topology.pipelines
    return found


def test_the_deployers_rights_are_a_role_of_its_own_namespace(program: Program) -> None:
    (role,), (binding,) = program.of("Role"), program.of("RoleBinding")
    assert role.namespace == binding.namespace == "year1-monolith"
    assert binding.inputs["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "Role",
        "name": "monolith-deployer",
    }
    assert binding.inputs["subjects"] == [
        {"kind": "ServiceAccount", "name": "monolith-deployer", "namespace": "year1-monolith"}
    ]
    account = program.one("ServiceAccount", "monolith-deployer")
    assert account.inputs["automountServiceAccountToken"] is False


def test_no_right_is_wider_than_a_release_needs(pipeline: Pipeline) -> None:
    granted: Verbs = {}
    for rule in deployer_rules(pipeline, "monolith-migration"):
        for group in rule["api_groups"]:  # type: ignore[union-attr]
            for resource in rule["resources"]:  # type: ignore[union-attr]
                for name in rule.get("resource_names") or ["*"]:  # type: ignore[union-attr]
                    granted[str(group), str(resource), str(name)] = set(rule["verbs"])  # type: ignore[arg-type]
    reading, deploying = {"get", "list", "watch"}, {"get", "list", "watch", "patch"}
    assert granted == {
        **{("apps", "deployments", name): deploying for name in pipeline.deployments},
        ("", "configmaps", "monolith-release"): {"get", "patch"},
        ("apps", "replicasets", "*"): reading,
        ("", "pods", "*"): reading,
        ("", "pods/log", "*"): reading,
        ("", "events", "*"): reading,
        ("batch", "cronjobs", "monolith-migration"): {"get"},
        ("batch", "jobs", "*"): {"create", *reading},
    }
    assert set(pipeline.deployments) == {
        "monolith-api",
        "monolith-worker",
        "monolith-beat",
        "notifications-consumer",
    }


def test_without_a_schema_nothing_may_be_started(pipeline: Pipeline) -> None:
    resources = {str(found) for rule in deployer_rules(pipeline, None) for found in rule["resources"]}  # type: ignore[union-attr]
    assert not resources & {"jobs", "cronjobs"}


@pytest.fixture
def document(pipeline: Pipeline) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(workflow(pipeline, stack="year1", migration="monolith-migration"))
    return loaded


def test_the_workflow_starts_only_by_its_own_paths(document: dict[str, Any], pipeline: Pipeline) -> None:
    assert document["on"] == {"push": {"branches": ["main"], "paths": list(pipeline.source_paths)}}
    assert document["permissions"] == {"contents": "read"}


def test_the_workflow_builds_migrates_rolls_out_and_records_in_this_order(document: dict[str, Any]) -> None:
    names = [step["name"] for step in document["jobs"]["release"]["steps"]]
    assert names == [
        "Check out",
        "Build and push by digest",
        "Trust the cluster",
        "Migrate",
        "Roll out",
        "Write the release record",
    ]


def test_the_workflow_rolls_out_every_deployment_and_waits_for_it(
    document: dict[str, Any], pipeline: Pipeline
) -> None:
    (roll_out,) = (step["run"] for step in document["jobs"]["release"]["steps"] if step["name"] == "Roll out")
    for name in pipeline.deployments:
        assert f"set image deployment/{name} " in roll_out
        assert f"rollout status deployment/{name} " in roll_out


def test_the_workflow_never_runs_pulumi_and_stays_in_its_namespace(pipeline: Pipeline) -> None:
    text = workflow(pipeline, stack="year1", migration="monolith-migration")
    assert "pulumi" not in text.lower()
    commands = [line for line in text.splitlines() if "kubectl --server" in line]
    assert commands
    assert all("--namespace year1-monolith" in line for line in commands)


def test_an_image_is_handed_on_by_digest(document: dict[str, Any]) -> None:
    (build,) = (step["run"] for step in document["jobs"]["release"]["steps"] if step.get("id") == "image")
    assert "@$(jq -r '.\"containerimage.digest\"' image.json)" in build


def test_an_owner_without_a_schema_skips_the_migration(pipeline: Pipeline) -> None:
    loaded = yaml.safe_load(workflow(pipeline, stack="year1", migration=None))
    assert "Migrate" not in [step["name"] for step in loaded["jobs"]["release"]["steps"]]


def test_the_workflow_lies_in_the_owners_namespace(program: Program, pipeline: Pipeline) -> None:
    expected = workflow(pipeline, stack="year1", migration="monolith-migration")
    assert program.one("ConfigMap", "monolith-workflow").inputs["data"] == {"release.yaml": expected}


def test_the_output_names_the_deployer(program: Program) -> None:
    assert dict(program.root.pipelines) == {"monolith": "year1-monolith/monolith-deployer"}
