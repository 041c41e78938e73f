"""Awaits, deletions and their timeouts against a real control plane."""

import threading
import time
from typing import Any

import pytest

from offline.providers.property_values import decode
from tests.offline.providers import manifests as m
from tests.offline.providers.provider_process import Cluster, Provider, RefusedError


@pytest.mark.parametrize(
    ("token", "program"),
    [
        pytest.param(m.DEPLOYMENT, m.deployment("", replicas=2), id="deployment"),
        pytest.param(m.STATEFUL_SET, m.stateful_set(""), id="stateful-set-with-claims"),
        pytest.param(m.CLAIM, m.claim(""), id="claim"),
        pytest.param(m.JOB, m.job("", "once"), id="job"),
        pytest.param(m.SERVICE, m.service("", type="LoadBalancer"), id="load-balancer"),
    ],
)
def test_it_returns_when_the_object_is_ready(
    kubernetes: Provider, namespace: str, token: str, program: dict[str, Any]
) -> None:
    program = m.changed(program, "metadata", "namespace", to=namespace)
    created = kubernetes.create(token, program, timeout=30)
    assert "status" in created.outputs
    assert not created.diff(program).detailedDiff


def test_a_custom_resource_is_awaited_when_told_so(kubernetes: Provider, namespace: str) -> None:
    program = m.gateway(namespace, waitFor="condition=Programmed")
    created = kubernetes.create(m.GATEWAY, program, timeout=30)
    assert {"Programmed": "True"}.items() <= {
        item["type"]: item["status"] for item in created.outputs["status"]["conditions"]
    }.items()


def test_a_wait_that_is_not_understood_leaves_the_object_in_the_state(
    kubernetes: Provider, namespace: str
) -> None:
    with pytest.raises(RefusedError, match=r"pulumi\.com/waitFor: expected") as refused:
        kubernetes.create(m.GATEWAY, m.gateway(namespace, waitFor="Programmed"))
    assert refused.value.partial is not None
    assert refused.value.partial.id == f"{namespace}/edge"


HOPELESS = [
    pytest.param(
        m.deployment("", nodeSelector={"disk": "none-has-this"}),
        ["0 of 1 replicas available", "[Unschedulable]", "didn't match Pod's node affinity/selector"],
        id="unschedulable",
    ),
    pytest.param(
        m.deployment("", serviceAccountName="missing"),
        ["0 of 1 replicas updated", 'serviceaccount "missing" not found'],
        id="service-account",
    ),
]


@pytest.mark.parametrize(("program", "reasons"), HOPELESS)
def test_a_timeout_names_the_cause_and_keeps_the_object(
    kubernetes: Provider, namespace: str, program: dict[str, Any], reasons: list[str]
) -> None:
    program = m.changed(program, "metadata", to=m.metadata(namespace, "web", timeoutSeconds="2"))
    with pytest.raises(RefusedError, match="is not ready after 2 seconds") as refused:
        kubernetes.create(m.DEPLOYMENT, program)
    partial = refused.value.partial
    assert partial is not None
    assert partial.id == f"{namespace}/web"
    assert decode(partial.properties)["metadata"]["uid"]
    for reason in reasons:
        assert any(reason in line for line in partial.reasons), partial.reasons
        assert reason in refused.value.text


def test_a_pod_security_violation_is_named(kubernetes: Provider, cluster: Cluster) -> None:
    name = cluster.unique("restricted")
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    with pytest.raises(RefusedError, match='violates PodSecurity "restricted:latest"'):
        kubernetes.create(m.DEPLOYMENT, m.deployment(name), timeout=1)
    cluster.delete("v1", "Namespace", "", name)


def test_what_is_not_ready_at_a_refresh_is_kept_with_the_reasons(
    kubernetes: Provider, namespace: str
) -> None:
    program = m.deployment(namespace, nodeSelector={"disk": "none-has-this"})
    program["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    created = kubernetes.create(m.DEPLOYMENT, program)
    created.inputs["metadata"].pop("annotations")
    with pytest.raises(RefusedError, match="is not ready") as refused:
        kubernetes.read(created.urn, created.id, created.outputs, created.inputs)
    assert refused.value.partial is not None
    assert decode(refused.value.partial.inputs)["spec"]["replicas"] == 1


@pytest.mark.parametrize("propagation", ["", "background", "orphan"], ids=lambda text: text or "foreground")
def test_a_deletion_waits_until_the_object_is_gone(
    kubernetes: Provider, cluster: Cluster, namespace: str, propagation: str
) -> None:
    program = m.deployment(namespace)
    if propagation:
        program["metadata"]["annotations"] = {"pulumi.com/deletionPropagationPolicy": propagation}
    created = kubernetes.create(m.DEPLOYMENT, program)
    created.delete()
    assert cluster.get("apps/v1", "Deployment", created.id) is None
    sets = cluster.api.list(type_of("apps/v1", "ReplicaSet"), namespace)
    if propagation != "background":
        assert bool(sets) is (propagation == "orphan")
    created.delete()


def type_of(api_version: str, kind: str) -> Any:
    from offline.providers.kubernetes.kinds import ObjectType

    return ObjectType(api_version, kind)


def test_a_deletion_that_hangs_names_what_holds_it(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    program = m.config_map(namespace, "held")
    program["metadata"]["finalizers"] = ["example.com/keep"]
    created = kubernetes.create(m.CONFIG_MAP, program)
    with pytest.raises(
        RefusedError, match=r"still exists after 1 seconds(.|\n)*example\.com/keep"
    ) as refused:
        created.delete(timeout=1)
    assert refused.value.partial is not None
    cluster.api.request(
        "PATCH",
        f"/api/v1/namespaces/{namespace}/configmaps/held",
        {"metadata": {"finalizers": None}},
        content_type="application/merge-patch+json",
    )


def test_another_object_of_the_same_name_is_not_deleted_unseen(
    kubernetes: Provider, cluster: Cluster, namespace: str
) -> None:
    created = kubernetes.create(m.CONFIG_MAP, m.config_map(namespace, "settings"))
    cluster.delete("v1", "ConfigMap", namespace, "settings")
    assert created.refreshed() is None


def test_cancel_ends_every_wait_at_once(elsewhere: Provider, cluster: Cluster, namespace: str) -> None:
    elsewhere.configure(kubeconfig=str(cluster.kubeconfig), context=cluster.context)
    threading.Timer(0.7, elsewhere.cancel).start()
    started = time.monotonic()
    with pytest.raises(RefusedError, match="cancelled") as refused:
        elsewhere.create(m.DEPLOYMENT, m.deployment(namespace, nodeSelector={"disk": "none-has-this"}))
    assert refused.value.partial is not None
    assert time.monotonic() - started < 5
