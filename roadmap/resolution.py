"""From a stack's config to its topology: is this a valid picture, and what exactly is in it?

Nothing below this module asks which year it is.
"""

from roadmap.catalog_entries import Catalog
from roadmap.composition import Composition, compose
from roadmap.resolve_backfills import resolve_backfills
from roadmap.resolve_events import resolve_broker
from roadmap.resolve_network import resolve_network
from roadmap.resolve_public import resolve_edges, resolve_issuers, resolve_public, resolve_routes
from roadmap.resolve_services import resolve_pipelines, resolve_services
from roadmap.resolve_stores import resolve_images, resolve_stores
from roadmap.stack_config import StackConfig
from roadmap.stack_fit import check_fit
from roadmap.topology import MONOLITH, Exemption, Namespace, SideEffect, Topology


def resolve(config: StackConfig, catalog: Catalog) -> Topology:
    """The topology of a stack. Equal inputs give equal values.

    Raises Refusal where a flag, an image, a size or a secret's name does not fit the catalog, and where a
    phase lacks its driver or what it requires.
    """
    parts = compose(config, catalog)
    check_fit(parts)
    issuers = resolve_issuers(parts)
    edges = resolve_edges(parts)
    services = resolve_services(parts, issuers, edges)
    stores = resolve_stores(parts)
    broker = resolve_broker(parts)
    public = resolve_public(parts)
    exemptions = exemptions_of(config, catalog)
    return Topology(
        stack=config.stack,
        year=config.year,
        environment=config.environment,
        platform=config.platform,
        images=resolve_images(parts, stores, edges),
        storage_class=config.storage_class,
        namespaces=_namespaces(parts),
        domains=tuple(placed.at for placed in parts.placed),
        services=services,
        stores=stores,
        broker=broker,
        public=public,
        routes=resolve_routes(parts),
        edges=edges,
        pipelines=resolve_pipelines(parts, services),
        issuers=issuers,
        side_effects=_side_effects(parts),
        views=tuple(view for part in parts.inside for view in part.views),
        exemptions=exemptions,
        backfills=resolve_backfills(parts, exemptions),
        queue_autoscaler="keda" if config.operators.keda else None,
        network=resolve_network(parts, services, stores, broker, edges),
    )


def _namespaces(parts: Composition) -> tuple[Namespace, ...]:
    own = [
        Namespace(name=parts.namespace(p.entry.domain), owner=p.entry.domain, purpose="workloads")
        for p in parts.placed
        if p.prepared
    ]
    return (
        Namespace(name=parts.namespace(MONOLITH), owner=MONOLITH, purpose="workloads"),
        Namespace(name=parts.namespace("edge"), owner=MONOLITH, purpose="edge"),
        Namespace(name=parts.namespace("broker"), owner=MONOLITH, purpose="broker"),
        *own,
    )


def _side_effects(parts: Composition) -> tuple[SideEffect, ...]:
    return tuple(
        SideEffect(
            name=delivery.side_effect,
            owner=placed.entry.domain if placed.delivering.service else MONOLITH,
            workload=delivery.workload,
        )
        for placed in parts.placed
        for delivery in placed.delivering.deliveries
    )


def exemptions_of(config: StackConfig, catalog: Catalog) -> tuple[Exemption, ...]:
    """The database-to-database links that a stack's config opens, in catalog order."""
    found = []
    for domain in catalog.names:
        flags = config.extract.get(domain)
        if flags and flags.backfill:
            found.append(Exemption(domain=domain, **flags.backfill.model_dump()))
    return tuple(found)
