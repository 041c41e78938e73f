"""Whose a resource is: by label or tag, by the nearest component that says so, by its namespace, by its app
label.

An owner that somebody stated is *declared*. Where nobody did, the app label tells services apart; such an
owner is *inferred*, and rules that need a statement to be fair say so instead of refusing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ..resources import Resource, dig, mapping, text
from .index import Index
from .workloads import Workload

DEFAULT_OWNER_KEYS = ("service-extraction/owner",)
_APP_LABELS = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "io.kompose.service",
    "service",
    "name",
    "run",
    "release",
)
# Where one chart is installed several times, what tells the installations apart.
_INSTANCE_LABELS = {"app.kubernetes.io/name": "app.kubernetes.io/instance", "app": "release"}
_RELEASE_LABELS = ("app.kubernetes.io/instance", "release")
_CHART_LABELS = ("helm.sh/chart", "chart")
_COMPONENT_LABELS = ("app.kubernetes.io/component", "component", "tier", "role")
_UMBRELLA = (
    3  # this many Services of their own under one app label, and the label names a system, not a service
)


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner; two are the same if their identity is."""

    identity: str
    name: str = field(compare=False)
    declared: bool = field(default=False, compare=False)


class Owners:
    """Owners of all resources of an index."""

    def __init__(
        self,
        index: Index,
        stores: frozenset[str],
        *,
        owner_keys: Sequence[str] = DEFAULT_OWNER_KEYS,
        namespace_owners: Mapping[str, str] | None = None,
    ) -> None:
        self._index = index
        self._owner_keys = tuple(owner_keys)
        self._namespace_owners = dict(namespace_owners or {})
        self._cache: dict[str, Owner] = {}
        self._units = self._units_by_label(stores)
        self._ambiguous = self._names_of_several()
        self.any_declared = any(self._labelled(resource) for resource in index.resources)

    def of(self, resource: Resource) -> Owner:
        """The owner of a resource."""
        found = self._cache.get(resource.key)
        if found is None:
            found = self._cache[resource.key] = self._declared(resource) or self._inferred(resource)
        return found

    def of_namespace(self, namespace: str, scope: str) -> Owner | None:
        """The declared owner of a namespace, from its own labels or from the configuration."""
        resource = self._index.find("Namespace", "default", namespace, scope)
        stated = self._labelled(resource) if resource is not None else None
        if stated is None:
            stated = next(
                (name for pattern, name in self._namespace_owners.items() if fnmatchcase(namespace, pattern)),
                None,
            )
        return Owner(stated, stated, True) if stated else None

    def _declared(self, resource: Resource) -> Owner | None:
        stated = self._labelled(resource)
        seen = {resource.key}
        parent = self._index.by_key.get(resource.parent or "")
        while stated is None and parent is not None and parent.key not in seen:
            seen.add(parent.key)
            stated = self._labelled(parent) or (
                None if parent.kubernetes else text(dig(parent.body, "owner"))
            )
            parent = self._index.by_key.get(parent.parent or "")
        if stated:
            return Owner(stated, stated, True)
        if resource.kubernetes and resource.namespace:
            return self.of_namespace(resource.namespace, resource.scope)
        return None

    def _labelled(self, resource: Resource) -> str | None:
        workload = self._index.workloads.get(resource.key)
        bodies: list[Any] = [resource.labels, dig(resource.body, "metadata", "annotations")]
        if workload is not None:
            bodies.append(workload.pod_labels)
        if not resource.kubernetes:
            bodies += [dig(resource.body, name) for name in ("tags", "tagsAll", "labels")]
        for body in bodies:
            for key in self._owner_keys:
                stated = text(mapping(body).get(key))
                if stated:
                    return stated
        return None

    def _inferred(self, resource: Resource) -> Owner:
        if not resource.kubernetes:
            return self._by_component(resource)
        namespace = resource.namespace or "default"
        name = self._units.get(resource.key)
        if name is None:
            labels = self._app_label(resource.labels)
            name = labels[0] if labels else resource.name
        identity = f"{namespace}/{name}"
        return Owner(identity, identity if name in self._ambiguous else name)

    def _by_component(self, resource: Resource) -> Owner:
        """The outermost component around a cloud resource; without one, the resource stands for itself."""
        outermost, parent = resource, self._index.by_key.get(resource.parent or "")
        while parent is not None and parent.kind != "Stack":
            outermost, parent = parent, self._index.by_key.get(parent.parent or "")
        return Owner(f"{resource.scope}:{outermost.key}", outermost.name)

    def _app_label(self, labels: Mapping[str, Any]) -> tuple[str, str] | None:
        for label in _APP_LABELS:
            value = text(labels.get(label))
            if value:
                instance = text(labels.get(_INSTANCE_LABELS.get(label, "")))
                return value, f"{value}@{instance}" if instance else value
        return None

    def _units_by_label(self, stores: frozenset[str]) -> dict[str, str]:
        """The service that each workload belongs to, by its app label, umbrellas split."""
        groups: dict[tuple[str, str, str], list[Workload]] = defaultdict(list)
        units: dict[str, str] = {}
        for workload in self._index.workloads.values():
            labels = {**workload.resource.labels, **workload.pod_labels}
            found = self._app_label(labels)
            if found is None:
                units[workload.key] = workload.resource.name
            else:
                groups[workload.resource.scope + "/" + workload.namespace, found[1], found[0]].append(
                    workload
                )
        names = defaultdict(set)
        for namespace, unit, name in groups:
            names[namespace, name].add(unit)
        for (namespace, unit, name), members in groups.items():
            umbrella = self._is_umbrella([member for member in members if member.key not in stores])
            for member in members:
                units[member.key] = unit.replace("@", "/") if len(names[namespace, name]) > 1 else name
            if umbrella:
                units |= self._parts(members)
        self._join_products(units, stores)
        return units

    def _names_of_several(self) -> set[str]:
        """Names that services of several namespaces have in common."""
        places: dict[str, set[str]] = defaultdict(set)
        for workload in self._index.workloads.values():
            if workload.key in self._units:
                places[self._units[workload.key]].add(workload.namespace)
        return {name for name, namespaces in places.items() if len(namespaces) > 1}

    def _parts(self, members: list[Workload]) -> dict[str, str]:
        """The services under an umbrella, by their component labels; what stands behind the same Services is one."""
        parts: dict[str, str] = {}
        behind: dict[frozenset[str], str] = {}
        for member in members:
            labels = {**member.resource.labels, **member.pod_labels}
            part = next((value for label in _COMPONENT_LABELS if (value := text(labels.get(label)))), None)
            fronts = frozenset(
                service.key
                for service in self._index.services_of[member.key]
                if len(self._index.selected_by(service)) < len(members) and not _is_headless(service)
            )
            name = member.resource.name
            parts[member.key] = part or (behind.setdefault(fronts, name) if fronts else name)
        return parts

    def _join_products(self, units: dict[str, str], stores: frozenset[str]) -> None:
        """Make one unit of workloads that one release of one chart runs from one image: roles of one program."""
        roles: dict[tuple[str, ...], list[Workload]] = defaultdict(list)
        for workload in self._index.workloads.values():
            labels = {**workload.resource.labels, **workload.pod_labels}
            release, chart = (
                next((value for label in keys if (value := text(labels.get(label)))), None)
                for keys in (_RELEASE_LABELS, _CHART_LABELS)
            )
            if release and chart and workload.images and workload.key not in stores:
                where = workload.resource.scope + "/" + workload.namespace
                roles[where, release, chart, *workload.images].append(workload)
        for members in roles.values():
            for member in members[1:]:
                units[member.key] = units[members[0].key]

    def _is_umbrella(self, members: list[Workload]) -> bool:
        """Whether the label covers several services: Kubernetes knows them by their Services."""
        if len(members) < _UMBRELLA:
            return False
        own = {member.key for member in members}
        fronts = {
            frozenset(item.key for item in self._index.selected_by(service)) & own
            for member in members
            for service in self._index.services_of[member.key]
            if not _is_headless(service)
        }
        return len([front for front in fronts if front != own]) >= _UMBRELLA


def _is_headless(service: Resource) -> bool:
    """Whether a Service only lists its pods, rather than balancing between them."""
    return text(dig(service.body, "spec", "clusterIP")) == "None"
