"""Which cluster a stack is on, what a killed update left there, and the table of what runs where."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from offline.commands.refusal import Refusal
from offline.commands.stack import cluster_access, recovery, what_runs
from offline.commands.stack.cluster_access import ReachedCluster
from offline.commands.stack.program import NamedCluster
from tests.offline.commands.conftest import Clone

DEV = "config:\n  shop:cluster: {kubeconfig: /dev/kubeconfig, context: dev}\n"


def reached(clone: Clone, uid: str = "a") -> ReachedCluster:
    named = clone.program.cluster
    assert named is not None
    return ReachedCluster(named=named, uid=uid)


def test_an_api_server_that_is_down_is_named(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.kubeconfig()
    answer = subprocess.CompletedProcess([], 1, "", "noise\nThe connection to 127.0.0.1:1 was refused")
    monkeypatch.setattr(cluster_access, "kubectl", lambda *_arguments: answer)
    says = r"Pulumi\.year1\.yaml: shop:cluster\.context is `embedded`, (.|\n)*127\.0\.0\.1:1 was refused\n  fix: run"
    with pytest.raises(Refusal, match=says):
        cluster_access.reach(clone.program, start_embedded=False)


def test_the_same_cluster_is_recognised(clone: Clone) -> None:
    program = clone.program
    assert not cluster_access.is_another_cluster(program, reached(clone, "a")), "never deployed"
    cluster_access.remember(program, reached(clone, "a"), completed=False)
    assert not cluster_access.is_another_cluster(program, reached(clone, "a"))
    cluster_access.remember(program, reached(clone, "b"), completed=False)
    assert cluster_access.is_another_cluster(program, reached(clone, "b")), (
        "until an update has completed on it"
    )
    cluster_access.remember(program, reached(clone, "b"), completed=True)
    assert not cluster_access.is_another_cluster(program, reached(clone, "b"))
    cluster_access.remember(program, reached(clone, "a"), completed=True)
    assert cluster_access.is_another_cluster(program, reached(clone, "b"))
    cluster_access.forget(program)
    assert not cluster_access.is_another_cluster(program, reached(clone, "b"))


def test_a_context_that_leads_to_another_cluster_is_for_a_person(clone: Clone) -> None:
    clone.stack_file.write_text(DEV)
    cluster_access.remember(clone.program, reached(clone, "a"), completed=True)
    with pytest.raises(
        Refusal, match=r"context is `dev`, which is not the cluster(.|\n)*fix: point the context back"
    ):
        cluster_access.is_another_cluster(clone.program, reached(clone, "b"))


SOMEBODYS = NamedCluster(kubeconfig=Path("/somebody/kubeconfig"), context="dev", key="shop:cluster.context")


@dataclass
class FakeCluster:
    """Answers `get` from a table of arguments, and notes what it was asked."""

    answers: Mapping[tuple[str, ...], Any]
    named: NamedCluster = SOMEBODYS
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def get(self, *arguments: str) -> Any:
        self.asked.append(arguments)
        return self.answers.get(arguments)


def pending(
    kind: str,
    metadata: dict[str, Any],
    *,
    api: str = "v1",
    operation: str = "creating",
    type_: str = "kubernetes:x:X",
) -> dict[str, Any]:
    inputs = {"kind": kind, "apiVersion": api, "metadata": metadata}
    resource = {
        "urn": f"urn::{kind}::name",
        "type": type_,
        "custom": True,
        "inputs": inputs,
        "parent": "urn::stack",
    }
    return {"type": operation, "resource": resource}


NAMESPACED = {"name": "web", "namespace": "shop"}


@pytest.mark.parametrize(
    ("operation", "asked", "object_id"),
    [
        pytest.param(
            pending("Service", NAMESPACED),
            ("Service", "web", "--namespace", "shop"),
            "shop/web",
            id="core, namespaced",
        ),
        pytest.param(
            pending("Deployment", NAMESPACED, api="apps/v1"),
            ("Deployment.v1.apps", "web", "--namespace", "shop"),
            "shop/web",
            id="with an API group",
        ),
        pytest.param(
            pending("Namespace", {"name": "shop"}), ("Namespace", "shop"), "shop", id="cluster-scoped"
        ),
    ],
)
@pytest.mark.parametrize("exists", [True, False], ids=["exists", "does not exist"])
def test_a_cut_off_creation_is_adopted_if_it_happened(
    operation: dict[str, Any], asked: tuple[str, ...], object_id: str, exists: bool
) -> None:
    cluster = FakeCluster({asked: {"metadata": {}}} if exists else {})
    deployment: dict[str, Any] = {"resources": [{"urn": "urn::stack"}], "pending_operations": [operation]}
    adopted, dropped = recovery.adopt(deployment, cluster)  # type: ignore[arg-type]
    assert cluster.asked == [asked]
    assert "pending_operations" not in deployment
    if exists:
        assert (adopted, dropped) == ([operation["resource"]["urn"]], [])
        added = deployment["resources"][-1]
        assert (added["id"], added["outputs"], added["parent"]) == (object_id, added["inputs"], "urn::stack")
    else:
        assert (adopted, dropped) == ([], [operation["resource"]["urn"]])
        assert len(deployment["resources"]) == 1


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(pending("Service", NAMESPACED, operation="updating"), id="an update"),
        pytest.param(pending("Service", NAMESPACED, operation="deleting"), id="a deletion"),
        pytest.param(pending("Password", {}, type_="random:index:RandomPassword"), id="not in any cluster"),
        pytest.param(
            pending("Service", {"name": {"secret": 1}, "namespace": "shop"}), id="a name that is not known"
        ),
    ],
)
def test_other_cut_off_operations_are_dropped(operation: dict[str, Any]) -> None:
    deployment: dict[str, Any] = {"resources": [], "pending_operations": [operation]}
    cluster = FakeCluster({("Service", "web", "--namespace", "shop"): {}})
    assert recovery.adopt(deployment, cluster) == ([], [operation["resource"]["urn"]])  # type: ignore[arg-type]
    assert deployment == {"resources": []}


def test_a_creation_that_the_state_has_already_is_not_doubled() -> None:
    operation = pending("Service", NAMESPACED)
    deployment: dict[str, Any] = {"resources": [operation["resource"]], "pending_operations": [operation]}
    cluster = FakeCluster({("Service", "web", "--namespace", "shop"): {"metadata": {}}})
    recovery.adopt(deployment, cluster)  # type: ignore[arg-type]
    assert len(deployment["resources"]) == 1


def live(api: str, kind: str, spec: Any = None, status: Any = None) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "shop", "labels": {what_runs.OWNER_LABEL: "monolith"}}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec or {}, "status": status or {}}


TRUE, FALSE = "True", "False"
READY = [
    pytest.param(
        live("apps/v1", "Deployment", {"replicas": 3}, {"readyReplicas": 2}), "2/3", id="deployment"
    ),
    pytest.param(live("apps/v1", "StatefulSet", {"replicas": 1}), "0/1", id="stateful set, none ready"),
    pytest.param(
        live("batch/v1", "Job", status={"conditions": [{"type": "Complete", "status": TRUE}]}),
        "complete",
        id="job done",
    ),
    pytest.param(
        live("batch/v1", "Job", status={"conditions": [{"type": "Failed", "status": TRUE}]}),
        "failed",
        id="job failed",
    ),
    pytest.param(live("batch/v1", "Job"), "running", id="job at work"),
    pytest.param(live("batch/v1", "CronJob", {"schedule": "*/5 * * * *"}), "*/5 * * * *", id="cron job"),
    pytest.param(
        live("batch/v1", "CronJob", {"schedule": "x", "suspend": True}), "suspended", id="suspended cron job"
    ),
    pytest.param(
        live("postgresql.cnpg.io/v1", "Cluster", {"instances": 3}, {"readyInstances": 3}),
        "3/3",
        id="Postgres",
    ),
    pytest.param(
        live(
            "rabbitmq.com/v1beta1",
            "RabbitmqCluster",
            status={"conditions": [{"type": "AllReplicasReady", "status": TRUE}]},
        ),
        "yes",
        id="broker",
    ),
    pytest.param(
        live(
            "gateway.networking.k8s.io/v1",
            "Gateway",
            status={"conditions": [{"type": "Programmed", "status": FALSE}]},
        ),
        "no",
        id="gateway not programmed",
    ),
    pytest.param(live("gateway.networking.k8s.io/v1", "HTTPRoute"), "no", id="route nobody has taken"),
    pytest.param(
        live(
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            status={"parents": [{"conditions": [{"type": "Accepted", "status": TRUE}]}]},
        ),
        "yes",
        id="route",
    ),
]


def state_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"id": "shop/web", "inputs": {"apiVersion": item["apiVersion"], "kind": item["kind"]}}


def cluster_with(*items: dict[str, Any]) -> FakeCluster:
    kinds = ",".join(f"{item['kind']}.{item['apiVersion'].rpartition('/')[0]}" for item in items)
    return FakeCluster({(kinds, "--all-namespaces"): {"items": list(items)}})


@pytest.mark.parametrize(("item", "ready"), READY)
def test_readiness_reads_as_the_api_server_says(item: dict[str, Any], ready: str) -> None:
    found = what_runs.rows([state_of(item)], cluster_with(item))  # type: ignore[arg-type]
    assert found == [("monolith", "shop", item["kind"], "web", ready, "")]


def test_the_table_holds_this_stack_only_and_says_what_is_gone() -> None:
    item = live("apps/v1", "Deployment", {"replicas": 1}, {"readyReplicas": 1})
    others = {**item, "metadata": {**item["metadata"], "name": "of-another-stack"}}
    gone = {**state_of(item), "id": "shop/gone"}
    secret = {"id": "shop/s", "inputs": {"apiVersion": "v1", "kind": "Secret"}}
    cluster = cluster_with(item)
    cluster.answers = {("Deployment.apps", "--all-namespaces"): {"items": [item, others]}}
    found = what_runs.rows([state_of(item), gone, secret], cluster)  # type: ignore[arg-type]
    assert [(row[3], row[4]) for row in found] == [("gone", "missing"), ("web", "1/1")]


def test_what_the_embedded_cluster_runs_is_marked_simulated(clone: Clone) -> None:
    item = live("apps/v1", "Deployment", {"replicas": 1}, {"readyReplicas": 1})
    cluster = cluster_with(item)
    assert clone.program.cluster is not None
    cluster.named = clone.program.cluster
    (row,) = what_runs.rows([state_of(item)], cluster)  # type: ignore[arg-type]
    assert row[-1] == "simulated"
    heading, line = what_runs.aligned([row]).splitlines()
    assert heading.index("READY") == line.index("1/1")


def test_a_stack_without_workloads_asks_nothing() -> None:
    cluster = FakeCluster({})
    assert what_runs.rows([{"id": "x", "inputs": json.loads("{}")}], cluster) == []  # type: ignore[arg-type]
    assert cluster.asked == []
