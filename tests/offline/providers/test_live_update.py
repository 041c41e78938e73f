"""Diff and Update against a real API server: in place, replacing, conflicting, ignored, gone."""

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from offline.providers.property_values import UNKNOWN
from tests.offline.providers import manifests as m
from tests.offline.providers.provider_process import Cluster, Provider, RefusedError

Kind = provider_pb2.PropertyDiff


def kinds(answer: provider_pb2.DiffResponse) -> dict[str, str]:
    return {path: Kind.Kind.Name(diff.kind) for path, diff in answer.detailedDiff.items()}


def test_no_change_is_no_difference(kubernetes: Provider, namespace: str) -> None:
    program = m.deployment(namespace)
    program["spec"]["template"]["spec"]["containers"][0]["resources"] = {
        "requests": {"cpu": "1000m", "memory": "1024Mi"}
    }
    created = kubernetes.create(m.DEPLOYMENT, program)
    assert created.diff(program).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_an_update_in_place_moves_the_fields_to_the_resources_own_manager(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    created = kubernetes.create(m.SERVICE, m.service(namespace))
    program = m.changed(m.service(namespace), "spec", "ports", 0, "port", to=81)
    assert kinds(created.diff(program)) == {"spec.ports[0].port": "UPDATE"}
    previewed = created.update(program, preview=True)
    assert previewed.outputs["spec"]["ports"][0]["port"] == 81
    live = cluster.get("v1", "Service", created.id)
    assert live is not None
    assert live["spec"]["ports"][0]["port"] == 80
    updated = created.update(program)
    assert updated.outputs["spec"]["ports"][0]["port"] == 81
    assert [
        (entry["manager"], entry["operation"]) for entry in updated.outputs["metadata"]["managedFields"]
    ] == [(created.outputs["__fieldManager"], "Apply")]
    removed = m.service(namespace)
    removed["metadata"]["labels"] = {"other.example.com/label": "x"}
    again = updated.update(removed)
    assert again.outputs["metadata"]["labels"] == {"other.example.com/label": "x"}
    assert again.outputs["metadata"]["uid"] == created.outputs["metadata"]["uid"]


def test_label_keys_are_quoted_in_the_paths_of_the_difference(kubernetes: Provider, namespace: str) -> None:
    created = kubernetes.create(m.SERVICE, m.service(namespace))
    program = m.changed(m.service(namespace), "metadata", "labels", "app.kubernetes.io/name", to="other")
    assert kinds(created.diff(program)) == {'metadata.labels["app.kubernetes.io/name"]': "UPDATE"}


REPLACEMENTS = [
    pytest.param(
        m.CONFIG_MAP,
        m.config_map("", "it"),
        ("data", "a"),
        "2",
        {"data.a": "UPDATE_REPLACE"},
        True,
        id="config-map",
    ),
    pytest.param(
        m.CONFIG_MAP,
        m.config_map(""),
        ("data", "a"),
        "2",
        {"data.a": "UPDATE_REPLACE"},
        False,
        id="autonamed",
    ),
    pytest.param(
        m.SECRET,
        m.secret("", "it", stringData={"a": "1"}),
        ("stringData", "a"),
        "2",
        {"data.a": "UPDATE_REPLACE"},
        True,
        id="secret",
    ),
    pytest.param(
        m.JOB,
        m.job("", "it"),
        ("spec", "template", "spec", "containers", 0, "image"),
        "example.com/web:2",
        {"spec.template.spec.containers[0].image": "UPDATE_REPLACE"},
        True,
        id="job",
    ),
    pytest.param(
        m.JOB,
        m.job("", "it"),
        ("metadata", "name"),
        "another",
        {"metadata.name": "UPDATE_REPLACE"},
        False,
        id="job-renamed",
    ),
    pytest.param(
        m.STATEFUL_SET,
        m.stateful_set(""),
        ("spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"),
        "2Gi",
        {"spec.volumeClaimTemplates[0].spec.resources.requests.storage": "UPDATE_REPLACE"},
        True,
        id="volume-claim-template",
    ),
    pytest.param(
        m.CLAIM,
        m.claim(""),
        ("spec", "accessModes", 0),
        "ReadWriteMany",
        {"spec.accessModes[0]": "UPDATE_REPLACE"},
        True,
        id="claim",
    ),
    pytest.param(
        m.SERVICE,
        m.service("", clusterIP="None"),
        ("spec", "clusterIP"),
        "10.250.0.9",
        {"spec.clusterIP": "UPDATE_REPLACE"},
        True,
        id="cluster-ip",
    ),
    pytest.param(
        m.SERVICE,
        m.service(""),
        ("metadata", "name"),
        UNKNOWN,
        {"metadata.name": "UPDATE_REPLACE"},
        False,
        id="unknown",
    ),
]


@pytest.mark.parametrize(("token", "program", "path", "value", "wanted", "delete_first"), REPLACEMENTS)
def test_a_replacement_is_foreseen(
    kubernetes: Provider,
    namespace: str,
    token: str,
    program: dict[str, Any],
    path: tuple[str | int, ...],
    value: Any,
    wanted: dict[str, str],
    delete_first: bool,
) -> None:
    program = m.changed(program, "metadata", "namespace", to=namespace)
    program["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    created = kubernetes.create(token, program)
    answer = created.diff(m.changed(program, *path, to=value))
    assert kinds(answer) == wanted
    assert list(answer.replaces) == list(wanted)
    assert answer.deleteBeforeReplace is delete_first


def test_a_service_keeps_the_address_that_the_cluster_gave_it(kubernetes: Provider, namespace: str) -> None:
    created = kubernetes.create(m.SERVICE, m.service(namespace))
    assert created.outputs["spec"]["clusterIP"]
    assert not created.diff(m.service(namespace)).detailedDiff


def test_a_claim_grows_in_place_and_keeps_its_volume(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    created = kubernetes.create(m.CLAIM, m.claim(namespace), timeout=30)
    assert created.outputs["status"]["phase"] == "Bound"
    grown = m.claim(namespace, storage="2Gi")
    assert kinds(created.diff(grown)) == {"spec.resources.requests.storage": "UPDATE"}
    updated = created.update(grown)
    assert updated.outputs["spec"]["resources"]["requests"] == {"storage": "2Gi"}
    for path in (("metadata", "uid"), ("spec", "volumeName")):
        assert updated.outputs[path[0]][path[1]] == created.outputs[path[0]][path[1]]
    assert not updated.diff(grown).detailedDiff
    with pytest.raises(RefusedError, match="can not be less than"):
        updated.update(m.claim(namespace, storage="512Mi"))
    updated.delete()
    assert cluster.get("v1", "PersistentVolumeClaim", updated.id) is None


def scaled(namespace: str, replicas: int) -> dict[str, Any]:
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"replicas": replicas},
    }


def scale(cluster: Cluster, namespace: str, replicas: int) -> None:
    """What `kubectl scale` does."""
    cluster.api.request(
        "PATCH",
        f"/apis/apps/v1/namespaces/{namespace}/deployments/web/scale",
        {"spec": {"replicas": replicas}},
        content_type="application/merge-patch+json",
        fieldManager="kubectl",
    )


def test_drift_is_seen_after_a_refresh_only_and_in_owned_fields_only(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    program = m.deployment(namespace)
    created = kubernetes.create(m.DEPLOYMENT, program)
    scale(cluster, namespace, 2)
    cluster.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": namespace, "labels": {"foreign": "label"}},
        },
        manager="somebody",
    )
    assert not created.diff(program).detailedDiff
    refreshed = created.refreshed()
    assert refreshed is not None
    assert refreshed.inputs["spec"]["replicas"] == 2
    assert kinds(refreshed.diff(program)) == {"spec.replicas": "UPDATE"}


def test_a_conflict_is_an_error_that_names_the_way_out_and_force_takes_over(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    program = m.deployment(namespace)
    created = kubernetes.create(m.DEPLOYMENT, program)
    owned = created.update(m.changed(program, "spec", "minReadySeconds", to=1))
    scale(cluster, namespace, 2)
    wanted = m.changed(program, "spec", "replicas", to=3)
    for preview in (True, False):
        with pytest.raises(RefusedError, match=r"ignore_changes.*patchForce(.|\n)*replicas") as refused:
            owned.update(wanted, preview=preview)
        assert refused.value.partial is not None
        assert refused.value.partial.id == created.id
    wanted["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    assert owned.update(wanted).outputs["spec"]["replicas"] == 3


def test_ignored_changes_leave_a_field_to_its_owner(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    program = m.deployment(namespace)
    created = kubernetes.create(m.DEPLOYMENT, program)
    scale(cluster, namespace, 2)
    ignore = ("spec.replicas",)
    refreshed = created.refreshed()
    assert refreshed is not None
    assert not refreshed.diff(program, ignore).detailedDiff
    updated = refreshed.update(m.changed(program, "spec", "minReadySeconds", to=1), ignore=ignore)
    assert updated.outputs["spec"]["replicas"] == 2
    owners = {
        entry["manager"]
        for entry in updated.outputs["metadata"]["managedFields"]
        if "f:replicas" in entry["fieldsV1"].get("f:spec", {})
    }
    assert owners == {"kubectl"}


def test_a_vanished_object_says_that_a_refresh_is_due(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    created = kubernetes.create(m.CONFIG_MAP, m.config_map(namespace, "settings"))
    cluster.delete("v1", "ConfigMap", namespace, "settings")
    labelled = m.changed(m.config_map(namespace, "settings"), "metadata", "labels", to={"a": "b"})
    with pytest.raises(RefusedError, match=r"not found; .*refresh") as refused:
        created.update(labelled)
    assert refused.value.partial is None


def test_a_refused_update_keeps_the_old_object_in_the_state(kubernetes: Provider, namespace: str) -> None:
    created = kubernetes.create(m.SERVICE, m.service(namespace))
    with pytest.raises(RefusedError, match=r"must be between 1 and 65535") as refused:
        created.update(m.changed(m.service(namespace), "spec", "ports", 0, "port", to=70000))
    assert refused.value.partial is not None
    stored = m.service(namespace)
    created.outputs = kubernetes_outputs(refused.value)
    assert not created.diff(stored).detailedDiff


def kubernetes_outputs(refused: RefusedError) -> dict[str, Any]:
    from offline.providers.property_values import decode

    assert refused.partial is not None
    return decode(refused.partial.properties)


def test_a_preview_with_unknown_values_echoes_them(kubernetes: Provider, namespace: str) -> None:
    created = kubernetes.create(m.SERVICE, m.service(namespace))
    program = m.changed(m.service(namespace), "metadata", "labels", to={"a": UNKNOWN})
    previewed = created.update(program, preview=True)
    assert previewed.outputs["metadata"]["labels"] == {"a": UNKNOWN}


def test_mutable_config_maps_are_updated(elsewhere: Provider, cluster: Cluster, namespace: str) -> None:
    elsewhere.configure(
        kubeconfig=str(cluster.kubeconfig), context=cluster.context, enableConfigMapMutable="true"
    )
    created = elsewhere.create(m.CONFIG_MAP, m.config_map(namespace, "settings"))
    program = m.config_map(namespace, "settings", a="2")
    assert kinds(created.diff(program)) == {"data.a": "UPDATE"}
    assert created.update(program).outputs["data"] == {"a": "2"}
