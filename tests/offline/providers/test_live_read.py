"""Refresh, import and `.get()` against a real API server."""

from offline.providers.property_values import Secret
from tests.offline.providers import manifests as m
from tests.offline.providers.provider_process import Cluster, Provider


def test_a_gone_object_reads_as_gone(kubernetes: Provider, namespace: str) -> None:
    assert kubernetes.read(kubernetes.urn(m.CONFIG_MAP), f"{namespace}/none") is None


def test_a_custom_resource_without_its_definition_reads_as_gone(kubernetes: Provider) -> None:
    assert kubernetes.read(kubernetes.urn("later.example.com/v1:Gadget"), "default/g") is None


def test_an_import_takes_its_inputs_from_the_live_object(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    cluster.create(m.deployment(namespace, replicas=0))
    imported = kubernetes.read(kubernetes.urn(m.DEPLOYMENT), f"{namespace}/web")
    assert imported is not None
    assert imported.id == f"{namespace}/web"
    assert imported.inputs["spec"]["progressDeadlineSeconds"] == 600
    assert "status" not in imported.inputs
    assert set(imported.inputs["metadata"]) == {"name", "namespace", "labels"}
    assert imported.outputs["__inputs"] == imported.inputs
    assert not imported.diff(imported.inputs).detailedDiff
    program = m.deployment(namespace, replicas=0)
    assert not [change for change in imported.diff(program).detailedDiff.values() if "REPLACE" in str(change)]


def test_an_imported_secret_is_secret(kubernetes: Provider, cluster: Cluster, namespace: str) -> None:
    cluster.create(m.secret(namespace, "credentials", data={"a": "eA=="}))
    imported = kubernetes.read(kubernetes.urn(m.SECRET), f"{namespace}/credentials")
    assert imported is not None
    assert imported.inputs["data"] == imported.outputs["data"] == Secret({"a": "eA=="})


def test_an_import_of_an_autonamed_object_can_be_updated(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    cluster.create(m.service(namespace))
    imported = kubernetes.read(kubernetes.urn(m.SERVICE), f"{namespace}/web")
    assert imported is not None
    program = m.changed(imported.inputs, "metadata", "labels", to={"a": "b"})
    updated = imported.update(
        m.changed(program, "metadata", "annotations", to={"pulumi.com/patchForce": "true"})
    )
    assert updated.outputs["metadata"]["labels"]["a"] == "b"
    assert updated.outputs["spec"]["clusterIP"] == imported.outputs["spec"]["clusterIP"]


def test_a_refresh_keeps_ids_names_and_secrets(kubernetes: Provider, namespace: str) -> None:
    created = kubernetes.create(m.SECRET, m.secret(namespace, stringData={"a": "x"}), name="credentials")
    refreshed = created.refreshed()
    assert refreshed is not None
    assert refreshed.id == created.id
    assert refreshed.inputs == created.inputs
    assert refreshed.outputs == created.outputs
