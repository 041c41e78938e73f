"""Year 1 on a real API server through the real engine: up, up again, drift, image change, release, failure."""

import json
import re

import pytest

from tests.engine.conftest import ROOT, Project

PREFIX = "year1"
NAMESPACE = f"{PREFIX}-monolith"
UNCHANGED = re.compile(r"\b\d+ unchanged\b")
CHANGED = re.compile(r"\b\d+ (created|updated|deleted|replaced|to create|to update|to delete|to replace)\b")


def changes(text: str) -> list[str]:
    """The counts of changed resources in the engine's summaries."""
    return [found.group(0) for found in CHANGED.finditer(text)]


def image_of(project: Project, deployment: str) -> str:
    found = project.get(f"deployment {deployment} -n {NAMESPACE}")
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


def uids(project: Project) -> dict[str, str]:
    """Every store's uid by name: what no update may ever change."""
    kinds = "cluster.postgresql.cnpg.io,rabbitmqcluster,statefulset"
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in project.get(f"{kinds} -A")["items"]}


def test_everything_is_ready(year1: Project) -> None:
    for deployment in year1.get("deployments -A")["items"]:
        wanted = deployment["spec"]["replicas"]
        assert deployment["status"].get("readyReplicas") == wanted, deployment["metadata"]["name"]
    for cluster in year1.get("cluster.postgresql.cnpg.io -A")["items"]:
        assert cluster["status"]["readyInstances"] == cluster["spec"]["instances"]
    for job in year1.get("jobs -A")["items"]:
        assert job["status"].get("succeeded") == 1, job["metadata"]["name"]
    assert uids(year1).keys() >= {"monolith-postgres", "monolith-redis", "events"}


def test_a_second_up_changes_nothing(year1: Project) -> None:
    before = uids(year1)
    text = year1.make("up", STACK="year1").must_succeed().text
    assert changes(text) == [], text
    assert UNCHANGED.search(text)
    assert uids(year1) == before


def test_plain_pulumi_with_the_pack_sees_no_change(year1: Project) -> None:
    """What `make env` exports is enough; no command of ours stands between an engineer and Pulumi."""
    text = (
        year1.shell("pulumi preview -s year1 --policy-pack policies/isolation --expect-no-changes")
        .must_succeed()
        .text
    )
    assert changes(text) == []
    assert "isolation" in text


def test_the_secrets_of_the_state_are_encrypted(year1: Project) -> None:
    password = year1.kubectl(
        f"get secret monolith-postgres-monolith -n {NAMESPACE} -o jsonpath='{{.data.password}}' | base64 -d"
    ).splitlines()[-1]
    state = "".join(file.read_text() for file in (year1.root / ".state" / "backend").rglob("*.json*"))
    assert len(password) == 32
    assert "monolith-postgres" in state
    assert password not in state


def test_drift_is_found_and_mended(year1: Project) -> None:
    year1.kubectl(f"delete networkpolicy -n {NAMESPACE} --all")
    year1.shell("pulumi refresh -s year1 --yes --skip-preview").must_succeed()
    text = year1.make("up", STACK="year1").must_succeed().text
    assert any("created" in change for change in changes(text)), text
    assert year1.get(f"networkpolicy -n {NAMESPACE}")["items"]


def test_a_new_image_migrates_before_it_rolls_out(year1: Project) -> None:
    """The migration Job of the new image is complete before a pod of it starts, and no store notices."""
    stores, old = uids(year1), image_of(year1, "monolith-api")
    new = old.rsplit(":", maxsplit=1)[0] + ":9.9.9"
    year1.replace_in_stack_file("year1", old, new)
    try:
        year1.make("up", STACK="year1").must_succeed()
        assert image_of(year1, "monolith-api") == new
        jobs = year1.get(f"jobs -n {NAMESPACE}")["items"]
        (migration,) = (job for job in jobs if "migrat" in job["metadata"]["name"])
        assert migration["spec"]["template"]["spec"]["containers"][0]["image"] == new
        rollouts = [
            replica_set["metadata"]["creationTimestamp"]
            for replica_set in year1.get(f"replicasets -n {NAMESPACE}")["items"]
            if replica_set["spec"]["template"]["spec"]["containers"][0]["image"] == new
        ]
        assert rollouts
        assert min(rollouts) >= migration["status"]["completionTime"]
    finally:
        year1.replace_in_stack_file("year1", new, old)
        year1.make("up", STACK="year1").must_succeed()
    assert uids(year1) == stores
    assert image_of(year1, "monolith-api") == old


def test_a_pipeline_release_is_neither_reverted_nor_in_conflict(year1: Project) -> None:
    """The deployer releases as itself; afterwards a preview shows no change, until config says otherwise."""
    old = image_of(year1, "monolith-api")
    released = old.rsplit(":", maxsplit=1)[0] + ":9.9.8"
    deployer = f"--as=system:serviceaccount:{NAMESPACE}:monolith-deployer -n {NAMESPACE}"
    for deployment in ("monolith-api", "monolith-worker", "monolith-beat"):
        year1.kubectl(f"set image deployment/{deployment} '*={released}' {deployer}")
    record = json.dumps({"data": {"image": released}})
    year1.kubectl(f"patch configmap monolith-release --type=merge -p '{record}' {deployer}")
    for namespace in (f"{PREFIX}-edge", f"{PREFIX}-broker", "default"):
        asked = f"kubectl auth can-i patch deployments -n {namespace} {deployer.split()[0]}"
        assert year1.shell(asked).text.strip() == "no"

    year1.shell("pulumi preview -s year1 --expect-no-changes").must_succeed()
    year1.make("up", STACK="year1").must_succeed()
    assert image_of(year1, "monolith-api") == released

    configured = old.rsplit(":", maxsplit=1)[0] + ":9.9.9"
    year1.replace_in_stack_file("year1", old, configured)
    try:
        year1.make("up", STACK="year1").must_succeed()
        assert {image_of(year1, name) for name in ("monolith-api", "monolith-worker", "monolith-beat")} == {
            configured
        }
    finally:
        year1.replace_in_stack_file("year1", configured, old)
        year1.make("up", STACK="year1").must_succeed()
    assert image_of(year1, "monolith-api") == old


DENY_ROLLOUTS = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: deny-rollouts}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}]
  matchConditions:
    - {name: for-real, expression: "!has(request.dryRun) || !request.dryRun"}
    - {name: by-the-engine, expression: "request.userInfo.username.contains('admin')"}
  validations: [{expression: "false", message: rollouts are frozen}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: deny-rollouts}
spec: {policyName: deny-rollouts, validationActions: [Deny]}
"""


def test_a_failed_update_leaves_the_last_completed_topology(year1: Project) -> None:
    """Moves are judged from the last update that completed: a failed one may be repeated or turned back."""
    before = year1.outputs("year1")["topology"]
    old = image_of(year1, "monolith-api")
    new = old.rsplit(":", maxsplit=1)[0] + ":9.9.7"
    (year1.root / "deny.yaml").write_text(DENY_ROLLOUTS)
    year1.kubectl("apply -f deny.yaml && sleep 2")
    year1.replace_in_stack_file("year1", old, new)
    try:
        failed = year1.make("up", STACK="year1").must_refuse()
        assert "rollouts are frozen" in failed.text
        assert year1.outputs("year1")["topology"] == before
    finally:
        year1.kubectl("delete -f deny.yaml && sleep 1")
        (year1.root / "deny.yaml").unlink()
        year1.replace_in_stack_file("year1", new, old)
        year1.make("up", STACK="year1").must_succeed()
    assert image_of(year1, "monolith-api") == old


def test_no_command_leaves_a_trace_in_the_stack_files(year1: Project) -> None:
    year1.make("preview", STACK="year1").must_succeed()  # plain Pulumi leaves a salt, ours takes it out again
    for file in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        assert (year1.root / "stacks" / file.name).read_text() == file.read_text()


@pytest.mark.parametrize(
    "kind", ["deployment", "statefulset", "networkpolicy", "httproute", "secret", "configmap"]
)
def test_every_object_has_an_owner(year1: Project, kind: str) -> None:
    ours = [
        item for item in year1.get(f"{kind} -A")["items"] if item["metadata"]["namespace"].startswith(PREFIX)
    ]
    known = [item for item in ours if item["metadata"]["name"] != "kube-root-ca.crt"]
    assert known
    unowned = [
        i["metadata"]["name"]
        for i in known
        if "service-extraction/owner" not in i["metadata"].get("labels", {})
    ]
    assert unowned == []
