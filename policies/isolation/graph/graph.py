"""The ownership graph: stores, workloads, and every use of a store by a workload with the path it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..catalog.cloud import SOURCES
from ..catalog.cloud_links import ENDPOINTS, ZONES
from ..catalog.fronts import FRONTS
from ..resources import Resource, dig, text, values_at
from .arns import Arns
from .doubts import database_of, doubtful_uses
from .index import Index
from .links import Links
from .names import Names
from .outside import adopted
from .owners import DEFAULT_OWNER_KEYS, Owner, Owners
from .stores import Store, cloud_stores, operator_stores, workload_stores
from .volumes import bound_volumes
from .workloads import Workload
from .written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A workload's way to a store."""

    workload: Workload
    store: Store
    logical: Any = None
    """Database, keyspace or claim; None where nothing says, `UNKNOWN` where only the update will."""
    schema: str | None = None
    steps: tuple[str, ...] = ()
    """What lies between: carriers, Services, claims."""
    via: str = "address"
    """address, credential, reference (an output of another resource), volume or network."""
    carriers: tuple[str, ...] = ()
    """Keys of the Secrets and ConfigMaps on the way."""
    login: str | None = None
    """User name that it logs in with; never a password."""
    credential: str | None = None
    """Key of what its password or token is made of; None where that is the store's own, or not known."""
    read_only: bool = False
    lists: tuple[str, ...] = ()
    """What names the list that its address came with, needed or not."""
    unshown: str | None = None
    """Where its database's name, or its whole address, comes from if the input shows no more than that."""
    uncertain: bool = False
    """Whether it comes by a credential that opens other servers, too, or that nothing in the input shows."""


@dataclass(slots=True, kw_only=True)
class Settings:
    """What a project states about itself for this audit."""

    owner_keys: Sequence[str] = DEFAULT_OWNER_KEYS
    namespace_owners: Mapping[str, str] = field(default_factory=dict)
    """Owner by namespace pattern, for namespaces of other stacks."""
    host_owners: Mapping[str, str] = field(default_factory=dict)
    """Owner by host or ARN pattern, for stores of other stacks."""


class Graph:
    """Everything the rules ask about."""

    def __init__(self, resources: Iterable[Resource], settings: Settings | None = None) -> None:
        from .credentials import Credentials  # these fill the graph and know its types
        from .uses import Reading, collect_uses

        self.settings = settings or Settings()
        self.found: dict[tuple[object, str], list[Any]] = {}
        """What a rule has found, by its check and its configuration."""
        resources = list(resources)
        self.index = Index([*resources, *adopted(resources)])
        self.arns = Arns(self.index)
        written = Written(self.index, self.arns)
        written.read()
        self.wide = written.wide
        self.links = Links(self.index)
        self.names = Names(self.index)
        self.stores: dict[str, Store] = {store.key: store for store in workload_stores(self.index)}
        self.operated = list(operator_stores(self.index))
        for store, operator in self.operated:
            self.stores[store.key] = store
            self.names.add_operated(store, operator)
        for store, cloud in cloud_stores(self.index):
            self.stores[store.key] = store
            for path in cloud.handles:
                for handle in values_at(self.index.by_key[store.key].body, path):
                    self.names.add_handle(handle, store)
        self._join_copies()
        self.names.stores_of_service = self.stores_given_to
        self._add_endpoints()
        self.names.add_fronts(self.stores)
        self.owners = Owners(
            self.index,
            frozenset(self.stores),
            owner_keys=self.settings.owner_keys,
            namespace_owners=self.settings.namespace_owners,
        )
        for store in self.stores.values():
            if store.resource is not None:
                store.owner = self.owners.of(store.resource)
        self._find_kept_databases()
        self.credentials = Credentials(self)
        self._made: dict[str, frozenset[str]] = {}
        self.bound_volumes = bound_volumes(self.index)
        self.uses: list[Use] = []
        self.readings: list[Reading] = []
        collect_uses(self)
        self._doubtful = doubtful_uses(self)
        self.uses_of: dict[str, list[Use]] = defaultdict(list)
        for use in self.uses:
            self.uses_of[use.store.key].append(use)

    def owner(self, workload: Workload) -> Owner:
        """The owner of a workload."""
        return self.owners.of(workload.resource)

    def made_secrets(self, namespace: str) -> frozenset[str]:
        """Names of Secrets of a namespace that a controller makes because some resource asks for it by name."""
        found = self._made.get(namespace)
        if found is None:
            found = self._made[namespace] = frozenset(
                name
                for kind in ("Certificate", "ExternalSecret", "SealedSecret", "VaultStaticSecret")
                for resource in self.index.of_kind(kind)
                if resource.namespace == namespace
                for path in (
                    ("spec", "secretName"),
                    ("spec", "target", "name"),
                    ("spec", "destination", "name"),
                )
                if (name := text(dig(resource.body, *path)) or resource.name)
            )
        return found

    def store_namespaces(self) -> set[str]:
        """Namespaces that hold stores kept by operators."""
        return {store.namespace for store, _ in self.operated if store.namespace}

    def _join_copies(self) -> None:
        """A replica or a restored copy is the store that its data comes from."""
        copies: dict[str, str] = {}
        for key, store in self.stores.items():
            resource = store.resource
            if resource is None or resource.kubernetes:
                continue
            made_from = [
                source.key
                for name in SOURCES
                for given in resource.inputs_from.get(name, ())
                for source in self.links.stores_behind(given, self.stores)
                if source is not store
            ]
            if made_from:
                copies[key] = made_from[0]
        originals = dict(self.stores)
        for key in copies:
            first, seen = key, set[str]()
            while first in copies and first not in seen:
                seen.add(first)
                first = copies[first]
            self.stores[key] = originals[first]
        self.names.rejoin(self.stores)

    def stores_given_to(self, resource: Resource) -> list[Store]:
        """The stores whose outputs went into a resource."""
        sources = (source for given in resource.inputs_from.values() for source in given)
        found = {
            store.key: store for source in sources for store in self.links.stores_behind(source, self.stores)
        }
        return list(found.values())

    def _add_endpoints(self) -> None:
        """Hosts of what leads to a store: proxies, parts of clusters, records of a zone."""
        for token, properties in ENDPOINTS.items():
            for resource in self.index.of_type(token):
                behind = self.links.stores_behind(resource.key, self.stores)
                hosts = [host for name in properties for host in values_at(resource.body, (name,))]
                for host in (*hosts, *self._in_zone(resource)) if len(behind) == 1 else ():
                    self.names.add_handle(host, behind[0], (resource.title,))

    def _in_zone(self, resource: Resource) -> Iterator[str]:
        """The full name of a record that is given its name in a zone."""
        name = text(resource.body.get("name"))
        for source in (
            key for given in ZONES.get(resource.group, ()) for key in resource.inputs_from.get(given, ())
        ):
            zone = self.index.by_key.get(source)
            around = text(zone.body.get("name")) if zone is not None else None
            if name and around:
                yield f"{name}.{around.rstrip('.')}"

    def every_store(self) -> list[Store]:
        """Every store once, replicas and copies under the store they are of."""
        return list({store.key: store for store in self.stores.values()}.values())

    def is_doubtful(self, use: Use) -> bool:
        """Whether a use may not be one; an owner that somebody stated gets no such benefit."""
        place = (use.workload.key, *database_of(use))
        return place in self._doubtful and not self.owner(use.workload).declared

    def _find_kept_databases(self) -> None:
        """Databases that a custom resource declares on another's server, for the owner that it states."""
        fronts = {
            (front.group, front.kind): front
            for front in FRONTS
            if front.logical_path and not front.secret_path
        }
        for resource in self.index.of_kind(*{kind for _, kind in fronts}):
            front = fronts.get((resource.group, resource.kind))
            owner = self.owners.of(resource)
            if front is None or front.logical_path is None or not owner.declared:
                continue
            server, name = (
                text(dig(resource.body, *front.store_path)),
                text(dig(resource.body, *front.logical_path)),
            )
            for store, _ in self.operated:
                if name and (store.name, store.namespace) == (server, resource.namespace):
                    store.kept_for[name] = owner
