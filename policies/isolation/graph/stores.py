"""Stores: workloads that run an engine, operators' custom resources, cloud stores, claims, and what lies outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..catalog import listed
from ..catalog.cloud import ENGINES_BY_PREFIX, STORES, CloudStore
from ..catalog.engines import BY_NAME, BY_PORT, SERVER_DATABASE_VARIABLES, Engine
from ..catalog.images import engine_of_image, image_words, is_proxy
from ..catalog.operators import BY_KIND, Operator
from ..resources import Resource, dig, mapping, sequence, text
from .index import Index
from .owners import Owner
from .workloads import Workload, container_ports

_PLAIN_PARAMETERS = frozenset({"String", "StringList"})


@dataclass(slots=True, eq=False, kw_only=True)
class Store:
    """Something that keeps state: the server, not one of the databases on it."""

    key: str
    kind: str
    """database, cache, broker, search, object-store, registry, filesystem or secret."""
    display_kind: str
    """Kubernetes kind, cloud type, or `external`."""
    name: str
    namespace: str | None = None
    engine: Engine | None = None
    resource: Resource | None = None
    owner: Owner | None = None
    """None for a store outside the input."""
    member_of: Store | None = None
    """The store that stands for the cluster which this one is a member of."""
    undeclared: bool = False
    """Whether it goes by a name of this cluster that nothing in the input declares."""
    own_logicals: set[str] = field(default_factory=set)
    """Databases that the store's own declaration makes."""
    place: tuple[str, str] | None = None
    """Server and directory of a file system that holds others."""
    kept_for: dict[str, Owner] = field(default_factory=dict)
    """Stated owners of databases that resources of their own declare on this server."""

    @property
    def title(self) -> str:
        return f"{self.display_kind} {self.name}" if self.display_kind != "external" else self.name

    @property
    def stated_owner(self) -> Owner | None:
        """Its owner, if somebody stated one."""
        return self.owner if self.owner is not None and self.owner.declared else None


def served_engine(workload: Workload, index: Index) -> Engine | None:
    """The engine that a workload serves, if it is a store."""
    if workload.resource.kind in {"Job", "CronJob"}:
        return None
    ports: set[int] | None = None
    for container in sequence(dig(workload.pod, "containers")):
        image = text(dig(container, "image"))
        engine, certain = engine_of_image(image) if image else (None, False)
        if engine is None:
            continue
        if certain:
            return engine
        ports = _ports(workload, index) if ports is None else ports
        if ports & set(engine.ports) or (not ports and workload.resource.kind == "StatefulSet"):
            return engine
    if len(workload.images) <= 1 and not workload.observer:
        ports = _ports(workload, index) if ports is None else ports
        if len(ports) <= 2 and not _only_companions(workload):
            return next((BY_PORT[port] for port in sorted(ports) if port in BY_PORT), None)
    return None


def _only_companions(workload: Workload) -> bool:
    """Whether the image says that it is a proxy or a tool of an engine, and so not the engine."""
    tools = listed(
        "exporter proxy ui operator express commander admin router nginx stunnel traefik caddy httpd tunnel"
    )
    return any(is_proxy(image) or tools & set(image_words(image)) for image in workload.images)


def _ports(workload: Workload, index: Index) -> set[int]:
    ports = container_ports(workload)
    for service in index.services_of[workload.key]:
        for item in sequence(dig(service.body, "spec", "ports")):
            for name in ("port", "targetPort"):
                port = text(dig(item, name))
                if port and port.isdigit():
                    ports.add(int(port))
    return ports


def workload_stores(index: Index) -> Iterator[Store]:
    """Stores that run as plain workloads."""
    for workload in index.workloads.values():
        engine = served_engine(workload, index)
        if engine is not None:
            yield store_of_workload(workload, engine)


def store_of_workload(workload: Workload, engine: Engine) -> Store:
    """The store that a workload is, given the engine it serves."""
    resource = workload.resource
    store = _store_of_resource(resource, engine)
    for container in workload.containers():
        for item in sequence(dig(container, "env")):
            value = text(dig(item, "value"))
            if value and dig(item, "name") in SERVER_DATABASE_VARIABLES:
                store.own_logicals.add(value)
    return store


def _store_of_resource(resource: Resource, engine: Engine) -> Store:
    return Store(
        key=resource.key,
        kind=engine.kind,
        display_kind=resource.kind,
        name=resource.name,
        namespace=resource.namespace,
        engine=engine,
        resource=resource,
    )


def operator_stores(index: Index) -> Iterator[tuple[Store, Operator]]:
    """Stores that an operator keeps on behalf of a custom resource."""
    for resource in index.resources:
        operator = BY_KIND.get((resource.group, resource.kind)) if resource.kubernetes else None
        if operator is None:
            continue
        engine = BY_NAME[operator.engine]
        store = _store_of_resource(resource, engine)
        stated = text(dig(resource.body, *operator.database_path)) if operator.database_path else None
        if stated is None and not dig(resource.body, "spec", "users"):
            stated = (operator.default_database or "").format(name=resource.name)
        if stated:
            store.own_logicals.add(stated)
        yield store, operator


def cloud_stores(index: Index) -> Iterator[tuple[Store, CloudStore]]:
    """Stores that are cloud resources."""
    for resource in index.resources:
        known = STORES.get(resource.group) if not resource.kubernetes else None
        if known is None or text(resource.body.get("type")) in _PLAIN_PARAMETERS:
            continue
        store = Store(
            key=resource.key,
            kind=known.kind,
            display_kind=resource.kind if resource.declared else "external",
            name=resource.name,
            engine=_stated_engine(resource) or BY_NAME.get(known.engine),
            resource=resource if resource.declared else None,
        )
        stated = text(resource.body.get(known.logical)) if known.logical else None
        if stated:
            store.own_logicals.add(stated)
        yield store, known


def _stated_engine(resource: Resource) -> Engine | None:
    """The engine that a cloud store says it runs."""
    for name in ("engine", "engineType", "databaseVersion"):
        stated = (text(resource.body.get(name)) or "").lower()
        for beginning, engine in ENGINES_BY_PREFIX:
            if stated.startswith(beginning):
                return BY_NAME[engine]
    return None


def texts_at(body: Any, path: tuple[str, ...]) -> list[str]:
    """Known texts at a path whose `*` walks a list."""
    if not path:
        found = text(body)
        return [found] if found else []
    if path[0] == "*":
        return [item for element in sequence(body) for item in texts_at(element, path[1:])]
    return texts_at(mapping(body).get(path[0]), path[1:])


def unite(head: Store, member: Store) -> None:
    """Let one store outside the input, or the cluster that it stands in, stand for another as well."""
    while head.member_of is not None:
        head = head.member_of
    while member.member_of is not None:
        member = member.member_of
    if member is not head:
        member.member_of = head
