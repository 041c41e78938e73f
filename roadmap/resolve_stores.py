"""Stores and the images of the servers that hold them."""

from roadmap.catalog_parts import SMALL, StoreEntry
from roadmap.composition import Composition
from roadmap.refusal import Refusal, paste
from roadmap.resolve_backfills import backfill_user, moves, open_backfills, postgres_of_the_monolith
from roadmap.topology import MONOLITH, Edge, Images, Replica, Store, StoreKind


def resolve_stores(parts: Composition) -> tuple[Store, ...]:
    """All stores: the monolith's with the roles that domains inside it need, then each service's, parked ones too."""
    stores = [_monolith_store(parts, entry) for entry in parts.catalog.monolith.stores]
    for placed in parts.placed:
        service = placed.future_service if placed.at.parked else placed.service
        for entry in service.stores if service else ():
            store = _store(parts, entry, placed.entry.domain)
            stores.append(
                store.model_copy(update={"parked": placed.at.parked, "discarding": placed.at.discarding})
            )
    return tuple(stores)


def _monolith_store(parts: Composition, entry: StoreEntry) -> Store:
    """A store of the monolith with the roles and views of this topology, and those of others that it must not have."""
    present = [user for part in parts.inside for user in part.store_users.get(entry.name, ())]
    present += [b.user for b in open_backfills(parts) if b.monolith_store == entry.name]
    names = {user.name for user in present}
    views = {view.label for part in parts.inside for view in part.views if view.store == entry.name}
    known_users: dict[str, None] = {}
    known_views: dict[str, None] = {}
    for placed in parts.placed:
        for phase in placed.entry.phases:
            known_users.update(dict.fromkeys(u.name for u in phase.monolith.store_users.get(entry.name, ())))
            known_views.update(
                dict.fromkeys(view.label for view in phase.monolith.views if view.store == entry.name)
            )
    if entry.name == postgres_of_the_monolith(parts):
        known_users.update(dict.fromkeys(backfill_user(p.entry.domain) for p in parts.placed if moves(p)))
    return _store(parts, entry, MONOLITH).model_copy(
        update={
            "users": (*entry.users, *present),
            "retired_users": tuple(name for name in known_users if name not in names),
            "retired_views": tuple(label for label in known_views if label not in views),
        }
    )


def _store(parts: Composition, entry: StoreEntry, owner: str) -> Store:
    followers = entry.replicas.get(parts.config.environment, 0)
    return Store(
        name=entry.name,
        kind=entry.kind,
        owner=owner,
        namespace=parts.namespace(owner),
        database=entry.database,
        users=entry.users,
        storage_gib=parts.config.sizes.get(entry.name, entry.storage_gib),
        resources=entry.resources.get(parts.config.environment, SMALL),
        administrator=entry.administrator,
        replica=Replica(instances=followers) if followers else None,
    )


def resolve_images(parts: Composition, stores: tuple[Store, ...], edges: tuple[Edge, ...]) -> Images:
    """The servers' images; raises Refusal for one that is needed and missing."""
    clickhouse = any(store.kind is StoreKind.CLICKHOUSE for store in stores)
    realm = any(placed.service is not None and placed.service.realm is not None for placed in parts.placed)
    return Images(
        postgres=image(parts, "postgres", "monolith-postgres runs on it"),
        redis=image(parts, "redis", "monolith-redis runs on it"),
        rabbitmq=image(parts, "rabbitmq", "the broker runs on it"),
        broker_definitions=image(
            parts, "broker_definitions", "the broker's definitions are imported with it"
        ),
        clickhouse=image(parts, "clickhouse", "analytics keeps its data in it") if clickhouse else None,
        edge_proxy=image(parts, "edge_proxy", f"edge `{edges[0].name}` runs on it") if edges else None,
        realm_import=image(parts, "realm_import", "the realm is configured with it") if realm else None,
    )


EXAMPLES = {
    "postgres": "ghcr.io/cloudnative-pg/postgresql:17.5",
    "redis": "docker.io/library/redis:7.4.5",
    "rabbitmq": "docker.io/library/rabbitmq:4.1.2-management",
    "broker_definitions": "docker.io/curlimages/curl:8.14.1",
    "clickhouse": "docker.io/clickhouse/clickhouse-server:25.3.5",
    "edge_proxy": "docker.io/library/haproxy:3.2.3",
    "keycloak": "registry.example.com/pmt/keycloak:26.3.1",
    "realm_import": "docker.io/adorsys/keycloak-config-cli:6.4.0-26.1.0",
}
"""A line to paste where a server's image is missing."""


def image(parts: Composition, name: str, why: str) -> str:
    """The image of that name; raises Refusal with the line to paste where the stack file has none."""
    found = parts.config.images.get(name)
    if found is None:
        example = EXAMPLES.get(name, f"registry.example.com/pmt/{name}:1.0.0")
        raise Refusal(
            f"is missing: {why}",
            file=parts.config.file,
            key=f"service-extraction:images.{name}",
            fix=f"add it, with your own repository and version:{paste(f'images.{name}', example)}",
        )
    return found
