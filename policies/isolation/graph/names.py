"""Cluster DNS, as Kubernetes resolves it: which workload, store or outside host a name leads to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..catalog.fronts import BY_KIND as FRONT_BY_KIND
from ..catalog.operators import Operator
from ..resources import Resource, dig, mapping, sequence, text
from .index import Index
from .stores import Store, texts_at
from .workloads import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a host name leads: to workloads, to a store, or out of the input."""

    workloads: tuple[Workload, ...] = ()
    store: Store | None = None
    outside: str | None = None
    """Canonical host name; the same for every spelling of one cluster name."""
    steps: tuple[str, ...] = ()
    """Services passed on the way."""
    service: Resource | None = None
    """The Service that leads to the workloads."""


class Names:
    """Resolves hosts for pods of a namespace."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._operated: dict[tuple[str, str, str], tuple[Store, tuple[str, ...]]] = {}
        self._handles: dict[str, tuple[Store, tuple[str, ...]]] = {}
        self._numbered: dict[tuple[str, str], list[tuple[re.Pattern[str], Store]]] = defaultdict(list)
        self._addresses: dict[tuple[str, str], Resource] = {}
        self._entries: dict[str, list[str]] = {}
        self._endpoints: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._cache: dict[tuple[str, str, str], Destination | None] = {}
        self.stores_of_service: Callable[[Resource], list[Store]] = lambda _: []
        """The stores whose outputs went into a Service."""
        for service in index.of_kind("Service"):
            own = text(dig(service.body, "spec", "clusterIP"))
            if own and own != "None":
                self._addresses[service.scope, own] = service
            for address in _published(service):
                self._addresses["", address] = service
        for entry in index.of_kind("ServiceEntry"):
            for host in texts_at(entry.body, ("spec", "hosts", "*")):
                self._entries[host.lower()] = texts_at(entry.body, ("spec", "endpoints", "*", "address"))
        for resource in index.of_kind("Endpoints", "EndpointSlice"):
            name = text(resource.labels.get("kubernetes.io/service-name")) or resource.name
            where = (resource.scope, resource.namespace or "default", name)
            for subset in sequence(dig(resource.body, "subsets")):
                self._endpoints[where] += texts_at(subset, ("addresses", "*", "ip"))
            self._endpoints[where] += texts_at(resource.body, ("endpoints", "*", "addresses", "*"))

    def add_operated(self, store: Store, operator: Operator) -> None:
        """Services that an operator makes for a store."""
        resource = store.resource
        if resource is not None:
            cluster = text(dig(resource.body, "spec", "clusterName")) or resource.name
            parts = texts_at(resource.body, operator.parts) if operator.parts else []
            for pattern in operator.services:
                for part in parts if "{part}" in pattern else [""]:
                    name = pattern.format(name=resource.name, cluster=cluster, part=part)
                    for scope in (resource.scope, ""):
                        where = (scope, resource.namespace or "default")
                        if "*" in name:
                            numbered = re.compile(re.escape(name).replace(r"\*", r"\d+"))
                            self._numbered[where].append((numbered, store))
                        else:
                            self._operated[*where, name] = (store, ())

    def add_fronts(self, stores: dict[str, Store]) -> None:
        """Poolers and other custom resources that lead to a store of their namespace."""
        for resource in self._index.resources:
            front = FRONT_BY_KIND.get((resource.group, resource.kind)) if resource.kubernetes else None
            target = text(dig(resource.body, *front.store_path)) if front else None
            if front is None or target is None:
                continue
            namespace = resource.namespace or "default"
            for store in stores.values():
                if store.name == target and store.namespace == namespace and store.resource is not None:
                    for pattern in front.services:
                        name = pattern.format(name=resource.name)
                        for scope in (resource.scope, ""):
                            self._operated[scope, namespace, name] = (store, (resource.title,))

    def add_handle(self, handle: str, store: Store, steps: tuple[str, ...] = ()) -> None:
        """A host, ARN or id that names a cloud store; a list of hosts names it by each of them."""
        if handle.startswith("arn:"):
            self._handles.setdefault(handle.lower(), (store, steps))
            return
        for part in handle.lower().split(","):
            host = part.rpartition("://")[2].rstrip("/")
            name = host if host.count(":") > 1 else host.partition(":")[0]
            self._handles.setdefault(name.rstrip("."), (store, steps))

    def rejoin(self, stores: dict[str, Store]) -> None:
        """Let the handles of copies name the stores that they are copies of."""
        for handle, (store, steps) in self._handles.items():
            self._handles[handle] = (stores.get(store.key, store), steps)

    def handle(self, value: str) -> Store | None:
        """The cloud store that a host, ARN or id names."""
        found = self._handles.get(value.lower())
        return found[0] if found is not None else None

    def resolve(self, host: str, namespace: str, scope: str) -> Destination | None:
        """Where `host` leads for a pod of `namespace`; None for a word that is no known name."""
        where = (host.lower().rstrip("."), namespace, scope)
        if where not in self._cache:
            self._cache[where] = None  # an ExternalName that leads back to itself resolves to nothing
            self._cache[where] = self._resolve(*where)
        return self._cache[where]

    def _resolve(self, host: str, namespace: str, scope: str) -> Destination | None:
        if "." in host and host in self._handles:  # a lone word is a Service, whatever else is called so
            store, steps = self._handles[host]
            return Destination(store=store, steps=steps)
        service = self._addresses.get((scope, host)) or self._addresses.get(("", host))
        if service is not None:
            return self._service(service.name, service.namespace or "default", service.scope)
        if self._entries.get(host):
            address = self._entries[host][0]
            onward = self.resolve(address, namespace, scope)
            return replace(onward or Destination(outside=address), steps=(f"ServiceEntry {host}",))
        parts = host.split(".")
        if len(parts) == 1:
            return self._service(host, namespace, scope)
        for name, space in self._spellings(parts, namespace):
            found = self._service(name, space, scope)
            if found is not None:
                return found
        if "svc" in parts[2:4]:
            at = parts.index("svc", 2)
            return Destination(outside=".".join((parts[at - 2], parts[at - 1], "svc")))
        if len(parts) == 2 and self._is_namespace(parts[1], scope):
            return Destination(outside=f"{host}.svc")  # the same that its longer names lead to
        return Destination(outside=host)

    def _is_namespace(self, name: str, scope: str) -> bool:
        declared = self._index.find("Namespace", "default", name, scope) is not None
        return declared or name in self._index.namespaces()

    @staticmethod
    def _spellings(parts: list[str], namespace: str) -> list[tuple[str, str]]:
        """(Service, namespace) that a dotted name may stand for, a pod's own name in front left out."""
        if len(parts) == 2:
            return [(parts[0], parts[1]), (parts[1], namespace)]
        if parts[2] == "svc":
            return [(parts[0], parts[1])]
        if len(parts) == 3:
            return [(parts[1], parts[2])]
        return [(parts[1], parts[2])] if parts[3] == "svc" else []

    def _made_by_operator(self, name: str, namespace: str, scope: str) -> Destination | None:
        for known in (scope, ""):
            operated = self._operated.get((known, namespace, name))
            if operated is not None:
                return Destination(store=operated[0], steps=operated[1])
            for numbered, store in self._numbered.get((known, namespace), ()):
                if numbered.fullmatch(name):
                    return Destination(store=store)
        return None

    def _service(self, name: str, namespace: str, scope: str) -> Destination | None:
        place = self._index.place(namespace)
        service = self._index.find("Service", place, name, scope)
        if service is None:
            return self._made_by_operator(name, place, scope)
        step = (f"Service {name}",)
        if text(dig(service.body, "spec", "type")) == "ExternalName":
            target = text(dig(service.body, "spec", "externalName"))
            onward = self.resolve(target, namespace, service.scope) if target else self._named_by(service)
            if onward is None:
                return Destination(outside=target, steps=step) if target else None
            return replace(onward, steps=(*step, *onward.steps))
        workloads = tuple(self._index.selected_by(service))
        if workloads:
            passed = step if workloads[0].resource.name != name else ()
            return Destination(workloads=workloads, steps=passed, service=service)
        for address in self._endpoints.get((service.scope, namespace, name), ()):
            onward = self.resolve(address, namespace, service.scope)
            if onward is not None:
                return replace(onward, steps=(*step, *onward.steps))
            return Destination(outside=address, steps=step)
        return Destination(outside=f"{name}.{namespace}.svc", steps=())

    def _named_by(self, service: Resource) -> Destination | None:
        """Where an alias leads whose name is not known yet, but whose output it will be is."""
        stores = self.stores_of_service(service)
        return Destination(store=stores[0]) if len(stores) == 1 else None


def _published(service: Resource) -> list[str]:
    """Addresses and names under which a Service is known outside its cluster, asked for or given."""
    annotations = mapping(dig(service.body, "metadata", "annotations"))
    names = text(annotations.get("external-dns.alpha.kubernetes.io/hostname")) or ""
    found = [
        *texts_at(service.body, ("spec", "externalIPs", "*")),
        *texts_at(service.body, ("spec", "loadBalancerIP")),
        *texts_at(service.body, ("status", "loadBalancer", "ingress", "*", "ip")),
        *texts_at(service.body, ("status", "loadBalancer", "ingress", "*", "hostname")),
        *(name.strip() for name in names.split(",")),
    ]
    return [name.lower().rstrip(".") for name in found if name]
