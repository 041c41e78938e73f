"""Objects that the live tests create, each valid where nothing is changed."""

import copy
from typing import Any

DEPLOYMENT = "apps/v1:Deployment"
STATEFUL_SET = "apps/v1:StatefulSet"
JOB = "batch/v1:Job"
CONFIG_MAP = "core/v1:ConfigMap"
SECRET = "core/v1:Secret"
SERVICE = "core/v1:Service"
CLAIM = "core/v1:PersistentVolumeClaim"
GATEWAY = "gateway.networking.k8s.io/v1:Gateway"

LABELS = {"app.kubernetes.io/name": "web"}


def metadata(namespace: str, name: str = "", **annotations: str) -> dict[str, Any]:
    """Metadata with annotations of this provider, `skipAwait="true"` for `pulumi.com/skipAwait`."""
    result: dict[str, Any] = {"namespace": namespace, "labels": dict(LABELS)}
    if name:
        result["name"] = name
    if annotations:
        result["annotations"] = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return result


def pod_spec(**changes: Any) -> dict[str, Any]:
    return {
        "containers": [{"name": "c", "image": "example.com/web:1", "ports": [{"containerPort": 8080}]}],
        **changes,
    }


def config_map(namespace: str, name: str = "", **data: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(namespace, name),
        "data": data or {"a": "1"},
    }


def secret(namespace: str, name: str = "", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata(namespace, name), **fields}


def deployment(namespace: str, name: str = "web", *, replicas: int = 1, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(namespace, name),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": pod_spec(**spec)},
        },
    }


def stateful_set(namespace: str, name: str = "db", storage: str = "1Gi") -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata(namespace, name),
        "spec": {
            "replicas": 2,
            "serviceName": name,
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": pod_spec()},
            "volumeClaimTemplates": [
                {
                    "metadata": {"name": "data"},
                    "spec": {
                        "accessModes": ["ReadWriteOnce"],
                        "resources": {"requests": {"storage": storage}},
                    },
                }
            ],
        },
    }


def claim(namespace: str, name: str = "data", storage: str = "1Gi", **spec: Any) -> dict[str, Any]:
    requested = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(namespace, name),
        "spec": {**requested, **spec},
    }


def job(namespace: str, name: str = "", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(namespace, name),
        "spec": {"backoffLimit": 0, "template": {"spec": pod_spec(restartPolicy="Never")}, **spec},
    }


def service(namespace: str, name: str = "web", **spec: Any) -> dict[str, Any]:
    ports = [{"port": 80, "targetPort": 8080}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(namespace, name),
        "spec": {"ports": ports, **spec},
    }


def gateway(namespace: str, name: str = "edge", **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": metadata(namespace, name, **annotations),
        "spec": {"gatewayClassName": "any", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
    }


def changed(manifest: dict[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    """A copy with one field set."""
    result: Any = copy.deepcopy(manifest)
    inner = result
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return result  # type: ignore[no-any-return]
