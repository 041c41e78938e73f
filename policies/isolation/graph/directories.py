"""Directories of a cloud's file systems: by access point, by a volume's handle, and by host and path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..catalog.cloud import ACCESS_POINT
from ..resources import Resource, dig, text
from .stores import Store

if TYPE_CHECKING:
    from .graph import Graph


def directory_of(graph: Graph, access_point: Resource) -> Store | None:
    """The directory that an access point confines its users to; None where that may be the whole file system."""
    path = text(dig(access_point.body, "rootDirectory", "path"))
    stores = graph.stores_given_to(access_point)
    if not stores or path is None or path.strip("/") == "":
        return None
    return _directory(graph, stores[0], path)


def directory_of_volume(graph: Graph, volume: Resource) -> Store | None:
    """The cloud's file system, or the directory of it, that a volume is a view of."""
    stores = [store for store in graph.stores_given_to(volume) if store.kind == "filesystem"]
    spec = dig(volume.body, "spec")
    if not stores:
        return directory_of_export(graph, spec)
    for source in (source for given in volume.inputs_from.values() for source in given):
        found = graph.index.by_key.get(source)
        if found is not None and found.group == ACCESS_POINT:
            return directory_of(graph, found) or stores[0]
    handle, path = dig(spec, "csi", "volumeHandle"), text(dig(spec, "nfs", "path"))
    path = path or (handle.split(":")[1] if isinstance(handle, str) and handle.count(":") else None)
    return _directory(graph, stores[0], path) if path and path.strip("/") else stores[0]


def directory_of_export(graph: Graph, volume: Any) -> Store | None:
    """The directory of a cloud's file system that a pod mounts by its host."""
    server, path = dig(volume, "nfs", "server"), text(dig(volume, "nfs", "path"))
    known = graph.names.handle(server) if isinstance(server, str) else None
    if known is None or known.kind != "filesystem":
        return None
    return _directory(graph, known, path) if path and path.strip("/") else known


def _directory(graph: Graph, store: Store, path: str) -> Store:
    key = f"directory:{store.key}:/{path.strip('/')}"
    if key not in graph.stores:
        graph.stores[key] = Store(
            key=key, kind="filesystem", display_kind=store.display_kind, name=f"{store.name}/{path.strip('/')}",
            owner=store.owner, place=(store.key, f"/{path.strip('/')}"),
        )  # fmt: skip
    return graph.stores[key]
