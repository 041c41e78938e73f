"""A fleet of services of any size, each with its own database: the objects that every tool is given."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto

Manifest = dict[str, Any]
EACH = 10
"""Objects of one service."""
EVERY = 50
"""So many services have one among them that reads its neighbour's database, where the fleet shares."""
OWNER = "service-extraction/owner"


def fleet(resources: int, *, sharing: bool = False) -> list[Manifest]:
    """So many Kubernetes objects (a multiple of ten): ten a service, five services a namespace.

    Each service has a database of its own. With `sharing`, the scheduler of one service in fifty reads the
    database of the service before it.
    """
    return [item for number in range(resources // EACH) for item in _service(number, sharing)]


def shared(resources: int) -> int:
    """How many databases two services share in a fleet of that size that shares."""
    return resources // EACH // EVERY


def _service(number: int, sharing: bool) -> Iterable[Manifest]:
    name, namespace, host = f"service-{number}", f"team-{number // 5}", f"service-{number}-db"
    neighbour = f"service-{number - 1}" if sharing and number % EVERY == EVERY - 1 else name

    def item(version: str, kind: str, called: str, **body: Any) -> Manifest:
        labels = {"app": called, OWNER: f"owner-{number}"}
        metadata = {"name": called, "namespace": namespace, "labels": labels}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **body}

    def workload(kind: str, called: str, app: str, container: Manifest) -> Manifest:
        labels = {"app": app, OWNER: f"owner-{number}"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        return item(
            "apps/v1", kind, called, spec={"selector": {"matchLabels": {"app": app}}, "template": template}
        )

    def service(called: str, port: int) -> Manifest:
        return item("v1", "Service", called, spec={"selector": {"app": called}, "ports": [{"port": port}]})

    secret = {"secretKeyRef": {"name": f"{name}-secret", "key": "password"}}
    yield item(
        "v1", "ConfigMap", f"{name}-config", data={"LOG_LEVEL": "info", "DB_HOST": host, "DB_NAME": name}
    )
    yield item("v1", "Secret", f"{name}-secret", data={"password": _encoded("x"), "user": _encoded(name)})
    server = {
        "name": "postgres", "image": "postgres:16", "ports": [{"containerPort": 5432}],
        "env": [{"name": "POSTGRES_PASSWORD", "valueFrom": secret}],
    }  # fmt: skip
    yield workload("StatefulSet", host, host, server)
    yield service(host, 5432)
    yield service(name, 80)
    yield item("v1", "ServiceAccount", name)
    admitted = {"from": [{"podSelector": {"matchLabels": {"app": name}}}]}
    policy = {"podSelector": {"matchLabels": {"app": host}}, "ingress": [admitted]}
    yield item("networking.k8s.io/v1", "NetworkPolicy", host, spec=policy)
    for part, source in ((name, name), (f"{name}-worker", name), (f"{name}-scheduler", neighbour)):
        url = f"postgres://$(DB_USER):$(DB_PASSWORD)@{source}-db.{namespace}/{source}"
        env = [
            {"name": "DB_PASSWORD", "valueFrom": secret},
            {
                "name": "DATABASE_HOST",
                "valueFrom": {"configMapKeyRef": {"name": f"{name}-config", "key": "DB_HOST"}},
            },
            {"name": "DATABASE_URL", "value": url},
            *({"name": f"SETTING_{setting}", "value": f"value {setting}"} for setting in range(8)),
        ]
        given = [{"configMapRef": {"name": f"{name}-config"}}]
        container = {"name": "main", "image": "registry.example/app:1", "env": env, "envFrom": given}
        yield workload("Deployment", part, name, container)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def written(manifests: Sequence[Manifest], folder: Path) -> None:
    """The objects as files, one of several documents for each service."""
    folder.mkdir(parents=True)
    for start in range(0, len(manifests), EACH):
        text = yaml.dump_all(manifests[start : start + EACH], Dumper=yaml.CSafeDumper, sort_keys=False)
        (folder / f"service-{start // EACH}.yaml").write_text(text)


def as_engine_request(manifests: Sequence[Manifest]) -> Any:
    """The objects as the engine hands a stack to a policy pack."""
    return proto.AnalyzeStackRequest(resources=[_resource(item) for item in manifests])


def _resource(item: Manifest) -> Any:
    version, kind, metadata = item["apiVersion"], item["kind"], item["metadata"]
    token = f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}"
    name = f"{metadata['namespace']}-{metadata['name']}"
    body = struct_pb2.Struct()
    json_format.ParseDict(item, body)
    return proto.AnalyzerResource(
        type=token, properties=body, urn=f"urn:pulumi:bench::fleet::{token}::{name}", name=name,
        options=proto.AnalyzerResourceOptions(protect=kind == "StatefulSet"),
    )  # fmt: skip
