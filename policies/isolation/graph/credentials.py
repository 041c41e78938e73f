"""Which store a Secret opens: by the server that reads it, by the custom resource that names it, by its making."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalog.cloud import CREDENTIAL_SOURCES, STORES
from ..catalog.cloud_links import USERS
from ..catalog.engines import SERVER_PASSWORD_VARIABLES
from ..catalog.fronts import FRONTS
from ..resources import Resource, dig, sequence, text
from .database_users import databases_by_user
from .stores import Store, texts_at

if TYPE_CHECKING:
    from .graph import Graph


@dataclass(frozen=True, slots=True)
class Lock:
    """A store that a credential opens, and the database it opens if that is known."""

    store: Store
    logical: str | None = None
    made_by: str | None = None
    """Key of what generated it."""


class Credentials:
    """Locks by Secret, by Secret and key, and by the resource that generated the credential."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._by_secret: dict[tuple[str, str], list[Lock]] = defaultdict(list)
        self._by_key: dict[tuple[str, str], dict[str, list[Lock]]] = defaultdict(lambda: defaultdict(list))
        self._by_pattern: dict[str, list[tuple[re.Pattern[str], Lock]]] = defaultdict(list)
        self.by_source: dict[str, list[Lock]] = defaultdict(list)
        self._operated()
        self._fronted()
        self._served()
        self._generated()
        self._copied()

    def of_secret(self, namespace: str, name: str, key: str | None = None) -> list[Lock]:
        """What the Secret opens; with a key, what that key opens."""
        locks = list(self._by_secret.get((namespace, name), ()))
        if key is None:
            for found in self._by_key.get((namespace, name), {}).values():
                locks += found
        else:
            locks += self._by_key.get((namespace, name), {}).get(key, ())
        if not locks:
            locks = [lock for pattern, lock in self._by_pattern.get(namespace, ()) if pattern.fullmatch(name)]
        return locks

    def _operated(self) -> None:
        for store, operator in self._graph.operated:
            resource = store.resource
            assert resource is not None
            namespace = resource.namespace or "default"
            logical = next(iter(store.own_logicals), None)
            for path in operator.secret_paths:
                for name in texts_at(resource.body, path):
                    first = path[-2:] == ("secret", "name")
                    self._by_secret[namespace, name].append(Lock(store, logical if first else None))
            for pattern in operator.secrets:
                name = pattern.replace("{name}", resource.name)
                if "{" in name:
                    self._of_users(store, resource, name)
                    expression = re.sub(r"\\\{\w+\\\}", "[a-z0-9_.-]+", re.escape(name))
                    self._by_pattern[namespace].append((re.compile(expression), Lock(store)))
                elif not name.endswith("-superuser"):
                    self._by_secret[namespace, name].append(Lock(store, logical))
                else:
                    self._by_secret[namespace, name].append(Lock(store))

    def _of_users(self, store: Store, resource: Resource, pattern: str) -> None:
        """Secrets of users whose database the custom resource tells."""
        namespace = resource.namespace or "default"
        known_in = {
            text(dig(user, "name")): text(dig(user, "db"))
            for user in sequence(dig(resource.body, "spec", "users"))
        }
        first = next(iter(store.own_logicals), None)
        unstated = {resource.name: first} if first == resource.name else {}
        for user, database in (databases_by_user(resource.body) or unstated).items():
            if database is not None:
                name = pattern.replace("{user}", user).replace("{database}", known_in.get(user) or database)
                self._by_secret[namespace, name].append(Lock(store, database))

    def _fronted(self) -> None:
        """Secrets into which a custom resource writes a connection to a store, and to one database of it."""
        stores = {(store.name, store.namespace): store for store, _ in self._graph.operated}
        for front in (item for item in FRONTS if item.secret_path):
            for resource in self._graph.index.of_kind(front.kind):
                store = stores.get((text(dig(resource.body, *front.store_path)) or "", resource.namespace))
                if resource.group == front.group and store is not None:
                    name = text(dig(resource.body, *(front.secret_path or ()))) or resource.name
                    logical = text(dig(resource.body, *front.logical_path)) if front.logical_path else None
                    self._by_secret[resource.namespace or "default", name].append(Lock(store, logical))

    def _served(self) -> None:
        """A Secret that the server itself reads its password from opens that server."""
        for store in self._graph.stores.values():
            workload = self._graph.index.workloads.get(store.key)
            if workload is None:
                continue
            logical = next(iter(store.own_logicals), None)
            for container in workload.containers():
                for item in sequence(dig(container, "env")):
                    reference = dig(item, "valueFrom", "secretKeyRef")
                    name, key = text(dig(reference, "name")), text(dig(reference, "key"))
                    variable = (text(dig(item, "name")) or "").removesuffix("_FILE")
                    if (
                        name
                        and key
                        and (variable in SERVER_PASSWORD_VARIABLES or variable.endswith("PASSWORD"))
                    ):
                        self._by_key[workload.namespace, name][key].append(Lock(store, logical))
                for source in sequence(dig(container, "envFrom")):
                    name = text(dig(source, "secretRef", "name"))
                    if name:
                        self._by_secret[workload.namespace, name].append(Lock(store, logical))
            for volume in sequence(dig(workload.pod, "volumes")):
                name = text(dig(volume, "secret", "secretName"))
                if name and not self._is_certificate(workload.namespace, name, store):
                    self._by_secret[workload.namespace, name].append(Lock(store))

    def _is_certificate(self, namespace: str, name: str, store: Store) -> bool:
        resource = self._graph.index.find(
            "Secret", namespace, name, store.resource.scope if store.resource else ""
        )
        if resource is None:
            return True  # nothing says that a file the server mounts is a password
        return text(dig(resource.body, "type")) == "kubernetes.io/tls"

    def _generated(self) -> None:
        """A password that a store was given opens that store, wherever else it is handed."""
        for resource in self._graph.index.resources:
            store = self._graph.stores.get(resource.key)
            opened = (
                [store] if store is not None and store.kind != "secret" and resource.group in STORES else []
            )
            if resource.group in USERS:
                opened = self._graph.links.stores_behind(resource.key, self._graph.stores)
            for sources in resource.inputs_from.values() if opened else ():
                for source in sources:
                    made_by = self._graph.index.by_key.get(source)
                    if made_by is not None and made_by.group in CREDENTIAL_SOURCES:
                        self.by_source[source] += [
                            Lock(item, next(iter(item.own_logicals), None), source) for item in opened
                        ]

    def _copied(self) -> None:
        """A password that went into one Secret that opens a store opens it from any other Secret, too."""
        for resource in self._graph.index.of_kind("Secret"):
            locks = self.of_secret(resource.namespace or "default", resource.name)
            for sources in resource.inputs_from.values() if locks else ():
                for source in sources:
                    made_by = self._graph.index.by_key.get(source)
                    if made_by is not None and made_by.group in CREDENTIAL_SOURCES:
                        self.by_source[source] += [
                            lock for lock in locks if lock not in self.by_source[source]
                        ]

    def of_resource(self, resource: Resource, keys: Collection[str | None] = (None,)) -> list[Lock]:
        """What a Secret opens, by its name and the keys read of it, and by the generated values that went into it."""
        locks = []
        if resource.kubernetes and resource.kind in {"Secret", "SealedSecret"}:
            for key in keys:
                locks += self.of_secret(resource.namespace or "default", resource.name, key)
        for sources in resource.inputs_from.values():
            for source in sources:
                locks += self.by_source.get(source, ())
        return locks
