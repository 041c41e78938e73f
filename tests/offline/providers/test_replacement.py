"""Which changes replace an object, kind by kind."""

from typing import Any

import pytest

from offline.providers.kubernetes.configuration import Configuration
from offline.providers.kubernetes.property_paths import read_path
from offline.providers.kubernetes.replacement import replaces, replacing_fields

DEFAULT = Configuration()
MUTABLE = Configuration(config_map_mutable=True, secret_mutable=True)


def manifest(kind: str, **fields: Any) -> dict[str, Any]:
    api_version, _, name = kind.rpartition("/")
    return {"apiVersion": api_version, "kind": name, **fields}


@pytest.mark.parametrize(
    ("kind", "path", "value", "wanted"),
    [
        ("v1/Namespace", "metadata.name", "b", True),
        ("v1/Service", "metadata.namespace", "b", True),
        ("v1/Service", "metadata.labels.a", "b", False),
        ("v1/Service", "spec.clusterIP", "10.0.0.1", True),
        ("v1/Service", "spec.ports[0].port", 81, False),
        ("apps/v1/Deployment", "spec.selector.matchLabels.app", "b", True),
        ("apps/v1/Deployment", "spec.selector", None, True),
        ("apps/v1/Deployment", "spec.replicas", 2, False),
        ("apps/v1/Deployment", "spec.template.spec.containers[0].image", "b", False),
        ("apps/v1/DaemonSet", "spec.selector.matchLabels.app", "b", True),
        ("apps/v1/StatefulSet", "spec.volumeClaimTemplates[0].spec.resources.requests.storage", "2Gi", True),
        ("apps/v1/StatefulSet", "spec.serviceName", "b", True),
        ("apps/v1/StatefulSet", "spec.podManagementPolicy", "Parallel", True),
        ("apps/v1/StatefulSet", "spec.replicas", 3, False),
        ("batch/v1/Job", "spec.template.spec.containers[0].image", "b", True),
        ("batch/v1/Job", "spec.completions", 2, True),
        ("batch/v1/Job", "spec.ttlSecondsAfterFinished", 2, False),
        ("batch/v1/CronJob", "spec.jobTemplate", {}, False),
        ("v1/ConfigMap", "data.a", "b", True),
        ("v1/ConfigMap", "binaryData.a", "b", True),
        ("v1/ConfigMap", "immutable", True, False),
        ("v1/Secret", "data.a", "b", True),
        ("v1/Secret", "type", "b", True),
        ("v1/PersistentVolumeClaim", "spec.storageClassName", "b", True),
        ("v1/PersistentVolumeClaim", "spec.accessModes[0]", "b", True),
        ("v1/PersistentVolumeClaim", "spec.resources.requests.storage", "2Gi", False),
        ("v1/Pod", "spec.containers[1].image", "b", True),
        ("v1/Pod", "spec.volumes[0].name", "b", True),
        ("v1/Pod", "spec.activeDeadlineSeconds", 1, False),
        ("v1/ResourceQuota", "spec.scopes[0]", "b", True),
        ("v1/ResourceQuota", "spec.hard.pods", "2", False),
        ("rbac.authorization.k8s.io/v1/RoleBinding", "roleRef.name", "b", True),
        ("rbac.authorization.k8s.io/v1/RoleBinding", "subjects[0].name", "b", False),
        ("rbac.authorization.k8s.io/v1/Role", "rules[0].verbs[0]", "get", False),
        ("storage.k8s.io/v1/StorageClass", "provisioner", "b", True),
        ("policy/v1/PodDisruptionBudget", "spec.minAvailable", 1, False),
        ("example.com/v1/Widget", "spec.size", 1, False),
        ("example.com/v1/Widget", "metadata.name", "b", True),
    ],
)
def test_default_habits(kind: str, path: str, value: Any, wanted: bool) -> None:
    assert replaces(read_path(path), value, replacing_fields(manifest(kind), DEFAULT)) is wanted


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        pytest.param("spec", {"selector": {}}, True, id="holds-the-field"),
        pytest.param("spec", {"replicas": 1}, False, id="does-not-hold-it"),
        pytest.param("spec", None, False, id="deleted-as-a-whole"),
    ],
)
def test_a_change_above_the_field(path: str, value: Any, wanted: bool) -> None:
    assert (
        replaces(read_path(path), value, replacing_fields(manifest("apps/v1/Deployment"), DEFAULT)) is wanted
    )


@pytest.mark.parametrize(
    ("kind", "fields", "wanted"),
    [
        pytest.param("v1/ConfigMap", {}, False, id="config-map"),
        pytest.param("v1/Secret", {}, False, id="secret"),
        pytest.param("v1/ConfigMap", {"immutable": True}, True, id="immutable-config-map"),
        pytest.param("v1/Secret", {"immutable": True}, True, id="immutable-secret"),
    ],
)
def test_mutable_data(kind: str, fields: dict[str, Any], wanted: bool) -> None:
    assert replaces(("data", "a"), "b", replacing_fields(manifest(kind, **fields), MUTABLE)) is wanted
