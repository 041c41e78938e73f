"""The controllers, the scheduler and the simulated kubelet: what a workload needs to become ready, and how it goes."""

from __future__ import annotations

import pytest

from tests.offline.cluster.live import Live, condition

POD = "{metadata: {labels: {app: %s}}, spec: {containers: [{name: main, image: 'example/app:1'}]}}"


@pytest.fixture(scope="module")
def namespace(live: Live) -> str:
    return live.namespace("workloads")


def test_a_deployment_rolls_out_and_its_service_gets_endpoints(live: Live, namespace: str) -> None:
    live.create(
        f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: web}}
        spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: web}}
        spec: {{replicas: 3, selector: {{matchLabels: {{app: web}}}}, template: {POD % "web"}}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {{name: web}}
        spec: {{minAvailable: 2, selector: {{matchLabels: {{app: web}}}}}}
        """,
        namespace,
    )
    live.wait(
        f"/apis/apps/v1/namespaces/{namespace}/deployments/web",
        lambda it: it["status"].get("readyReplicas") == 3,
    )
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    found = live.wait(
        f"{slices}?labelSelector=kubernetes.io/service-name=web",
        lambda it: it["items"] and len(it["items"][0].get("endpoints") or []) == 3,
    )
    addresses = {endpoint["addresses"][0] for endpoint in found["items"][0]["endpoints"]}
    assert len(addresses) == 3, "each pod has an address of its own"
    live.wait(
        f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets/web",
        lambda it: it.get("status", {}).get("disruptionsAllowed") == 1,
    )
    pods = live.get(f"/api/v1/namespaces/{namespace}/pods?labelSelector=app%3Dweb").json["items"]
    assert len({pod["spec"]["nodeName"] for pod in pods}) == 3, "the scheduler spreads them over the nodes"
    events = live.get(f"/api/v1/namespaces/{namespace}/events").json["items"]
    assert {"Scheduled", "ScalingReplicaSet"} <= {event["reason"] for event in events}


def test_a_statefulset_gets_a_bound_claim_for_each_pod_and_leaves_no_volume(live: Live) -> None:
    namespace = live.namespace("stateful")
    claims = "[{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}}]"
    live.create(
        f"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {{name: store}}
        spec:
          replicas: 2
          serviceName: store
          selector: {{matchLabels: {{app: store}}}}
          template:
            metadata: {{labels: {{app: store}}}}
            spec: {{terminationGracePeriodSeconds: 1, containers: [{{name: main, image: 'example/store:1'}}]}}
          volumeClaimTemplates: {claims}
        """,
        namespace,
    )
    live.wait(
        f"/apis/apps/v1/namespaces/{namespace}/statefulsets/store",
        lambda it: it["status"].get("readyReplicas") == 2,
    )
    claim = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-store-1"
    bound = live.wait(claim, lambda it: it["status"]["phase"] == "Bound")
    assert bound["spec"]["storageClassName"] == "simulated"
    live.patch(claim, {"spec": {"resources": {"requests": {"storage": "3Gi"}}}})
    live.wait(claim, lambda it: it["status"]["capacity"]["storage"] == "3Gi")
    live.delete(f"/api/v1/namespaces/{namespace}")
    live.wait_gone(f"/api/v1/namespaces/{namespace}", seconds=40)
    live.wait_gone(f"/api/v1/persistentvolumes/{bound['spec']['volumeName']}")


@pytest.mark.parametrize(
    ("name", "annotations", "expected"),
    [("works", "{}", "Complete"), ("breaks", "{service-extraction/simulate: failure}", "Failed")],
    ids=["a job whose pod succeeds completes", "a job whose pod fails is Failed"],
)
def test_a_job_ends(live: Live, namespace: str, name: str, annotations: str, expected: str) -> None:
    live.create(
        f"""
        apiVersion: batch/v1
        kind: Job
        metadata: {{name: {name}}}
        spec:
          backoffLimit: 0
          template:
            metadata: {{annotations: {annotations}}}
            spec: {{restartPolicy: Never, containers: [{{name: main, image: 'example/migrate:1'}}]}}
        """,
        namespace,
    )
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}"
    live.wait(path, lambda it: condition(it, expected).get("status") == "True", seconds=15)


def test_init_containers_end_and_native_sidecars_run(live: Live, namespace: str) -> None:
    live.create(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: sidecar}
        spec:
          initContainers:
          - {name: setup, image: 'example/setup:1'}
          - {name: proxy, image: 'example/proxy:1', restartPolicy: Always}
          containers: [{name: main, image: 'example/app:1'}]
        """,
        namespace,
    )
    path = f"/api/v1/namespaces/{namespace}/pods/sidecar"
    pod = live.wait(path, lambda it: condition(it, "Ready").get("status") == "True")
    states = {one["name"]: next(iter(one["state"])) for one in pod["status"]["initContainerStatuses"]}
    assert states == {"setup": "terminated", "proxy": "running"}


def test_a_pod_that_is_never_ready_stays_pending(live: Live, namespace: str) -> None:
    live.create(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: stuck, annotations: {service-extraction/simulate: never-ready}}
        spec: {containers: [{name: main, image: 'example/app:1'}]}
        """,
        namespace,
    )
    path = f"/api/v1/namespaces/{namespace}/pods/stuck"
    pod = live.wait(path, lambda it: condition(it, "PodScheduled").get("status") == "True")
    assert pod["status"]["phase"] == "Pending"


def test_an_autoscaler_without_metrics_keeps_the_minimum(live: Live, namespace: str) -> None:
    live.create(
        f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: scaled}}
        spec: {{selector: {{matchLabels: {{app: scaled}}}}, template: {POD % "scaled"}}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {{name: scaled}}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: scaled}}
          metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 70}}}}}}]
        """,
        namespace,
    )
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/scaled"
    live.wait(path, lambda it: it["status"].get("readyReplicas") == 2)


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("v1 Service", "{type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}"),
        ("networking.k8s.io/v1 Ingress", "{defaultBackend: {service: {name: web, port: {number: 80}}}}"),
    ],
    ids=["load balancer", "ingress"],
)
def test_what_faces_the_outside_gets_an_address(live: Live, namespace: str, kind: str, spec: str) -> None:
    group, name = kind.split()
    (made,) = live.create(
        f"{{apiVersion: {group}, kind: {name}, metadata: {{generateName: public-}}, spec: {spec}}}", namespace
    )
    base = "/api/v1" if group == "v1" else f"/apis/{group}"
    plural = "services" if name == "Service" else "ingresses"
    live.wait(
        f"{base}/namespaces/{namespace}/{plural}/{made['metadata']['name']}",
        lambda it: it["status"]["loadBalancer"].get("ingress", [{}])[0].get("ip") == "127.0.0.1",
    )
