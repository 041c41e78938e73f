"""Other ways to write the same system down: what two services share in it must not change by any of them."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from .plain import Object

Mutation = Callable[[list[Object]], list[Object]]
_SCALED = {"Deployment": "StatefulSet", "StatefulSet": "Deployment"}
_CLUSTER_WIDE = frozenset(
    {"Namespace", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding"}
)
_REFERENCES = {"configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap", "configMap": "ConfigMap"}


def pods(item: Object) -> Iterator[Object]:
    """The pod's spec of a workload."""
    spec = item.get("spec") or {}
    for holder in (
        spec,
        (spec.get("template") or {}).get("spec"),
        spec.get("jobTemplate", {}).get("spec", {}).get("template", {}).get("spec"),
    ):
        if isinstance(holder, dict) and isinstance(holder.get("containers"), list):
            yield holder


def containers(item: Object) -> Iterator[Object]:
    """Init containers and containers of a workload."""
    for pod in pods(item):
        for field in ("initContainers", "containers"):
            yield from pod.get(field) or ()


def rewritten(value: Any, change: Callable[[str], str]) -> Any:
    """`value` with `change` applied to every text inside."""
    if isinstance(value, dict):
        return {key: rewritten(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [rewritten(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def as_other_kinds(objects: list[Object]) -> list[Object]:
    """Deployments as StatefulSets and the other way round, where no claims are made."""
    for item in objects:
        if "volumeClaimTemplates" not in (item.get("spec") or {}):
            item["kind"] = _SCALED.get(item["kind"], item["kind"])
    return objects


def as_rollouts(objects: list[Object]) -> list[Object]:
    """Deployments as another controller's objects, known by their pod template only."""
    for item in objects:
        if item["kind"] == "Deployment":
            item |= {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    return objects


def with_encoded_secrets(objects: list[Object]) -> list[Object]:
    """Secrets with `data` in place of `stringData`."""
    for item in objects:
        plain = item.pop("stringData", {}) if item["kind"] == "Secret" else {}
        for key, value in plain.items():
            item.setdefault("data", {})[key] = base64.b64encode(str(value).encode()).decode()
    return objects


def with_plain_secrets(objects: list[Object]) -> list[Object]:
    """Secrets with `stringData` in place of `data`."""
    for item in objects:
        encoded = item.pop("data", None) if item["kind"] == "Secret" else None
        for key, value in (encoded or {}).items():
            try:
                item.setdefault("stringData", {})[key] = base64.b64decode(value, validate=True).decode()
            except ValueError:
                item.setdefault("data", {})[key] = value
    return objects


def _literals(objects: list[Object]) -> Iterator[tuple[Object, Object, str, dict[str, str]]]:
    """Workload, container, a new carrier's name, and the variables that a carrier can hold as they are."""
    for item in list(objects):
        for position, container in enumerate(containers(item)):
            held = {}
            for variable in container.get("env") or ():
                value = variable.get("value")
                if (
                    isinstance(value, str)
                    and "$(" not in value
                    and not _is_filled_in(container, variable["name"])
                ):
                    held[variable["name"]] = value
            if held:
                yield item, container, f"{item['metadata']['name']}-settings-{position}", held


def _is_filled_in(container: Object, name: str) -> bool:
    return f"$({name})" in str(container) or f"${name}" in str(container) or "${" + name in str(container)


def _carrier(kind: str, item: Object, name: str, held: dict[str, str]) -> Object:
    place = {key: value for key, value in item["metadata"].items() if key == "namespace"}
    field = "stringData" if kind == "Secret" else "data"
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **place}, field: held}


def _without(container: Object, held: dict[str, str]) -> None:
    container["env"] = [item for item in container["env"] if item["name"] not in held]


def with_settings_in_config_maps(objects: list[Object]) -> list[Object]:
    """Variables handed over whole, by `envFrom`."""
    for item, container, name, held in _literals(objects):
        _without(container, held)
        container["envFrom"] = [*(container.get("envFrom") or ()), {"configMapRef": {"name": name}}]
        objects.append(_carrier("ConfigMap", item, name, held))
    return objects


def with_settings_by_key(objects: list[Object]) -> list[Object]:
    """Variables one by one, from keys of a Secret."""
    for item, container, name, held in _literals(objects):
        for variable in container["env"]:
            if variable["name"] in held:
                del variable["value"]
                variable["valueFrom"] = {"secretKeyRef": {"name": name, "key": variable["name"].lower()}}
        objects.append(_carrier("Secret", item, name, {key.lower(): value for key, value in held.items()}))
    return objects


def with_settings_in_files(objects: list[Object]) -> list[Object]:
    """Variables in a file that the pod mounts from a projected volume."""
    for item, container, name, held in _literals(objects):
        if _is_server(container):
            continue  # a server takes its own from its environment
        _without(container, held)
        lines = "".join(f"{key}={value}\n" for key, value in held.items())
        objects.append(_carrier("ConfigMap", item, name, {"app.env": lines}))
        container["volumeMounts"] = [*(container.get("volumeMounts") or ())]
        container["volumeMounts"].append({"name": name, "mountPath": "/etc/app"})
        for pod in pods(item):
            volume = {"name": name, "projected": {"sources": [{"configMap": {"name": name}}]}}
            pod["volumes"] = [*(pod.get("volumes") or ()), volume]
    return objects


def _is_server(container: Object) -> bool:
    return any(
        variable["name"].startswith(("POSTGRES", "MYSQL", "MONGO_INITDB")) for variable in container["env"]
    )


def in_namespaces(objects: list[Object]) -> list[Object]:
    """Everything that states no namespace in one, and namespaces that are stated called otherwise."""
    stated = {place for item in objects if (place := item["metadata"].get("namespace"))}
    patterns = {
        place: re.compile(rf"(?<![\w-])([\w-]+)\.{re.escape(place)}(?=\.svc|[:/\s\"]|$)") for place in stated
    }

    def renamed(value: str) -> str:
        for place, pattern in patterns.items():
            value = pattern.sub(rf"\1.moved-{place}", value)
        return value

    for position, item in enumerate(objects):
        place = item["metadata"].get("namespace")
        item = rewritten(item, renamed)
        if item["kind"] not in _CLUSTER_WIDE:
            item["metadata"]["namespace"] = f"moved-{place}" if place else "moved"
        if item["kind"] == "Namespace":
            item["metadata"]["name"] = f"moved-{item['metadata']['name']}"
        objects[position] = item
    return objects


def with_renamed_carriers(objects: list[Object]) -> list[Object]:
    """ConfigMaps called otherwise."""
    names = {item["metadata"]["name"] for item in objects if item["kind"] == "ConfigMap"}

    def renamed(value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if key in _REFERENCES and isinstance(item, dict) and item.get("name") in names:
                    item["name"] = f"c-{item['name']}"
                renamed(item)
        elif isinstance(value, list):
            for item in value:
                renamed(item)

    renamed(objects)
    for item in objects:
        if item["kind"] == "ConfigMap":
            item["metadata"]["name"] = f"c-{item['metadata']['name']}"
    return objects


def with_sidecars(objects: list[Object]) -> list[Object]:
    """A mesh's proxy and an exporter beside every service's container."""
    proxy = {
        "name": "istio-proxy",
        "image": "docker.io/istio/proxyv2:1.24.0",
        "ports": [{"containerPort": 15090}],
    }
    for item in objects:
        for pod in pods(item):
            pod["containers"].append(copy.deepcopy(proxy))
    return objects


def in_other_order(objects: list[Object]) -> list[Object]:
    """The same objects, last first."""
    return objects[::-1]


def as_a_list(objects: list[Object]) -> list[Object]:
    """One List of all objects."""
    return [{"apiVersion": "v1", "kind": "List", "items": objects}]


MUTATIONS: tuple[Mutation, ...] = (
    as_other_kinds, as_rollouts, with_encoded_secrets, with_plain_secrets, with_settings_in_config_maps,
    with_settings_by_key, with_settings_in_files, in_namespaces, with_renamed_carriers, with_sidecars, in_other_order,
    as_a_list,
)  # fmt: skip
