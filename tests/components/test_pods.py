"""Every pod: accepted by Pod Security `restricted`, asked whether it is well, bounded, and stopped in time."""

from typing import Any

import pytest

from roadmap.topology import Topology
from tests.components.conftest import containers
from tests.components.program import Program, run

CLAIMS = {"data"}
"""Volumes of a StatefulSet that are claims."""


def test_every_pod_is_restricted(any_program: Program) -> None:
    assert len(any_program.with_pods) >= 8
    for resource in any_program.with_pods:
        assert resource.pod_template is not None
        spec = resource.pod_template["spec"]
        assert spec["automountServiceAccountToken"] is False, resource.id
        assert spec["securityContext"]["runAsNonRoot"] is True, resource.id
        assert spec["securityContext"]["runAsUser"] > 0, resource.id
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, resource.id
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, resource.id
            bounded = {v["name"]: v["emptyDir"]["sizeLimit"] for v in spec["volumes"] if "emptyDir" in v}
            written = {mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
            assert written <= bounded.keys() | CLAIMS, resource.id


def test_the_brokers_own_pods_are_restricted_by_override(program: Program) -> None:
    (broker,) = program.of("RabbitmqCluster")
    pod = broker.spec["override"]["statefulSet"]["spec"]["template"]["spec"]
    container = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["containers"] == [{"name": "rabbitmq", "securityContext": container}]
    assert pod["initContainers"] == [{"name": "setup-container", "securityContext": container}]


def test_namespaces_enforce_restricted(any_program: Program) -> None:
    for namespace in any_program.of("Namespace"):
        labels = namespace.metadata["labels"]
        for mode in ("enforce", "audit", "warn"):
            assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted", namespace.id


def test_every_container_is_bounded_in_memory_and_none_in_cpu(any_program: Program) -> None:
    for resource in any_program.with_pods:
        for container in containers(resource):
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}, resource.id
            assert set(container["resources"]["limits"]) == {"memory"}, resource.id


def test_everything_that_runs_is_probed(any_program: Program) -> None:
    for resource in (*any_program.of("Deployment"), *any_program.of("StatefulSet")):
        for container in containers(resource):
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                assert {"httpGet", "exec"} & set(container[probe]), f"{resource.id} {probe}"
            assert (
                container["startupProbe"]["failureThreshold"] > container["livenessProbe"]["failureThreshold"]
            ), resource.id


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        pytest.param(
            "program", {"api": 2, "worker": 2, "beat": 2, "redis": 2, "migration": 2}, id="embedded"
        ),
        pytest.param(
            "production",
            {"api": 30, "worker": 300, "beat": 30, "redis": 60, "migration": 30},
            id="production",
        ),
    ],
)
def test_pods_get_time_to_stop(
    environment: str, seconds: dict[str, int], request: pytest.FixtureRequest
) -> None:
    program: Program = request.getfixturevalue(environment)
    found: dict[str, Any] = {}
    for resource in program.with_pods:
        assert resource.pod_template is not None
        component = resource.pod_template["metadata"]["labels"]["app.kubernetes.io/component"]
        found[component] = resource.pod_template["spec"]["terminationGracePeriodSeconds"]
    assert {component: found[component] for component in seconds} == seconds


def test_an_api_pod_drains_before_it_stops(production: Program, program: Program) -> None:
    (api,) = containers(production.one("Deployment", "monolith-api"))
    assert api["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    (embedded,) = containers(program.one("Deployment", "monolith-api"))
    assert "lifecycle" not in embedded


def test_deployments_with_an_autoscaler_leave_replicas_alone(program: Program, topology: Topology) -> None:
    scaled = {found.spec["scaleTargetRef"]["name"] for found in program.of("HorizontalPodAutoscaler")}
    fixed = {found.object_name: found.spec.get("replicas") for found in program.of("Deployment")}
    assert scaled == {"monolith-api", "monolith-worker", "notifications-consumer"}
    assert fixed == {
        "monolith-api": None,
        "monolith-worker": None,
        "notifications-consumer": None,
        "monolith-beat": 1,
    }
    bounds = {workload.name: workload.scaling for workload in topology.services[0].workloads}
    for scaler in program.of("HorizontalPodAutoscaler"):
        scaling = bounds[scaler.object_name]
        assert (scaler.spec["minReplicas"], scaler.spec["maxReplicas"]) == (scaling.minimum, scaling.maximum)


def test_whatever_always_has_two_pods_has_a_disruption_budget(program: Program) -> None:
    budgets = {found.object_name: found.spec for found in program.of("PodDisruptionBudget")}
    assert set(budgets) == {"monolith-api", "monolith-worker"}
    for name, spec in budgets.items():
        deployment = program.one("Deployment", name)
        assert spec["selector"] == deployment.spec["selector"]
        assert spec["maxUnavailable"] == 1


def test_a_broker_of_three_loses_one_node_at_a_time(topology: Topology, program: Program) -> None:
    three = topology.model_copy(update={"broker": topology.broker.model_copy(update={"instances": 3})})
    budget = run(three).one("PodDisruptionBudget", "events")
    assert budget.namespace == "year1-broker"
    assert budget.spec == {
        "maxUnavailable": 1,
        "selector": {
            "matchLabels": {
                "app.kubernetes.io/name": "events",
                "app.kubernetes.io/component": "rabbitmq",
            }
        },
    }
    assert "events" not in {found.object_name for found in program.of("PodDisruptionBudget")}


def test_beat_never_runs_twice(program: Program) -> None:
    beat = program.one("Deployment", "monolith-beat")
    assert beat.spec["strategy"] == {"type": "Recreate"}
    assert beat.spec["replicas"] == 1


def test_pods_of_one_workload_are_spread(program: Program) -> None:
    for deployment in program.of("Deployment"):
        constraints = deployment.spec["template"]["spec"].get("topologySpreadConstraints", [])
        keys = [found["topologyKey"] for found in constraints]
        expected = (
            []
            if deployment.object_name == "monolith-beat"
            else ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        )
        assert keys == expected, deployment.id
        for found in constraints:
            assert found["labelSelector"] == deployment.spec["selector"], deployment.id


def test_selectors_select_their_own_pods_and_no_others(program: Program) -> None:
    pods = {
        resource.id: resource.pod_template["metadata"]["labels"]
        for resource in program.with_pods
        if resource.pod_template is not None
    }
    for resource in (*program.of("Deployment"), *program.of("StatefulSet")):
        wanted = resource.spec["selector"]["matchLabels"]
        matching = [found for found, labels in pods.items() if wanted.items() <= labels.items()]
        assert matching == [resource.id]


def test_only_the_one_workload_that_signs_gets_the_key(program: Program) -> None:
    holders = [
        resource.object_name
        for resource in program.with_pods
        if "monolith-signing-key" in str(resource.pod_template)
    ]
    assert holders == ["monolith-api"]
    (api,) = containers(program.one("Deployment", "monolith-api"))
    variables = {entry["name"]: entry.get("value") for entry in api["env"]}
    assert variables["JWT_SIGNING_KEY_FILE"] == "/var/run/signing-key/private.pem"
    assert variables["JWT_JWKS_PATH"] == "/.well-known/jwks.json"
    assert {"name": "signing-key", "mountPath": "/var/run/signing-key", "readOnly": True} in api[
        "volumeMounts"
    ]
