"""Who uses whose store, from live objects alone: the second opinion on every mutant.

It shares no code and no idea with the pack. It plays kubelet, DNS and the network plugin: every pod's environment,
arguments and mounted files are put together as they would be, every word in them that is a Service's name is followed
to the pods behind it, and whoever answers there is the store. What the pack concludes from kinds, outputs and carriers,
this finds by where the bytes would go.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .live import Live, Object

OWNER = "service-extraction/owner"
STORES = ("postgres", "redis", "clickhouse", "rabbitmq")
BROKER = "rabbitmq"
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")
HOST = re.compile(r"([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)(?::(\d+))?")
LOGIN = re.compile(r"amqps?://([^:@/\s]+)[^@\s]*@([-a-z0-9.]+)")
VARIABLE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
DOMAIN = (".svc.cluster.local", ".svc")


class Sharing(NamedTuple):
    """One thing that two owners have in common."""

    way: str
    thing: str
    owners: frozenset[str]


class Store(NamedTuple):
    """What answers behind a Service."""

    engine: str
    name: str
    owner: str


def sharing(live: Live) -> frozenset[Sharing]:
    """Everything that two owners share, by any of the ways a pod has to a store."""
    return frozenset([*_by_address(live), *_by_login(live), *_by_volume_and_secret(live), *_by_network(live)])


def _by_address(live: Live) -> Iterator[Sharing]:
    for workload in live.of(*WORKLOADS):
        owner, namespace = owner_of(live, workload), workload["metadata"]["namespace"]
        for text in texts(live, workload):
            for host, port in HOST.findall(text.lower()):
                store = store_behind(live, host, namespace, port)
                if store is not None and store.engine != BROKER and store.owner != owner:
                    yield Sharing("address", store.name, frozenset((owner, store.owner)))


def _by_login(live: Live) -> Iterator[Sharing]:
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for workload in live.of(*WORKLOADS):
        for text in texts(live, workload):
            for login, host in LOGIN.findall(text):
                store = store_behind(live, host, workload["metadata"]["namespace"])
                if store is not None and store.engine == BROKER:
                    users[store.name, login].add(owner_of(live, workload))
    for (name, login), owners in users.items():
        if len(owners) > 1:
            yield Sharing("login", f"{login} of {name}", frozenset(owners))


def _by_volume_and_secret(live: Live) -> Iterator[Sharing]:
    for workload in live.of(*WORKLOADS):
        owner, namespace = owner_of(live, workload), workload["metadata"]["namespace"]
        for kind, name in references(workload):
            other = live.at(kind, namespace, name)
            if other is not None and kind != "ConfigMap" and owner_of(live, other) != owner:
                yield Sharing(kind, f"{namespace}/{name}", frozenset((owner, owner_of(live, other))))


def _by_network(live: Live) -> Iterator[Sharing]:
    """Pods of one owner that a store of another lets in."""
    stores = [(item, store) for item in live.of("Pod") if (store := _store(live, item)) is not None]
    for policy in live.of("NetworkPolicy"):
        namespace, spec = policy["metadata"]["namespace"], policy["spec"]
        for pod, store in stores:
            if store.engine == BROKER or pod["metadata"]["namespace"] != namespace:
                continue
            if not selects(spec["podSelector"], _labels(pod)):
                continue
            for peer in (peer for rule in spec.get("ingress") or () for peer in rule.get("from") or ()):
                for workload in live.of(*WORKLOADS):
                    owner = owner_of(live, workload)
                    if owner != store.owner and _admits(live, peer, namespace, workload):
                        yield Sharing("network", store.name, frozenset((owner, store.owner)))


def _admits(live: Live, peer: Mapping[str, Any], namespace: str, workload: Object) -> bool:
    if "ipBlock" in peer:
        return False
    where = workload["metadata"]["namespace"]
    if "namespaceSelector" in peer:
        found = live.at("Namespace", "", where)
        if found is None or not selects(peer["namespaceSelector"], _labels(found)):
            return False
    elif where != namespace:
        return False
    return selects(peer.get("podSelector", {}), template(workload)["metadata"].get("labels", {}))


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """A selector of labels only; none of ours has expressions."""
    assert "matchExpressions" not in selector, selector
    wanted: Mapping[str, str] = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items())


def store_behind(live: Live, host: str, namespace: str, port: str = "") -> Store | None:
    """The store whose pods answer at a host and port, as a pod in `namespace` would find it."""
    for _ in range(5):  # a chain of ExternalNames ends
        service = _service(live, host, namespace)
        if service is None:
            return None
        namespace, spec = service["metadata"]["namespace"], service["spec"]
        if spec.get("type") != "ExternalName":
            if port and int(port) not in {item["port"] for item in spec["ports"]}:
                return None  # nothing listens there
            # Which instance is the primary changes; the store is the same.
            selector = {k: v for k, v in (spec.get("selector") or {}).items() if k != "cnpg.io/instanceRole"}
            pods = live.of("Pod")
            near = (pod for pod in pods if selector and pod["metadata"]["namespace"] == namespace)
            answering = (pod for pod in near if selects({"matchLabels": selector}, _labels(pod)))
            return next((store for pod in answering if (store := _store(live, pod)) is not None), None)
        host = spec["externalName"]
    return None


def _service(live: Live, host: str, namespace: str) -> Object | None:
    for ending in DOMAIN:
        host = host.removesuffix(ending)
    name, _, stated = host.partition(".")
    return live.at("Service", stated or namespace, name)


def _store(live: Live, pod: Object) -> Store | None:
    images = [container["image"] for container in pod["spec"]["containers"]]
    # A client uses the server's image too, but serves nothing: it is done when its work is.
    if pod["spec"].get("restartPolicy") != "Always":
        return None
    engine = next((name for name in STORES for image in images if name in image.rpartition("/")[2]), None)
    if engine is None:
        return None
    name = _labels(pod)["app.kubernetes.io/name"]
    return Store(engine, f"{pod['metadata']['namespace']}/{name}", owner_of(live, pod))


def owner_of(live: Live, item: Object) -> str:
    """Whose an object is: the label on its pods, on itself, on its namespace."""
    labels = _labels(item)
    if item["kind"] in WORKLOADS:
        labels = {**labels, **template(item)["metadata"].get("labels", {})}
    namespace = live.at("Namespace", "", item["metadata"].get("namespace", ""))
    return labels.get(OWNER) or (_labels(namespace)[OWNER] if namespace is not None else "nobody")


def template(workload: Object) -> Mapping[str, Any]:
    spec = workload["spec"]
    found: Mapping[str, Any] = (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)[
        "template"
    ]
    return found


def containers(workload: Object) -> list[Mapping[str, Any]]:
    spec = template(workload)["spec"]
    return [*(spec.get("initContainers") or ()), *spec["containers"]]


def texts(live: Live, workload: Object) -> Iterator[str]:
    """Everything a container is told: expanded environment, command and arguments, mounted files."""
    namespace = workload["metadata"]["namespace"]
    for container in containers(workload):
        variables = environment(live, container, namespace)
        yield from variables.values()
        for word in (*(container.get("command") or ()), *(container.get("args") or ())):
            yield _expanded(word, variables)
    for volume in template(workload)["spec"].get("volumes") or ():
        for kind, name in _volume_references(volume):
            if kind != "PersistentVolumeClaim":
                yield from contents(live, kind, namespace, name).values()


def environment(live: Live, container: Mapping[str, Any], namespace: str) -> dict[str, str]:
    """A container's environment as the kubelet would set it."""
    found: dict[str, str] = {}
    for source in container.get("envFrom") or ():
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if key in source:
                prefix = source.get("prefix", "")
                held = contents(live, kind, namespace, source[key]["name"])
                found |= {prefix + name: text for name, text in held.items()}
    for entry in container.get("env") or ():
        if "value" in entry:
            found[entry["name"]] = _expanded(entry["value"], found)
        for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            reference = (entry.get("valueFrom") or {}).get(key)
            if reference:
                held = contents(live, kind, namespace, reference["name"])
                found[entry["name"]] = held.get(reference["key"], "")
    return found


def contents(live: Live, kind: str, namespace: str, name: str) -> Mapping[str, str]:
    """The texts in a ConfigMap or a Secret; none where there is no such object."""
    item = live.at(kind, namespace, name)
    if item is None:
        return {}
    data: Mapping[str, str] = item.get("data") or {}
    if kind == "ConfigMap":
        return data
    return {key: base64.b64decode(text).decode(errors="replace") for key, text in data.items()}


def references(workload: Object) -> Iterator[tuple[str, str]]:
    """Kind and name of all a workload's pods take from their own namespace."""
    for container in containers(workload):
        for source in container.get("envFrom") or ():
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in source:
                    yield kind, source[key]["name"]
        for entry in container.get("env") or ():
            for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                if key in (entry.get("valueFrom") or {}):
                    yield kind, entry["valueFrom"][key]["name"]
    for volume in template(workload)["spec"].get("volumes") or ():
        yield from _volume_references(volume)


def _volume_references(volume: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "secret" in volume:
        yield "Secret", volume["secret"]["secretName"]
    if "configMap" in volume:
        yield "ConfigMap", volume["configMap"]["name"]
    if "persistentVolumeClaim" in volume:
        yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    for source in (volume.get("projected") or {}).get("sources") or ():
        for key, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
            if key in source:
                yield kind, source[key]["name"]


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: variables.get(match[1], match[0]), text)


def _labels(item: Object) -> Mapping[str, str]:
    found: Mapping[str, str] = item["metadata"].get("labels") or {}
    return found
