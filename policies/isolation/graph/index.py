"""Look-up of resources by name, in their own stack or set of manifests first and in the others after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ..resources import Resource, dig, mapping, text
from .workloads import Workload, workload_of

MAKERS = {
    "ExternalSecret": ("spec", "target", "name"),
    "SealedSecret": ("spec", "template", "metadata", "name"),
    "VaultStaticSecret": ("spec", "destination", "name"),
}
"""Custom resources of which a controller makes a Secret, and where they name it; without a name, it has theirs."""


class Index:
    """Every resource of an audit, by key, by name, and workloads by their pods' labels."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources: list[Resource] = list(resources)
        self.by_key: dict[str, Resource] = {resource.key: resource for resource in self.resources}
        self.workloads: dict[str, Workload] = {}
        self.services_of: dict[str, list[Resource]] = defaultdict(list)
        self._by_kind: dict[str, list[Resource]] = defaultdict(list)
        self._named: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        self._labelled: dict[tuple[str, str, str], list[Workload]] = defaultdict(list)
        self._in_namespace: dict[str, list[Workload]] = defaultdict(list)
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._inhabited: set[str] = set()
        self._makers: dict[tuple[str, str], Resource] | None = None
        for resource in self.resources:
            if not resource.kubernetes:
                self._by_type[resource.group].append(resource)
            else:
                namespace = resource.namespace or "default"
                if resource.placed:
                    self._inhabited.add(namespace)
                self._by_kind[resource.kind].append(resource)
                self._named[resource.kind, namespace, resource.name].append(resource)
            workload = workload_of(resource)
            if workload is not None:
                self.workloads[resource.key] = workload
                self._in_namespace[workload.namespace].append(workload)
                for label, value in workload.pod_labels.items():
                    self._labelled[workload.namespace, label, str(value)].append(workload)
        for resource in self.resources:
            if resource.kubernetes and resource.kind == "Service":
                for workload in self.selected_by(resource):
                    self.services_of[workload.key].append(resource)

    def add(self, resource: Resource) -> None:
        """One more cloud resource, which something names."""
        self.resources.append(resource)
        self.by_key[resource.key] = resource
        self._by_type[resource.group].append(resource)

    def find(self, kind: str, namespace: str, name: str, scope: str) -> Resource | None:
        """The object of that name; where several stacks declare one, the one of `scope`."""
        candidates = self._named.get((kind, namespace, name))
        if not candidates:
            return None
        return next((item for item in reversed(candidates) if item.scope == scope), candidates[-1])

    def maker(self, namespace: str, secret: str, scope: str) -> Resource | None:
        """The custom resource of which a controller makes a Secret of that name."""
        if self._makers is None:
            self._makers = {
                (resource.namespace or "default", name): resource
                for resource in self.of_kind(*MAKERS)
                if (name := text(dig(resource.body, *MAKERS[resource.kind])) or resource.name)
            }
        found = self._makers.get((namespace, secret))
        if found is not None and found.scope != scope:
            return self.find(found.kind, namespace, found.name, scope)
        return found

    def place(self, namespace: str) -> str:
        """Where objects of a namespace stand in this input: those that state none go where they are applied to.

        A name that spells out a namespace in which nothing here stands can only mean them.
        """
        return (
            "default" if namespace not in self._inhabited and "default" not in self._inhabited else namespace
        )

    def of_kind(self, *kinds: str) -> list[Resource]:
        """Kubernetes objects of these kinds, in order."""
        return [item for kind in kinds for item in self._by_kind.get(kind, ())]

    def of_type(self, token: str) -> list[Resource]:
        """Resources of a Pulumi type token, in order."""
        return self._by_type.get(token, [])

    def selected_by(self, service: Resource) -> list[Workload]:
        """Workloads whose pods a Service leads to."""
        selector = mapping(dig(service.body, "spec", "selector"))
        return self.select(service.namespace or "default", selector, service.scope) if selector else []

    def select(self, namespace: str, labels: Mapping[str, Any], scope: str) -> list[Workload]:
        """Workloads of a namespace whose pods carry all of `labels`; every one of them if there are none."""
        if not labels:
            return [item for item in self._in_namespace.get(namespace, ()) if item.resource.scope == scope]
        known = {label: wanted for label, value in labels.items() if (wanted := text(value)) is not None}
        if len(known) != len(labels):
            return []
        smallest = min(
            (self._labelled.get((namespace, label, value), []) for label, value in known.items()), key=len
        )
        return [
            workload
            for workload in smallest
            if workload.resource.scope == scope
            and all(text(workload.pod_labels.get(label)) == value for label, value in known.items())
        ]

    def namespaces(self) -> set[str]:
        """Namespaces that workloads run in."""
        return set(self._in_namespace)
