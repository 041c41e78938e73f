"""No update may lose a byte: what would delete or replace a store is refused, whatever flag would cause it."""

from roadmap.catalog_entries import Catalog
from roadmap.refusal import Refusal, paste
from roadmap.stack_config import StackConfig
from roadmap.standing import Standing
from roadmap.topology import MONOLITH


def check_stores(config: StackConfig, catalog: Catalog, before: Standing, after: Standing) -> None:
    """Raise Refusal where a store that stands would vanish without being discarded, move, or shrink."""
    remaining = {store.name: store for store in after.stores}
    for store in before.stores:
        kept = remaining.get(store.name)
        placement = before.placement(store.owner)
        if kept is None:
            if store.owner != MONOLITH and _answered_elsewhere(catalog, before, after, store.owner):
                continue
            if placement is not None and placement.discarding:
                continue
            raise Refusal(
                f"store `{store.name}` of {store.owner} would be deleted, and nobody has confirmed that",
                file=config.file,
                key="service-extraction:extract",
                fix="restore what this stack file said before",
            )
        for field, what in (("namespace", "namespace"), ("kind", "kind"), ("database", "database")):
            old, new = getattr(store, field), getattr(kept, field)
            if old != new:
                key = "namespace_prefix" if field == "namespace" else "extract"
                raise Refusal(
                    f"store `{store.name}` would be replaced: its {what} changes from `{old}` to `{new}`",
                    file=config.file,
                    key=f"service-extraction:{key}",
                    value=config.namespace_prefix if key == "namespace_prefix" else None,
                    fix=f"keep it:{paste(key, old.removesuffix('-' + store.owner))}"
                    if key == "namespace_prefix"
                    else "restore what this stack file said before",
                )
        if kept.storage_gib < store.storage_gib:
            raise Refusal(
                f"the volumes of `{store.name}` hold {store.storage_gib} GiB, and a volume cannot shrink",
                file=config.file,
                key=f"service-extraction:sizes.{store.name}",
                value=kept.storage_gib,
                fix=f"keep it:{paste(f'sizes.{store.name}', store.storage_gib)}",
            )


def _answered_elsewhere(catalog: Catalog, before: Standing, after: Standing, owner: str) -> bool:
    """Whether the transition rules refuse this move anyway, with a better reason than a missing store."""
    was, will = before.placement(owner), after.placement(owner)
    if was is None or will is None or owner not in catalog.names:
        return False
    return (was.phase, was.parked) != (will.phase, will.parked)
