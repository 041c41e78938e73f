"""Which parts of the catalog are in one stack: the question every part of `resolve` asks of a placement."""

from dataclasses import dataclass

from roadmap.catalog_entries import Catalog, DomainEntry, PhaseEntry
from roadmap.catalog_parts import MonolithPart, ServiceEntry
from roadmap.placements import check_drivers, check_prerequisites, place_domains
from roadmap.stack_config import StackConfig
from roadmap.topology import MONOLITH, DomainPlacement


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One domain of one stack: its catalog entry and where it stands."""

    entry: DomainEntry
    at: DomainPlacement
    external_issuer: bool
    """True where the last phase is a product outside the cluster, so that nothing of it runs here."""

    @property
    def phase(self) -> PhaseEntry:
        """The phase the domain stands in."""
        return self.entry.phase(self.at.phase)

    @property
    def extracted(self) -> bool:
        """Whether it is in its last phase."""
        return self.phase is self.entry.last

    @property
    def service(self) -> ServiceEntry | None:
        """What runs of its own; None before the last phase, and for a product outside the cluster."""
        return self.phase.service if not self.external_issuer else None

    @property
    def future_service(self) -> ServiceEntry | None:
        """The service it is on the way to; None for a product outside the cluster."""
        return self.entry.last.service if not self.external_issuer else None

    @property
    def prepared(self) -> bool:
        """Whether queue, broker user, namespace, registry and pipeline stand: one phase before `service`, and on."""
        if self.external_issuer:
            return False
        prepares = self.phase.prepares_service
        stated = {driver.id for driver in self.entry.drivers} <= set(self.at.drivers)
        return self.extracted or self.at.parked or prepares == "yes" or (prepares == "with-driver" and stated)

    @property
    def inside(self) -> PhaseEntry | None:
        """The phase whose parts run in the monolith: the current one, or the one before a kept old path."""
        if not self.extracted:
            return self.phase
        return self.entry.phases[-2] if self.at.old_path == "kept" else None

    @property
    def delivering(self) -> PhaseEntry:
        """The phase whose workloads deliver side effects: the old path's until all requests reach the service."""
        if self.extracted and self.at.old_path == "kept" and self.at.weight != 100:
            return self.entry.phases[-2]
        return self.phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The parts of one stack, not yet named for it."""

    config: StackConfig
    catalog: Catalog
    placed: tuple[Placed, ...]

    @property
    def inside(self) -> tuple[MonolithPart, ...]:
        """What the domains have inside the monolith, in catalog order."""
        return tuple(p.inside.monolith for p in self.placed if p.inside)

    def namespace(self, owner: str) -> str:
        """Name of an owner's namespace."""
        return f"{self.config.namespace_prefix}-{owner}"

    @property
    def issuer(self) -> Placed | None:
        """The domain whose service signs tokens now; None while the monolith does."""
        return next((p for p in self.placed if p.extracted and p.entry.last.traffic == "issuers"), None)

    @property
    def monolith_signs(self) -> bool:
        """Whether the monolith's tokens are still trusted, so that its API keeps the private key."""
        return self.issuer is None or self.issuer.at.old_path == "kept"

    @property
    def owners(self) -> tuple[str, ...]:
        """Owners with workloads, the monolith first."""
        return (MONOLITH, *(p.entry.domain for p in self.placed if p.service))


def compose(config: StackConfig, catalog: Catalog) -> Composition:
    """Place every domain; raises Refusal for a flag, a driver or a prerequisite that does not fit the catalog."""
    placements = place_domains(config, catalog)
    check_drivers(config, catalog, placements)
    check_prerequisites(config, catalog, placements)
    external = config.external.identity_issuer is not None
    placed = tuple(
        Placed(entry=entry, at=at, external_issuer=external and entry.last.traffic == "issuers")
        for entry, at in zip(catalog.domains, placements, strict=True)
    )
    return Composition(config=config, catalog=catalog, placed=placed)
