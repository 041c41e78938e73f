"""The simulated operators: what those of PostgreSQL, RabbitMQ and the Gateway API would make and say."""

from __future__ import annotations

import pytest

from tests.offline.cluster.live import Live, condition

POSTGRES = "/apis/postgresql.cnpg.io/v1/namespaces/{}/clusters/{}"
RABBITMQ = "/apis/rabbitmq.com/v1beta1/namespaces/{}/rabbitmqclusters/{}"


@pytest.fixture(scope="module")
def namespace(live: Live) -> str:
    return live.namespace("operators", pod_security="restricted")


def wait_selected(live: Live, namespace: str, service: str, pods: set[str]) -> None:
    """Wait until exactly these pods stand behind a Service."""
    label = f"kubernetes.io/service-name%3D{service}"
    live.wait(
        f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?labelSelector={label}",
        lambda it: (
            pods
            == {
                endpoint["targetRef"]["name"]
                for one in it["items"]
                for endpoint in one.get("endpoints") or []
            }
        ),
    )


def test_a_postgres_cluster_becomes_ready_grows_and_goes(live: Live, namespace: str) -> None:
    path = POSTGRES.format(namespace, "monolith")
    live.create(
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: monolith}
        spec:
          instances: 2
          imageName: example/postgres:17
          storage: {size: 2Gi}
          inheritedMetadata: {labels: {service-extraction/owner: monolith}}
        """,
        namespace,
    )
    ready = live.wait(path, lambda it: condition(it, "Ready").get("status") == "True")
    assert ready["status"]["phase"] == "Cluster in healthy state"
    assert (ready["status"]["readyInstances"], ready["status"]["currentPrimary"]) == (2, "monolith-1")
    wait_selected(live, namespace, "monolith-rw", {"monolith-1"})
    wait_selected(live, namespace, "monolith-ro", {"monolith-2"})
    wait_selected(live, namespace, "monolith-r", {"monolith-1", "monolith-2"})
    pod = live.get(f"/api/v1/namespaces/{namespace}/pods/monolith-2").json
    assert pod["metadata"]["labels"]["service-extraction/owner"] == "monolith"
    assert pod["metadata"]["labels"]["cnpg.io/instanceRole"] == "replica"

    live.patch(path, {"spec": {"instances": 3}})
    live.wait(
        path,
        lambda it: it["status"].get("readyInstances") == 3 and condition(it, "Ready")["status"] == "True",
    )
    wait_selected(live, namespace, "monolith-ro", {"monolith-2", "monolith-3"})

    live.delete(path)
    for gone in (
        "services/monolith-rw",
        "services/monolith-ro",
        "pods/monolith-1",
        "serviceaccounts/monolith",
    ):
        live.wait_gone(f"/api/v1/namespaces/{namespace}/{gone}")


def test_a_hibernated_postgres_cluster_keeps_its_claims_and_wakes_on_them(live: Live, namespace: str) -> None:
    path = POSTGRES.format(namespace, "sleeper")
    claim = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/pgdata-sleeper-1"
    live.create(
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: sleeper, annotations: {cnpg.io/hibernation: "off"}}
        spec: {instances: 1, storage: {size: 1Gi}}
        """,
        namespace,
    )
    live.wait(path, lambda it: condition(it, "Ready").get("status") == "True")
    uid = live.get(claim).json["metadata"]["uid"]

    live.patch(path, {"metadata": {"annotations": {"cnpg.io/hibernation": "on"}}})
    asleep = live.wait(path, lambda it: condition(it, "cnpg.io/hibernation").get("status") == "True")
    assert condition(asleep, "Ready")["status"] == "False"
    assert asleep["status"]["readyInstances"] == 0
    live.wait_gone(f"/api/v1/namespaces/{namespace}/pods/sleeper-1")
    assert live.get(claim).json["metadata"]["uid"] == uid

    live.patch(path, {"metadata": {"annotations": {"cnpg.io/hibernation": "off"}}})
    awake = live.wait(path, lambda it: condition(it, "Ready").get("status") == "True")
    assert not condition(awake, "cnpg.io/hibernation")
    assert live.get(claim).json["metadata"]["uid"] == uid
    live.delete(path)


def test_a_rabbitmq_cluster_becomes_ready(live: Live, namespace: str) -> None:
    live.create(
        """
        apiVersion: rabbitmq.com/v1beta1
        kind: RabbitmqCluster
        metadata: {name: broker}
        spec:
          replicas: 3
          secretBackend: {externalSecret: {name: broker-admin}}
          override:
            statefulSet:
              spec:
                template:
                  spec:
                    securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                    containers:
                    - name: rabbitmq
                      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                    initContainers:
                    - name: setup-container
                      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        """,
        namespace,
    )
    ready = live.wait(
        RABBITMQ.format(namespace, "broker"),
        lambda it: condition(it, "AllReplicasReady").get("status") == "True",
    )
    assert {one["type"]: one["status"] for one in ready["status"]["conditions"]} == dict.fromkeys(
        ("AllReplicasReady", "ClusterAvailable", "NoWarnings", "ReconcileSuccess"), "True"
    )
    assert ready["status"]["binding"] == {"name": "broker-admin"}
    members = {f"broker-server-{ordinal}" for ordinal in range(3)}
    wait_selected(live, namespace, "broker", members)
    wait_selected(live, namespace, "broker-nodes", members)


def test_a_rabbitmq_cluster_that_pod_security_refuses_does_not_become_ready(
    live: Live, namespace: str
) -> None:
    live.create(
        "{apiVersion: rabbitmq.com/v1beta1, kind: RabbitmqCluster, metadata: {name: privileged}}", namespace
    )
    events = f"/api/v1/namespaces/{namespace}/events?fieldSelector=involvedObject.name%3Dprivileged-server"
    found = live.wait(events, lambda it: any(one["reason"] == "FailedCreate" for one in it["items"]))
    assert any('violates PodSecurity "restricted' in one["message"] for one in found["items"])
    broker = live.get(RABBITMQ.format(namespace, "privileged")).json
    assert condition(broker, "AllReplicasReady")["status"] == "False"


def test_gateway_and_routes_are_accepted_in_every_generation(live: Live, namespace: str) -> None:
    base = "/apis/gateway.networking.k8s.io/v1"
    live.create(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: edge}
        spec: {controllerName: example.com/gateway}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge}
        spec: {gatewayClassName: edge, listeners: [{name: http, port: 80, protocol: HTTP}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: api}
        spec: {parentRefs: [{name: edge}], rules: [{backendRefs: [{name: web, port: 80}]}]}
        """,
        namespace,
    )
    live.wait(f"{base}/gatewayclasses/edge", lambda it: condition(it, "Accepted").get("status") == "True")
    gateway = f"{base}/namespaces/{namespace}/gateways/edge"
    live.wait(gateway, lambda it: condition(it, "Programmed").get("status") == "True")
    route = f"{base}/namespaces/{namespace}/httproutes/api"
    accepted = live.wait(route, lambda it: it.get("status", {}).get("parents"))
    (parent,) = accepted["status"]["parents"]
    assert parent["parentRef"]["name"] == "edge"
    assert {one["type"]: one["status"] for one in parent["conditions"]} == {
        "Accepted": "True",
        "ResolvedRefs": "True",
    }
    live.patch(route, {"spec": {"hostnames": ["pmt.example.com"]}})
    live.wait(route, lambda it: it["status"]["parents"][0]["conditions"][0]["observedGeneration"] == 2)
