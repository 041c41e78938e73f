"""Plain Kubernetes objects as other people write them: app labels, no stated owners, judged by `audit`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from policies.isolation.audit import audit
from policies.isolation.findings import MANDATORY

Object = dict[str, Any]


def metadata(name: str, namespace: str | None = None, labels: Mapping[str, str] | None = None) -> Object:
    """An object's metadata; what is not given is left out, as people leave it out."""
    found: Object = {"name": name}
    if namespace:
        found["namespace"] = namespace
    if labels:
        found["labels"] = dict(labels)
    return found


def workload(
    name: str,
    env: Mapping[str, Any] | None = None,
    *,
    kind: str = "Deployment",
    image: str | None = None,
    namespace: str | None = None,
    labels: Mapping[str, str] | None = None,
    ports: Sequence[int] = (),
    files: Sequence[str] = (),
    env_from: Sequence[Object] = (),
    pod: Mapping[str, Any] | None = None,
    **container: Any,
) -> Object:
    """A workload of one container; `files` names ConfigMaps that it mounts, `pod` adds to the pod's spec."""
    marks = dict(labels if labels is not None else {"app": name})
    variables = [
        {"name": key, **({"value": item} if isinstance(item, str) else {"valueFrom": item})}
        for key, item in (env or {}).items()
    ]
    main = {
        "name": "main",
        "image": image or f"registry.example.com/{name}:1",
        "env": variables,
        "envFrom": list(env_from),
        "ports": [{"containerPort": port} for port in ports],
        "volumeMounts": [{"name": file, "mountPath": f"/etc/{file}"} for file in files],
        **container,
    }
    spec = {
        "containers": [main],
        "volumes": [{"name": file, "configMap": {"name": file}} for file in files],
        **(pod or {}),
    }
    version = {"Pod": "v1", "Job": "batch/v1"}.get(kind, "apps/v1")
    if kind == "Pod":
        return {
            "apiVersion": version,
            "kind": kind,
            "metadata": metadata(name, namespace, marks),
            "spec": spec,
        }
    template = {"metadata": {"labels": marks}, "spec": spec}
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": metadata(name, namespace),
        "spec": {"selector": {"matchLabels": marks}, "template": template},
    }


def service(
    name: str, port: int, selects: Mapping[str, str] | str | None = None, namespace: str | None = None
) -> Object:
    """A Service that leads to the pods with these labels, or with this app label."""
    selector = dict(selects) if isinstance(selects, Mapping) else {"app": selects or name}
    spec = {"selector": selector, "ports": [{"port": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(name, namespace), "spec": spec}


def server(name: str, image: str, port: int, namespace: str | None = None) -> list[Object]:
    """A StatefulSet of an engine's image, and its Service of the same name."""
    pods = workload(name, kind="StatefulSet", image=image, ports=[port], namespace=namespace)
    return [pods, service(name, port, namespace=namespace)]


def config(name: str, data: Mapping[str, str], namespace: str | None = None) -> Object:
    """A ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(name, namespace),
        "data": dict(data),
    }


def custom(
    version: str, kind: str, name: str, spec: Mapping[str, Any], namespace: str | None = None
) -> Object:
    """A custom resource of an operator."""
    return {"apiVersion": version, "kind": kind, "metadata": metadata(name, namespace), "spec": dict(spec)}


def secret_key(name: str, key: str) -> Object:
    """A variable's source: one key of a Secret."""
    return {"secretKeyRef": {"name": name, "key": key}}


def refused(folder: Path, objects: Iterable[Object]) -> dict[tuple[str, str | None], frozenset[str]]:
    """Users by store name and logical store, of what `audit` refuses in a file of these objects."""
    (folder / "all.yaml").write_text(yaml.safe_dump_all(list(objects)))
    judged = audit([folder])
    assert not judged.problems
    return {
        (finding.store_name, finding.logical): frozenset(finding.users)
        for finding in judged.findings
        if finding.level == MANDATORY
    }
