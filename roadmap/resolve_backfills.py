"""Open data moves: which Job moves which tables between which two stores, as which roles."""

from dataclasses import dataclass

from roadmap.composition import Composition, Placed
from roadmap.topology import Backfill, Exemption, StoreKind, StoreUser


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBackfill:
    """A move that a stack's config opens, before it is put together with its exemption."""

    domain: str
    monolith_store: str
    service_store: str
    service_user: str
    user: StoreUser
    """Role of the monolith's store that the move needs."""


def backfill_job(domain: str) -> str:
    """Base name of the Job that moves a domain's tables, and the name label of its pods."""
    return f"{domain}-backfill"


def backfill_user(domain: str) -> str:
    """Role of the monolith's store that exists only while the domain's tables move."""
    return f"{domain.replace('-', '_')}_backfill"


def moves(placed: Placed) -> bool:
    """Whether tables move with a domain between two Postgres stores of this stack."""
    return bool(placed.entry.tables) and _service_end(placed) is not None


def postgres_of_the_monolith(parts: Composition) -> str:
    """Name of the monolith's Postgres store, where every table starts."""
    return next(s.name for s in parts.catalog.monolith.stores if s.kind is StoreKind.POSTGRES)


def open_backfills(parts: Composition) -> tuple[OpenBackfill, ...]:
    """The moves that are open now, in catalog order."""
    return tuple(
        OpenBackfill(
            domain=placed.entry.domain,
            monolith_store=postgres_of_the_monolith(parts),
            service_store=end[0],
            service_user=end[1],
            user=StoreUser(
                name=backfill_user(placed.entry.domain),
                reads=placed.entry.tables if placed.at.backfill == "forward" else (),
                writes=placed.entry.tables if placed.at.backfill == "reverse" else (),
            ),
        )
        for placed in parts.placed
        if placed.at.backfill and (end := _service_end(placed))
    )


def resolve_backfills(parts: Composition, exemptions: tuple[Exemption, ...]) -> tuple[Backfill, ...]:
    """One move for each exemption."""
    opened = {opening.domain: opening for opening in open_backfills(parts)}
    return tuple(
        Backfill(
            domain=exemption.domain,
            direction=exemption.direction,
            job=backfill_job(exemption.domain),
            namespace=parts.namespace(exemption.domain),
            tables=parts.catalog.domain(exemption.domain).tables,
            monolith_store=opening.monolith_store,
            monolith_user=opening.user.name,
            service_store=opening.service_store,
            service_user=opening.service_user,
            expires=exemption.expires,
            owner=exemption.owner,
            reason=exemption.reason,
        )
        for exemption in exemptions
        if (opening := opened.get(exemption.domain))
    )


def _service_end(placed: Placed) -> tuple[str, str] | None:
    """Store and owning role of the service; None where it has no Postgres of its own in the cluster."""
    for store in placed.future_service.stores if placed.future_service else ():
        if store.kind is StoreKind.POSTGRES:
            return store.name, next(user.name for user in store.users if user.owns_database)
    return None
