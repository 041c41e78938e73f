"""Create against a real API server: ids, outputs, secrets, names, previews."""

import base64
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from offline.providers.property_values import UNKNOWN, Secret, without_secrets
from tests.offline.providers import manifests as m
from tests.offline.providers.provider_process import Cluster, Provider, RefusedError

Autonaming = provider_pb2.CheckRequest.AutonamingOptions


def test_outputs_are_the_live_object_and_what_the_provider_remembers(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    created = kubernetes.create(m.CONFIG_MAP, m.config_map(namespace, "settings", a="1"))
    assert created.id == f"{namespace}/settings"
    live = cluster.get("v1", "ConfigMap", created.id)
    assert live is not None
    remembered = {
        key: created.outputs.pop(key) for key in ("__inputs", "__initialApiVersion", "__fieldManager")
    }
    assert created.outputs == live
    assert remembered["__inputs"] == created.inputs
    assert remembered["__initialApiVersion"] == "v1"
    assert remembered["__fieldManager"].startswith("pulumi-kubernetes-")
    assert [(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]] == [
        ("pulumi-kubernetes", "Update")
    ]


def test_a_cluster_scoped_object_has_its_name_as_id(kubernetes: Provider, cluster: Cluster) -> None:
    name = cluster.unique("priority")
    created = kubernetes.create(
        "scheduling.k8s.io/v1:PriorityClass",
        {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name},
            "value": 5,
        },
    )
    assert created.id == name
    assert created.outputs["value"] == 5
    assert isinstance(created.outputs["value"], int)
    created.delete()


def test_a_missing_name_is_chosen_and_a_missing_namespace_is_the_contexts(kubernetes: Provider) -> None:
    inputs = kubernetes.check(
        kubernetes.urn(m.CONFIG_MAP, "settings"), {"apiVersion": "v1", "kind": "ConfigMap"}
    )
    name = inputs["metadata"]["name"]
    prefix, _, digits = name.rpartition("-")
    assert (prefix, len(digits)) == ("settings", 8)
    assert int(digits, 16) >= 0
    assert inputs["metadata"]["namespace"] == "default"
    assert inputs["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    kept = kubernetes.check(
        kubernetes.urn(m.CONFIG_MAP, "settings"), {"apiVersion": "v1", "kind": "ConfigMap"}, old=inputs
    )
    assert kept == inputs


@pytest.mark.parametrize(
    ("options", "name"),
    [
        pytest.param(Autonaming(proposed_name="chosen", mode=Autonaming.PROPOSE), "chosen", id="proposed"),
        pytest.param(Autonaming(proposed_name="exactly", mode=Autonaming.ENFORCE), "exactly", id="enforced"),
    ],
)
def test_the_engines_autonaming(kubernetes: Provider, options: Autonaming, name: str) -> None:
    program = {"apiVersion": "v1", "kind": "ConfigMap"}
    inputs = kubernetes.check(kubernetes.urn(m.CONFIG_MAP), program, autonaming=options)
    assert inputs["metadata"]["name"] == name


def test_disabled_autonaming_asks_for_a_name(kubernetes: Provider) -> None:
    with pytest.raises(RefusedError, match=r"metadata\.name"):
        kubernetes.check(
            kubernetes.urn(m.CONFIG_MAP),
            {"apiVersion": "v1", "kind": "ConfigMap"},
            autonaming=Autonaming(mode=Autonaming.DISABLE),
        )


def test_a_generated_name_is_refused(kubernetes: Provider) -> None:
    program = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-", "name": "b"}}
    with pytest.raises(RefusedError, match="generateName"):
        kubernetes.check(kubernetes.urn(m.CONFIG_MAP), program)


def test_an_unknown_name_is_left_unknown(kubernetes: Provider) -> None:
    program = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": UNKNOWN, "namespace": UNKNOWN}}
    inputs = kubernetes.check(kubernetes.urn(m.CONFIG_MAP), program)
    assert inputs["metadata"] == {"name": UNKNOWN, "namespace": UNKNOWN}


def test_string_data_becomes_secret_data(kubernetes: Provider, namespace: str) -> None:
    program = m.secret(namespace, "credentials", stringData={"password": "p4ssw0rd"})
    created = kubernetes.create(m.SECRET, program)
    data = {"password": base64.b64encode(b"p4ssw0rd").decode()}
    assert created.inputs["data"] == Secret(data)
    assert "stringData" not in created.inputs
    assert created.outputs["data"] == Secret(data)
    assert created.outputs["__inputs"]["data"] == Secret(data)


def test_a_secret_in_a_list_makes_the_list_secret(kubernetes: Provider, namespace: str) -> None:
    program = m.deployment(namespace, replicas=0)
    program["spec"]["template"]["spec"]["containers"][0]["args"] = ["--token", Secret("t0ken-value")]
    created = kubernetes.create(m.DEPLOYMENT, program)
    for side in (created.inputs, created.outputs, created.outputs["__inputs"]):
        assert isinstance(side["spec"]["template"]["spec"]["containers"], Secret)
    live = without_secrets(created.outputs)
    assert live["spec"]["template"]["spec"]["containers"][0]["args"] == ["--token", "t0ken-value"]
    port = live["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"]
    assert (port, type(port)) == (8080, int)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
def test_an_invalid_object_is_refused_by_the_api_server(
    kubernetes: Provider, cluster: Cluster, namespace: str, preview: bool
) -> None:
    program = m.changed(
        m.deployment(namespace, "bad"), "spec", "selector", "matchLabels", to={"app": "other"}
    )
    with pytest.raises(RefusedError, match=r"`selector` does not match template `labels`"):
        kubernetes.create(m.DEPLOYMENT, program, preview=preview)
    assert cluster.get("apps/v1", "Deployment", f"{namespace}/bad") is None


def test_a_refusal_shows_no_secret(kubernetes: Provider, namespace: str) -> None:
    program = m.deployment(namespace, "bad")
    container = program["spec"]["template"]["spec"]["containers"][0]
    container |= {"imagePullPolicy": Secret("Hunter2-Policy"), "terminationMessagePolicy": "Open-Policy"}
    with pytest.raises(RefusedError) as refused:
        kubernetes.create(m.DEPLOYMENT, program, preview=True)
    assert "Hunter2-Policy" not in refused.value.text
    assert '"[secret]"' in refused.value.text
    assert '"Open-Policy"' in refused.value.text


def test_a_preview_shows_what_the_server_would_make_and_creates_nothing(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    previewed = kubernetes.create(m.SERVICE, m.service(namespace), preview=True)
    assert previewed.id == ""
    assert previewed.outputs["spec"]["type"] == "ClusterIP"
    assert "status" not in previewed.outputs
    assert cluster.get("v1", "Service", f"{namespace}/web") is None


def inputs_with(namespace: str, **fields: Any) -> dict[str, Any]:
    return {**m.config_map(namespace, "settings"), **fields}


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(inputs_with("default", data={"a": UNKNOWN}), id="unknown-value"),
        pytest.param(inputs_with("not-there-yet"), id="namespace-of-the-same-update"),
    ],
)
def test_a_preview_echoes_what_cannot_be_tried_yet(kubernetes: Provider, program: dict[str, Any]) -> None:
    previewed = kubernetes.create(m.CONFIG_MAP, program, preview=True)
    assert previewed.outputs == previewed.inputs


def test_a_preview_echoes_a_kind_that_comes_with_the_same_update(kubernetes: Provider) -> None:
    program = {"apiVersion": "later.example.com/v1", "kind": "Gadget", "metadata": {"name": "g"}}
    previewed = kubernetes.create("later.example.com/v1:Gadget", program, preview=True)
    assert previewed.outputs == previewed.inputs
    assert previewed.inputs["metadata"]["namespace"] == "default"


def test_an_object_that_exists_is_an_error_in_the_update_only(kubernetes: Provider, namespace: str) -> None:
    program = m.config_map(namespace, "settings")
    kubernetes.create(m.CONFIG_MAP, program)
    assert kubernetes.create(m.CONFIG_MAP, program, preview=True).outputs["data"] == {"a": "1"}
    with pytest.raises(RefusedError, match='configmaps "settings" already exists') as refused:
        kubernetes.create(m.CONFIG_MAP, program)
    assert refused.value.partial is None


def test_two_resources_of_one_seed_do_not_share_an_object(kubernetes: Provider, namespace: str) -> None:
    program = m.config_map(namespace)
    kubernetes.create(m.CONFIG_MAP, program)
    with pytest.raises(RefusedError, match="already exists"):
        kubernetes.create(m.CONFIG_MAP, program)


def test_an_unsupported_kind_is_refused_by_name(kubernetes: Provider) -> None:
    with pytest.raises(
        RefusedError, match=r"kubernetes:apps/v1:ReplicaSet is not among the types .*Deployment"
    ):
        kubernetes.check(kubernetes.urn("apps/v1:ReplicaSet"), {})


def test_empty_maps_and_lists_are_no_difference_afterwards(kubernetes: Provider, namespace: str) -> None:
    program = m.deployment(namespace, replicas=0, volumes=[{"name": "t", "emptyDir": {}}], tolerations=[])
    program["metadata"]["annotations"] = {}
    created = kubernetes.create(m.DEPLOYMENT, program)
    assert not created.diff(program).detailedDiff
    refreshed = created.refreshed()
    assert refreshed is not None
    assert not refreshed.diff(program).detailedDiff
