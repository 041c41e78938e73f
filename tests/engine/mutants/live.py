"""The objects of a stack as its API server holds them, and as it would hold a changed one."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kubernetes import config, dynamic

Object = Mapping[str, Any]
Place = tuple[str, str, str]
"""Kind, namespace and name of an object."""

KINDS = (
    ("v1", "Namespace"), ("v1", "Service"), ("v1", "Secret"), ("v1", "ConfigMap"), ("v1", "Pod"),
    ("v1", "PersistentVolumeClaim"), ("v1", "ServiceAccount"), ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"), ("batch/v1", "CronJob"), ("networking.k8s.io/v1", "NetworkPolicy"),
    ("postgresql.cnpg.io/v1", "Cluster"), ("rabbitmq.com/v1beta1", "RabbitmqCluster"),
)  # fmt: skip


def place(item: Object) -> Place:
    metadata = item["metadata"]
    return item["kind"], metadata.get("namespace", ""), metadata["name"]


@dataclass(frozen=True, kw_only=True)
class Live:
    """Every object of one stack's namespaces, by kind, namespace and name."""

    objects: Mapping[Place, Object]

    def of(self, *kinds: str) -> Iterator[Object]:
        return (item for item in self.objects.values() if item["kind"] in kinds)

    def at(self, kind: str, namespace: str, name: str) -> Object | None:
        return self.objects.get((kind, namespace, name))

    def with_changed(self, changed: Object) -> Live:
        """As these, but for one object."""
        return replace(self, objects={**self.objects, place(changed): changed})


class ApiServer:
    """Reads a stack's objects, and asks for an object's admission without storing it."""

    def __init__(self, kubeconfig: Path) -> None:
        self._client = dynamic.DynamicClient(config.new_client_from_config(str(kubeconfig)))
        self._kinds = {
            kind: self._client.resources.get(api_version=version, kind=kind) for version, kind in KINDS
        }

    def objects(self, prefix: str) -> Live:
        """All objects in the namespaces that begin with `prefix` and a dash."""
        found: dict[Place, Object] = {}
        for (version, kind), resource in zip(KINDS, self._kinds.values(), strict=True):
            for item in resource.get().to_dict()["items"]:
                found_in = item["metadata"].get("namespace") or item["metadata"]["name"]
                if found_in.startswith(f"{prefix}-"):
                    item |= {"apiVersion": version, "kind": kind}  # an item of a list says neither
                    found[place(item)] = item
        return Live(objects=found)

    def admitted(self, item: Object) -> Object:
        """`item` as the API server would store it, defaults filled in, by a server-side dry run.

        It is asked for as a new object beside the old one, since much of an object must not change once it is there.

        Raises:
            dynamic.exceptions.DynamicApiError: the API server refuses it.
        """
        asked = copy.deepcopy(dict(item))
        kept = {key: asked["metadata"][key] for key in ("labels", "annotations") if key in asked["metadata"]}
        name, namespace = item["metadata"]["name"], item["metadata"]["namespace"]
        asked["metadata"] = {**kept, "name": f"{name[:40]}-mutant", "namespace": namespace}
        asked.pop("status", None)
        if item["kind"] == "Service":
            for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
                asked["spec"].pop(key, None)
        if item["kind"] == "Job":
            asked["spec"].pop("selector")
            labels = asked["spec"]["template"]["metadata"]["labels"]
            for key in [key for key in labels if "controller-uid" in key or "job-name" in key]:
                del labels[key]
        answer = self._kinds[item["kind"]].create(body=asked, namespace=namespace, dry_run="All").to_dict()
        answer["metadata"]["name"] = name
        found: Object = answer
        return found
