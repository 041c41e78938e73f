"""The ownership graph: stores, workloads, and every use of a store by a workload with the path it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..catalog.cloud import BELONGS_TO, GRANTS, PARTS, SOURCES
from ..catalog.fronts import FRONTS
from ..resources import Resource, dig, text
from .index import Index
from .names import Names
from .owners import DEFAULT_OWNER_KEYS, Owner, Owners
from .stores import Store, cloud_stores, operator_stores, workload_stores
from .volumes import bound_volumes
from .workloads import Workload


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
    read_only: bool = False
    lists: tuple[str, ...] = ()
    """What names the list that its address came with, needed or not."""
    opens_several: bool = False
    """Whether it is read from a credential that opens other servers, too."""


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
        from .doubts import doubtful_uses
        from .uses import Reading, collect_uses

        self.settings = settings or Settings()
        self.index = Index(resources)
        self.names = Names(self.index)
        self.stores: dict[str, Store] = {store.key: store for store in workload_stores(self.index)}
        self.operated = list(operator_stores(self.index))
        for store, operator in self.operated:
            self.stores[store.key] = store
            self.names.add_operated(store, operator)
        for store, cloud in cloud_stores(self.index):
            self.stores[store.key] = store
            assert store.resource is not None
            for name in cloud.handles:
                handle = store.resource.body.get(name)
                if isinstance(handle, str) and handle:
                    self.names.add_handle(handle, store)
        self._join_copies()
        self._parts = self._parts_by_whole()
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

    def parts_of(self, whole: str) -> tuple[str, ...]:
        """Keys of what says what a role, a secret or a proxy is made of: its policies, its versions, its targets."""
        return self._parts.get(whole, ())

    def _parts_by_whole(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for resource in self.index.resources:
            if resource.group in PARTS:
                for whole in resource.inputs_from.get(PARTS[resource.group], ()):
                    found[whole] = (*found.get(whole, ()), resource.key)
            if resource.group in GRANTS:
                admitted, opened = GRANTS[resource.group]
                for role in resource.inputs_from.get(admitted, ()):
                    found[role] = (*found.get(role, ()), *resource.inputs_from.get(opened, ()))
        return found

    def _join_copies(self) -> None:
        """A replica or a restored copy is the store that its data comes from."""
        for key, store in list(self.stores.items()):
            resource = store.resource
            if resource is None or resource.kubernetes:
                continue
            for name in SOURCES:
                named = resource.body.get(name)
                made_from = [
                    self.stores[source]
                    for given in resource.inputs_from.get(name, ())
                    for source in (given, *self._copied_from(given))
                    if source in self.stores
                ]
                if not made_from and isinstance(named, str):
                    known = self.names.handle(named) or self.names.handle_in_arn(named)
                    made_from = [known] if known is not None else []
                if made_from and made_from[0] is not store:
                    self.stores[key] = made_from[0]

    def every_store(self) -> list[Store]:
        """Every store once, replicas and copies under the store they are of."""
        return list({store.key: store for store in self.stores.values()}.values())

    def is_doubtful(self, use: Use) -> bool:
        """Whether a use may not be one; an owner that somebody stated gets no such benefit."""
        return (use.workload.key, use.store.key) in self._doubtful and not self.owner(use.workload).declared

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

    def _copied_from(self, snapshot: str) -> tuple[str, ...]:
        """Keys of what a snapshot is of."""
        resource = self.index.by_key.get(snapshot)
        names = BELONGS_TO.get(resource.group, ()) if resource is not None else ()
        return tuple(
            key for name in names if resource is not None for key in resource.inputs_from.get(name, ())
        )
