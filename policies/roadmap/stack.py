"""A stack as this roadmap sees it: the ownership graph, the registered move, and where each domain stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from policies.isolation.graph.allowances import Allowance, allowances
from policies.isolation.graph.environment import variables
from policies.isolation.graph.given import Variable
from policies.isolation.graph.graph import Graph, Settings
from policies.isolation.graph.stores import Store
from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import UNKNOWN, Resource, dig, text
from roadmap.catalog_entries import Catalog, DomainEntry, PhaseEntry
from roadmap.catalog_files import load_catalog
from roadmap.principles import ReadinessTable, load_principles
from roadmap.registered_move import (
    RegisteredMove,
    entering_domains,
    judge_registered_move,
    read_registered_move,
)
from roadmap.topology import MONOLITH, DomainPlacement

from .calls import Call, find_calls
from .images import is_proxy_image
from .network import Reach, reaches
from .routes import Answer, answers
from .sql import Script, scripts

ROOT = "extraction:roadmap:ExtractionRoadmap"
"""Type of the component that registers the move."""
_LASTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"})


@cache
def catalog() -> Catalog:
    """The project's catalog, read once."""
    return load_catalog()


class Stack(Graph):
    """Everything the rules ask about."""

    def __init__(self, resources: Iterable[Resource], settings: Settings | None = None) -> None:
        super().__init__(resources, settings)
        self.catalog = catalog()
        self._given: dict[str, list[list[Variable]]] = {}
        roots = self.index.of_type(ROOT)
        self.root = roots[0] if len(roots) == 1 else None
        self.unreadable: str | None = None
        """Why there is no registered move, in words."""
        self.move: RegisteredMove | None = None
        if self.root is None:
            self.unreadable = f"{len(roots)} resources register a move, and exactly one {ROOT} has to"
        else:
            found = read_registered_move(self.root.body)
            if isinstance(found, RegisteredMove):
                self.move = found
            else:
                self.unreadable = found
        phases = {(entry.domain, phase.name) for entry in self.catalog.domains for phase in entry.phases}
        self.placements: dict[str, DomainPlacement] = {
            placement.domain: placement
            for placement in (self.move.next_placements if self.move else ())
            if (placement.domain, placement.phase) in phases
        }
        """By domain; one in a phase that the catalog does not know is left to `registered-move`."""

    @property
    def concerned(self) -> bool:
        """Whether this is a stack of the roadmap at all: it registers a move, or states owners."""
        return bool(self.index.of_type(ROOT)) or self.owners.any_declared

    @cached_property
    def readiness(self) -> ReadinessTable:
        """The criteria that a domain has to meet before its last phase (Extraction Readiness Criteria)."""
        return load_principles().readiness

    def objections(self, today: datetime.date) -> list[str]:
        """Why the registered move is not legal; nothing where it is, or where none can be read."""
        return judge_registered_move(self.move, self.catalog, self.readiness, today) if self.move else []

    @property
    def entering_domains(self) -> tuple[str, ...]:
        """Domains that the registered move takes into their last phase."""
        return entering_domains(self.move, self.catalog) if self.move else ()

    def owner_of(self, resource: Resource) -> str | None:
        """The stated owner of a resource; None where nobody states one."""
        owner = self.owners.of(resource)
        return owner.name if owner.declared else None

    def owned(self, owner: str, *kinds: str) -> list[Resource]:
        """Kubernetes objects of these kinds that belong to an owner."""
        return [item for item in self.index.of_kind(*kinds) if self.owner_of(item) == owner]

    def stores_of(self, owner: str, *kinds: str) -> list[Store]:
        """Declared stores of an owner, such as `database` and `cache`; a copy is the store that it is of."""
        return [
            store
            for store in self.every_store()
            if store.resource is not None
            and store.kind in kinds
            and store.owner is not None
            and store.owner.declared
            and store.owner.name == owner
        ]

    @cached_property
    def main_databases(self) -> list[Store]:
        """The monolith's database servers."""
        return self.stores_of(MONOLITH, "database")

    def workloads_of(self, owner: str) -> list[Workload]:
        """Workloads of an owner that run: stores are none, and a suspended CronJob is a template."""
        return self._workloads.get(owner, [])

    def serving(self, owner: str) -> list[Workload]:
        """Workloads of an owner that run on and are its own software, not proxies of edges."""
        return [
            item
            for item in self.workloads_of(owner)
            if item.resource.kind in _LASTING and not self.is_proxy(item)
        ]

    def is_proxy(self, workload: Workload) -> bool:
        """Whether nothing but a proxy runs in it, a mesh's sidecar aside; an image not known yet may be more."""
        known = bool(workload.images) and UNKNOWN not in self.images_of(workload)
        return known and all(map(is_proxy_image, workload.images))

    @cached_property
    def _workloads(self) -> dict[str, list[Workload]]:
        found: dict[str, list[Workload]] = {}
        for workload in self.index.workloads.values():
            suspended = workload.resource.kind == "CronJob" and dig(workload.resource.body, "spec", "suspend")
            if workload.key not in self.stores and suspended is not True:
                found.setdefault(self.owner_of(workload.resource) or "", []).append(workload)
        return found

    def entry(self, domain: str) -> DomainEntry | None:
        """The catalog's entry of a domain; None where there is none."""
        return next((entry for entry in self.catalog.domains if entry.domain == domain), None)

    def at_service(self, domain: str) -> bool:
        """Whether a domain is in its last phase: the move says so, or what runs of it does."""
        entry, placement = self.entry(domain), self.placements.get(domain)
        said = entry is not None and placement is not None and placement.phase == entry.last.name
        return said or bool(self.serving(domain))

    def old_path_is_retired(self, domain: str) -> bool:
        """Whether nothing may go the old way any more; an unreadable move does not keep it open."""
        placement = self.placements.get(domain)
        return self.at_service(domain) and (placement is None or placement.old_path != "kept")

    def inside(self, entry: DomainEntry) -> PhaseEntry | None:
        """The phase whose parts run in the monolith now."""
        placement = self.placements.get(entry.domain)
        if placement is None:
            return None
        if placement.phase != entry.last.name:
            return entry.phase(placement.phase)
        return entry.phases[-2] if placement.old_path == "kept" else None

    def is_backfill(self, workload: Workload) -> bool:
        """Whether this is the one Job of a data move that a registered exemption opens (Extraction Principles, 4)."""
        for placement in self.placements.values():
            label = text(workload.pod_labels.get("app.kubernetes.io/name"))
            if placement.backfill is not None and label == f"{placement.domain}-backfill":
                return (
                    workload.resource.kind == "Job" and self.owner_of(workload.resource) == placement.domain
                )
        return False

    @cached_property
    def reaches(self) -> list[Reach]:
        """Which workloads the network lets reach which others."""
        return list(reaches(self))

    @cached_property
    def allowances(self) -> list[Allowance]:
        """Which workloads the network lets reach which stores."""
        return list(allowances(self))

    @cached_property
    def answers(self) -> list[Answer]:
        """Public paths and whose Services answer them."""
        return list(answers(self))

    @cached_property
    def scripts(self) -> list[Script]:
        """SQL that the monolith's database is given."""
        return list(scripts(self))

    def given(self, workload: Workload) -> list[list[Variable]]:
        """Variables of each container of a workload, and the files that its pod mounts."""
        found = self._given.get(workload.key)
        if found is None:
            found = self._given[workload.key] = list(variables(workload, self.index))
        return found

    @cached_property
    def calls(self) -> list[Call]:
        """Which workloads are given the address of another owner's."""
        return list(find_calls(self))

    def images_of(self, workload: Workload) -> Iterator[object]:
        """Images of all containers; `UNKNOWN` where only the update will know."""
        for container in workload.containers():
            image = dig(container, "image")
            yield image if image is UNKNOWN else text(image) or ""
