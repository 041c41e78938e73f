"""The shape of the catalog: what the monolith is, and one entry a domain. A new domain is a file, not code."""

from typing import Literal

from pydantic import Field

from roadmap.catalog_parts import (
    MigrationEntry,
    MonolithPart,
    RouteEntry,
    ServiceEntry,
    StoreEntry,
    WorkloadEntry,
)
from roadmap.topology import Environment, Frozen, Resources


class DeliveryEntry(Frozen):
    """The one deliverer of a side effect while a domain stands in this phase."""

    side_effect: str
    workload: str


class PhaseEntry(Frozen):
    """One phase of a domain, with the roadmap's own words and what it is made of."""

    name: str
    title: str
    estimated: str | None = None
    """The year the roadmap writes beside the phase."""
    words: tuple[str, ...]
    """The roadmap's points, word by word."""
    made_of: str
    """The same in one sentence, in terms of what is deployed."""
    prepares_service: Literal["no", "yes", "with-driver"] = "no"
    """Whether queue, broker user, namespace, registry and pipeline of the service stand here already."""
    provides: tuple[str, ...] = ()
    """Capabilities that other domains' phases may require."""
    requires: tuple[str, ...] = ()
    monolith: MonolithPart = MonolithPart()
    service: ServiceEntry | None = None
    traffic: Literal["weighted", "issuers", None] = None
    """Last phase only: how requests move to it. `issuers`: never weighted, both issuers are trusted for a while."""
    deliveries: tuple[DeliveryEntry, ...] = ()


class DriverEntry(Frozen):
    """An "if" of the roadmap that a named person has to state before the last phase."""

    id: str
    words: str


class Precondition(Frozen):
    """A point of the roadmap's list that is confirmed with evidence before the last phase."""

    id: str
    words: str


class AntiPattern(Frozen):
    """A mistake the roadmap names, and what keeps it from being made here."""

    id: str
    words: str
    kept_by: str


class Events(Frozen):
    """Routing keys on the broker's exchange."""

    publishes: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()


class PipelineEntry(Frozen):
    """How the owner releases on its own."""

    source_paths: tuple[str, ...] = Field(min_length=1)


class DomainEntry(Frozen):
    """One seam of the monolith and its way out."""

    domain: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")
    title: str
    priority: int | None = Field(ge=1)
    priority_words: str
    estimated_readiness: str
    code_paths: tuple[str, ...] = Field(min_length=1)
    timeline: tuple[str, ...] = ()
    """The lines of the roadmap's timeline that name the domain, word by word."""
    tables: tuple[str, ...] = ()
    """Tables that move with the domain; empty where it starts with nothing or is filled by events."""
    years: dict[Literal[1, 2, 3], str]
    phases: tuple[PhaseEntry, ...] = Field(min_length=2)
    drivers: tuple[DriverEntry, ...] = ()
    preconditions: tuple[Precondition, ...] = ()
    anti_patterns: tuple[AntiPattern, ...] = ()
    events: Events = Events()
    pipeline: PipelineEntry

    @property
    def first(self) -> PhaseEntry:
        """Where every domain starts: in the monolith."""
        return self.phases[0]

    @property
    def last(self) -> PhaseEntry:
        """The phase that makes the domain a service."""
        return self.phases[-1]

    @property
    def service(self) -> ServiceEntry:
        """What the last phase deploys; `catalog_rules` lets no catalog pass without it."""
        assert self.last.service is not None
        return self.last.service

    def phase(self, name: str) -> PhaseEntry:
        """The phase of that name; KeyError where there is none."""
        return next((p for p in self.phases if p.name == name), None) or _no_phase(self.domain, name)

    def index(self, name: str) -> int:
        """Its place on the path, counted from 0."""
        return [phase.name for phase in self.phases].index(name)


def _no_phase(domain: str, name: str) -> PhaseEntry:
    raise KeyError(f"{domain} has no phase {name}")


class BrokerEntry(Frozen):
    """The transport of domain events."""

    name: str
    virtual_host: str
    exchange: str
    dead_letter_exchange: str
    instances: dict[Environment, int]
    storage_gib: int
    resources: dict[Environment, Resources] = Field(default_factory=dict)
    """Requests and limit of each node, by environment; where none is given, `catalog_parts.SMALL`."""
    delivery_limit: int


class MonolithEntry(Frozen):
    """The modular monolith: what runs in Year 1 and stays as long as a domain is inside it."""

    title: str
    stack_words: str
    image: str
    """Name of its image in the stack's `images`."""
    workloads: tuple[WorkloadEntry, ...]
    migration: MigrationEntry
    stores: tuple[StoreEntry, ...]
    routes: tuple[RouteEntry, ...]
    jwks_path: str
    refresh_path: str
    """The dedicated endpoint of token refresh, answered by the workload of the first route."""
    broker_user: str
    broker: BrokerEntry
    publishes: tuple[str, ...]
    provides: tuple[str, ...]
    pipeline: PipelineEntry


class Catalog(Frozen):
    """The whole roadmap as data; domains in the order of their priority, then by name."""

    monolith: MonolithEntry
    domains: tuple[DomainEntry, ...]

    def domain(self, name: str) -> DomainEntry:
        """The entry of a domain; KeyError where there is none."""
        for entry in self.domains:
            if entry.domain == name:
                return entry
        raise KeyError(f"no domain {name}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all domains, in order."""
        return tuple(entry.domain for entry in self.domains)
