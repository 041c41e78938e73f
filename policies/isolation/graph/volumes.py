"""Uses of file systems: a claim, the volume behind it, the export, share or directory behind that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..resources import Resource, dig, sequence, text
from .directories import directory_of_export, directory_of_volume
from .index import Index
from .stores import Store
from .volume_sources import source_of
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use


def volume_uses(graph: Graph) -> list[Use]:
    """Every use of a file system by a workload, servers of stores included."""
    return [use for workload in graph.index.workloads.values() for use in _of(graph, workload)]


def _of(graph: Graph, workload: Workload) -> Iterator[Use]:
    from .graph import Use

    for volume in sequence(dig(workload.pod, "volumes")):
        name = text(dig(volume, "name")) or ""
        mounts = [
            mount
            for container in workload.containers()
            for mount in sequence(dig(container, "volumeMounts"))
            if dig(mount, "name") == name
        ]
        found = _behind(graph, workload, volume)
        if found is None or not mounts:
            continue
        store, steps, logical = found
        read_only = all(dig(mount, "readOnly") is True for mount in mounts) or (
            dig(volume, "persistentVolumeClaim", "readOnly") is True
        )
        yield Use(
            workload=workload, store=store, logical=logical, steps=steps, via="volume", read_only=read_only
        )
    for template in sequence(dig(workload.resource.body, "spec", "volumeClaimTemplates")):
        prefix = f"{text(dig(template, 'metadata', 'name'))}-{workload.resource.name}-"
        store = _store(
            graph,
            f"claims:{workload.namespace}/{prefix}",
            "PersistentVolumeClaim",
            prefix + "0",
            workload.namespace,
            workload.resource,
        )
        yield Use(workload=workload, store=store, logical=prefix + "0", via="volume")


def _behind(
    graph: Graph, workload: Workload, volume: Any
) -> tuple[Store, tuple[str, ...], str | None] | None:
    claim = text(dig(volume, "persistentVolumeClaim", "claimName"))
    if claim is not None:
        return _claim(graph, workload, claim)
    source = source_of(volume)
    if source is None:
        return None
    return (
        directory_of_export(graph, volume)
        or _store(graph, f"volume:{source}", "external", source, None, None),
        (),
        None,
    )


def _claim(graph: Graph, workload: Workload, claim: str) -> tuple[Store, tuple[str, ...], str | None]:
    scope, namespace = workload.resource.scope, workload.namespace
    title = f"PersistentVolumeClaim {claim}"
    resource = graph.index.find("PersistentVolumeClaim", namespace, claim, scope)
    if resource is None:
        prefix, _, ordinal = claim.rpartition("-")
        templated = graph.stores.get(f"claims:{namespace}/{prefix}-") if ordinal.isdigit() else None
        if templated is None and ordinal.isdigit():
            templated = _templated(graph, workload, prefix)
        if templated is not None:
            return templated, (), claim
        return (
            _store(graph, f"claim:{namespace}/{claim}", "PersistentVolumeClaim", claim, namespace, None),
            (),
            claim,
        )
    volume = _volume_of(graph, resource)
    managed = directory_of_volume(graph, volume) if volume is not None else None
    if managed is not None and volume is not None:
        return managed, (title, f"PersistentVolume {volume.name}"), claim
    source = source_of(dig(volume.body, "spec")) if volume is not None else None
    if source is None:
        key = f"claim:{namespace}/{claim}" if volume is None else f"volume:{volume.key}"
        if volume is None or resource.name == claim:
            return _store(graph, key, "PersistentVolumeClaim", claim, namespace, resource), (), claim
    key = f"volume:{source}"
    known = graph.stores.get(key)
    if known is None:
        store = _store(graph, key, "PersistentVolumeClaim", claim, namespace, resource)
        return store, (), claim
    if known.name == claim and known.namespace == namespace:
        return known, (), claim
    return known, (title, f"PersistentVolume {volume.name}" if volume is not None else ""), claim


def _templated(graph: Graph, workload: Workload, prefix: str) -> Store | None:
    """The claims that a StatefulSet of the namespace makes under this prefix."""
    for other in graph.index.select(workload.namespace, {}, workload.resource.scope):
        for template in sequence(dig(other.resource.body, "spec", "volumeClaimTemplates")):
            if f"{text(dig(template, 'metadata', 'name'))}-{other.resource.name}" == prefix:
                return _store(
                    graph,
                    f"claims:{workload.namespace}/{prefix}-",
                    "PersistentVolumeClaim",
                    prefix + "-0",
                    workload.namespace,
                    other.resource,
                )
    return None


def _volume_of(graph: Graph, claim: Resource) -> Resource | None:
    name = text(dig(claim.body, "spec", "volumeName"))
    if name:
        return graph.index.find("PersistentVolume", "default", name, claim.scope)
    return graph.bound_volumes.get((claim.namespace or "default", claim.name))


def bound_volumes(index: Index) -> dict[tuple[str, str], Resource]:
    """Volumes by the claim that they name themselves."""
    found = {}
    for volume in index.of_kind("PersistentVolume"):
        reference = dig(volume.body, "spec", "claimRef")
        name = text(dig(reference, "name"))
        if name:
            found[text(dig(reference, "namespace")) or "default", name] = volume
    return found


def _store(
    graph: Graph, key: str, kind: str, name: str, namespace: str | None, resource: Resource | None
) -> Store:
    store = graph.stores.get(key)
    if store is None:
        exported = re.match(r"volume:(?:nfs://([^/]+)|(hostPath):)(/.*)", key)
        store = graph.stores[key] = Store(
            place=(exported[1] or exported[2], exported[3]) if exported else None,
            key=key,
            kind="filesystem",
            display_kind=kind,
            name=name,
            namespace=namespace,
            resource=resource,
            owner=graph.owners.of(resource) if resource is not None else None,
        )
    return store
