"""When an object counts as ready, and what it is said to lack."""

from typing import Any

import pytest

from offline.providers.kubernetes.awaiting import pods, services, workloads
from offline.providers.kubernetes.awaiting.readiness import Readiness
from offline.providers.kubernetes.awaiting.rules import judge_of, skips_deletion_await, timeout_of
from tests.offline.providers.lookups import NOTHING, FakeLookup


def rollout(**status: Any) -> dict[str, Any]:
    complete = {
        "observedGeneration": 2,
        "replicas": 3,
        "updatedReplicas": 3,
        "availableReplicas": 3,
        "readyReplicas": 3,
        "conditions": [{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}],
    }
    return {
        "metadata": {"generation": 2},
        "spec": {"replicas": 3, "updateStrategy": {"type": "RollingUpdate"}},
        "status": {**complete, **status},
    }


def progressing(status: str, reason: str, message: str = "") -> list[dict[str, str]]:
    return [{"type": "Progressing", "status": status, "reason": reason, "message": message}]


@pytest.mark.parametrize(
    ("live", "missing"),
    [
        pytest.param(rollout(), (), id="complete"),
        pytest.param(
            rollout(observedGeneration=1),
            ("the controller has not seen the newest specification yet",),
            id="unseen",
        ),
        pytest.param(
            rollout(updatedReplicas=1, availableReplicas=1, replicas=1),
            ("1 of 3 replicas updated", "1 of 3 replicas available"),
            id="growing",
        ),
        pytest.param(rollout(replicas=4), ("1 old replicas still there",), id="old-ones"),
        pytest.param(
            rollout(
                availableReplicas=0, conditions=progressing("False", "ProgressDeadlineExceeded", "timed out")
            ),
            ("0 of 3 replicas available", "[ProgressDeadlineExceeded] timed out"),
            id="deadline",
        ),
        pytest.param(
            rollout(conditions=progressing("True", "ReplicaSetUpdated")),
            ("the new ReplicaSet is not complete yet",),
            id="not-said-by-the-controller",
        ),
        pytest.param(
            rollout(
                availableReplicas=2,
                conditions=[
                    {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "no"}
                ],
            ),
            ("2 of 3 replicas available", "[FailedCreate] no"),
            id="replica-failure",
        ),
        pytest.param({"metadata": {"generation": 1}, "spec": {}, "status": {}}, None, id="just-created"),
    ],
)
def test_deployment(live: dict[str, Any], missing: tuple[str, ...] | None) -> None:
    verdict = workloads.deployment(live)
    assert verdict.missing == missing if missing is not None else not verdict.ready


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({"currentRevision": "b", "updateRevision": "b"}, (), id="complete"),
        pytest.param({"readyReplicas": 1}, ("1 of 3 replicas ready",), id="not-ready"),
        pytest.param({"updatedReplicas": 2}, ("2 of 3 replicas updated",), id="rolling"),
        pytest.param(
            {"currentRevision": "a", "updateRevision": "b"},
            ("the newest revision is not the current one yet",),
            id="revision",
        ),
    ],
)
def test_stateful_set(changes: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert workloads.stateful_set(rollout(**changes)).missing == missing


def test_a_partition_holds_back_the_rest_on_purpose() -> None:
    live = rollout(updatedReplicas=1, currentRevision="a", updateRevision="b")
    live["spec"]["updateStrategy"]["rollingUpdate"] = {"partition": 2}
    assert workloads.stateful_set(live).ready


@pytest.mark.parametrize(
    ("status", "missing"),
    [
        pytest.param(
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2},
            (),
            id="complete",
        ),
        pytest.param({"desiredNumberScheduled": 0}, (), id="no-node"),
        pytest.param(
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 1, "numberAvailable": 0},
            ("1 of 2 pods updated", "0 of 2 pods available"),
            id="rolling",
        ),
    ],
)
def test_daemon_set(status: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert workloads.daemon_set({"metadata": {}, "spec": {}, "status": status}).missing == missing


@pytest.mark.parametrize(
    ("job", "wanted"),
    [
        pytest.param(
            {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}, Readiness(), id="complete"
        ),
        pytest.param({"spec": {"suspend": True}}, Readiness(), id="suspended"),
        pytest.param(
            {"spec": {"completions": 2}, "status": {"active": 1, "succeeded": 1}},
            Readiness(("1 of 2 completions (1 pods active, 0 failed)",)),
            id="running",
        ),
        pytest.param(
            {
                "status": {
                    "conditions": [
                        {
                            "type": "Failed",
                            "status": "True",
                            "reason": "BackoffLimitExceeded",
                            "message": "too often",
                        }
                    ]
                }
            },
            Readiness(("the Job failed: [BackoffLimitExceeded] too often",), hopeless=True),
            id="failed",
        ),
    ],
)
def test_job(job: dict[str, Any], wanted: Readiness) -> None:
    assert pods.job(job) == wanted


@pytest.mark.parametrize(
    ("status", "missing"),
    [
        pytest.param({"phase": "Succeeded"}, (), id="succeeded"),
        pytest.param({"conditions": [{"type": "Ready", "status": "True"}]}, (), id="ready"),
        pytest.param(
            {
                "conditions": [
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1"}
                ]
            },
            ("the pod is not ready", "[Unschedulable] 0/1"),
            id="unschedulable",
        ),
        pytest.param(
            {
                "containerStatuses": [
                    {"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no"}}}
                ]
            },
            ("the pod is not ready", "container c: [ImagePullBackOff] no"),
            id="image",
        ),
        pytest.param(
            {
                "initContainerStatuses": [
                    {"name": "i", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
                ]
            },
            ("the pod is not ready", "container i: [Error] exit code 3"),
            id="init-container",
        ),
        pytest.param(
            {"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}]},
            ("the pod is not ready",),
            id="starting",
        ),
        pytest.param(
            {"phase": "Failed", "reason": "Evicted", "message": "disk"},
            ("the pod is not ready", "[Evicted] disk"),
            id="failed",
        ),
    ],
)
def test_pod(status: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert pods.pod({"status": status}).missing == missing


def service(kind: str = "ClusterIP", **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "namespace": "a"},
        "spec": {"type": kind, "clusterIP": "10.0.0.1", **spec},
    }


SELECTOR = {"app": "web"}


def endpoints(*ready: bool) -> FakeLookup:
    return FakeLookup(
        EndpointSlice=[
            {"endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": item}} for item in ready]}
        ]
    )


@pytest.mark.parametrize(
    ("live", "lookup", "waited", "missing"),
    [
        pytest.param(service(), NOTHING, 0, (), id="no-selector"),
        pytest.param(service("ExternalName", selector=SELECTOR), NOTHING, 0, (), id="external-name"),
        pytest.param(service(selector=SELECTOR, clusterIP="None"), NOTHING, 0, (), id="headless"),
        pytest.param(service(selector=SELECTOR), endpoints(True), 0, (), id="endpoint"),
        pytest.param(
            service(selector=SELECTOR),
            endpoints(False),
            1,
            ("the Service selects no ready pod yet",),
            id="not-ready",
        ),
        pytest.param(
            service(selector=SELECTOR), NOTHING, 0.5, ("the Service selects no ready pod yet",), id="none"
        ),
        pytest.param(service(selector=SELECTOR), NOTHING, 1, (), id="none-for-a-while"),
        pytest.param(service(selector=SELECTOR), endpoints(False), 11, (), id="settled-without-a-ready-pod"),
        pytest.param(
            service("LoadBalancer"),
            NOTHING,
            99,
            ("no load balancer has given the Service an address",),
            id="load-balancer",
        ),
        pytest.param(
            {**service("LoadBalancer"), "status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}},
            NOTHING,
            0,
            (),
            id="load-balancer-with-address",
        ),
    ],
)
def test_service(live: dict[str, Any], lookup: FakeLookup, waited: float, missing: tuple[str, ...]) -> None:
    assert services.service(live, lookup, waited=waited).missing == missing


@pytest.mark.parametrize(
    ("status", "mode", "ready"),
    [
        pytest.param({"phase": "Bound"}, "Immediate", True, id="bound"),
        pytest.param({"phase": "Pending"}, "Immediate", False, id="pending"),
        pytest.param({"phase": "Pending"}, "WaitForFirstConsumer", True, id="waits-for-a-pod"),
        pytest.param({"phase": "Lost"}, "WaitForFirstConsumer", False, id="lost"),
        pytest.param({}, "Immediate", False, id="unseen"),
    ],
)
def test_claim(status: dict[str, Any], mode: str, ready: bool) -> None:
    lookup = FakeLookup(StorageClass=[{"metadata": {"name": "fast"}, "volumeBindingMode": mode}])
    assert services.claim({"spec": {"storageClassName": "fast"}, "status": status}, lookup).ready is ready


def test_a_claim_of_an_unknown_class_is_pending() -> None:
    assert not services.claim(
        {"spec": {"storageClassName": "x"}, "status": {"phase": "Pending"}}, NOTHING
    ).ready


def test_ingress_and_quota() -> None:
    assert not services.ingress({}).ready
    assert services.ingress({"status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}}).ready
    assert not services.resource_quota({"spec": {"hard": {"pods": "1"}}}).ready
    assert services.resource_quota({"spec": {"hard": {"pods": "1"}}, "status": {"hard": {"pods": "1"}}}).ready


def manifest(kind: str, **annotations: str) -> dict[str, Any]:
    api_version, _, name = kind.rpartition("/")
    keyed = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return {"apiVersion": api_version, "kind": name, "metadata": {"annotations": keyed}}


@pytest.mark.parametrize(
    ("kind", "annotations", "seconds"),
    [
        ("apps/v1/Deployment", {}, 600),
        ("apps/v1/StatefulSet", {}, 600),
        ("apps/v1/DaemonSet", {}, 600),
        ("batch/v1/Job", {}, 600),
        ("v1/Service", {}, 600),
        ("v1/PersistentVolumeClaim", {}, 300),
        ("networking.k8s.io/v1/Ingress", {}, 600),
        ("v1/ConfigMap", {}, None),
        ("v1/Secret", {}, None),
        ("batch/v1/CronJob", {}, None),
        ("networking.k8s.io/v1/NetworkPolicy", {}, None),
        ("example.com/v1/Widget", {}, None),
        ("example.com/v1/Widget", {"waitFor": "condition=Ready"}, 600),
        ("apps/v1/Deployment", {"skipAwait": "true"}, None),
        ("apps/v1/Deployment", {"skipAwait": "false"}, 600),
        ("example.com/v1/Widget", {"waitFor": "condition=Ready", "skipAwait": "true"}, None),
    ],
)
def test_what_is_waited_for_and_how_long(kind: str, annotations: dict[str, str], seconds: int | None) -> None:
    rule = judge_of(manifest(kind, **annotations))
    assert (rule[1] if rule else None) == seconds


@pytest.mark.parametrize(
    ("custom", "annotations", "wanted"),
    [
        pytest.param(0, {}, 600, id="default"),
        pytest.param(0, {"timeoutSeconds": "5"}, 5, id="annotation"),
        pytest.param(7, {"timeoutSeconds": "5"}, 7, id="custom-timeouts-first"),
        pytest.param(0, {"timeoutSeconds": "soon"}, 600, id="nonsense"),
    ],
)
def test_timeouts(custom: float, annotations: dict[str, str], wanted: float) -> None:
    assert timeout_of(manifest("apps/v1/Deployment", **annotations), custom, 600) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"), [("apps/v1/Deployment", True), ("v1/Namespace", True), ("v1/ConfigMap", False)]
)
def test_deletions_that_are_not_waited_for(kind: str, wanted: bool) -> None:
    assert skips_deletion_await(manifest(kind, skipAwait="true")) is wanted
    assert not skips_deletion_await(manifest(kind))
