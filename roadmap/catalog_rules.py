"""Holds the catalog's entries against each other: names that must exist, and names that only one may have."""

from collections.abc import Collection, Iterator
from pathlib import Path

from roadmap.catalog_entries import Catalog, DomainEntry, PhaseEntry
from roadmap.catalog_parts import ServiceEntry, WorkloadEntry
from roadmap.refusal import Refusal, nearest, one_of
from roadmap.settings import unknown_placeholders
from roadmap.topology import MONOLITH, StoreUse

StoreUsers = dict[str, set[str]]
"""Users of each store, by its name."""


def check_catalog(catalog: Catalog, folder: Path) -> None:
    """Raise Refusal for the first entry that names what is not there, or takes what another has."""
    for entry in catalog.domains:
        file = str(folder / f"{entry.domain}.yaml")
        _check_names(entry, file)
        for place, phase in enumerate(entry.phases):
            _check_phase(catalog, entry, phase, f"phases.{place}", file)
    _check_unique(catalog, folder)


def _known(name: str, known: Collection[str], reason: str, key: str, file: str) -> None:
    if name not in known:
        raise Refusal(reason, file=file, key=key, value=name, fix=nearest(name, sorted(known)))


def _check_names(entry: DomainEntry, file: str) -> None:
    names = [phase.name for phase in entry.phases]
    if len(set(names)) < len(names):
        raise Refusal(
            "two phases bear one name", file=file, key="phases", value=names, fix="rename one of them"
        )
    for year in (1, 2, 3):
        preset = entry.years.get(year, "missing")
        if preset not in names:
            reason = f"a year's preset is one of the phases {one_of(names)}"
            raise Refusal(
                reason, file=file, key=f"years.{year}", value=preset, fix=f"write `{year}: {names[0]}`"
            )
    for key, ids in (
        ("drivers", [d.id for d in entry.drivers]),
        ("preconditions", [p.id for p in entry.preconditions]),
        ("anti_patterns", [a.id for a in entry.anti_patterns]),
    ):
        if len(set(ids)) < len(ids):
            raise Refusal("two items bear one id", file=file, key=key, value=ids, fix="rename one of them")


def _check_phase(catalog: Catalog, entry: DomainEntry, phase: PhaseEntry, key: str, file: str) -> None:
    last = phase is entry.last
    if last != (phase.service is not None) or last != (phase.traffic is not None):
        raise Refusal(
            "the last phase, and no other, has `service` and `traffic`",
            file=file,
            key=key,
            value=phase.name,
            fix="move `service` and `traffic` to the last phase",
        )
    provided = set(catalog.monolith.provides)
    provided.update(name for domain in catalog.domains for p in domain.phases for name in p.provides)
    for name in phase.requires:
        _known(name, provided, "no phase provides what this one requires", f"{key}.requires", file)
    _check_inside(catalog, phase, f"{key}.monolith", file)
    if phase.service:
        _check_service(catalog, entry, phase.service, f"{key}.service", file)
        # A token is validated by public keys from the first service on; no secret is ever shared for it.
        needed = {"jwks"} if "jwks" not in phase.provides else set()
        needed |= {"events-exchange"} if phase.service.queue else set()
        for name in sorted(needed - set(phase.requires)):
            raise Refusal(
                f"a service requires `{name}` to stand before it",
                file=file,
                key=f"{key}.requires",
                value=list(phase.requires),
                fix=f"add `{name}`",
            )
    here = {w.name for w in (*catalog.monolith.workloads, *phase.monolith.workloads)}
    here |= {w.name for w in phase.service.workloads} if phase.service else set()
    for delivery in phase.deliveries:
        _known(delivery.workload, here, "there is no such workload in this phase", f"{key}.deliveries", file)


def _check_inside(catalog: Catalog, phase: PhaseEntry, key: str, file: str) -> None:
    part, monolith = phase.monolith, catalog.monolith
    workloads = {w.name: w for w in (*monolith.workloads, *part.workloads)}
    stores: StoreUsers = {store.name: {user.name for user in store.users} for store in monolith.stores}
    for store, users in part.store_users.items():
        _known(store, stores, "the monolith has no such store", f"{key}.store_users", file)
        stores[store] = stores[store] | {user.name for user in users}
    for name, change in part.changes.items():
        _known(name, workloads, "the monolith has no such workload", f"{key}.changes", file)
        _check_stores(name, change.stores, stores, f"{key}.changes", file)
        _check_settings(name, change.settings, f"{key}.changes", file)
    for workload in part.workloads:
        _check_workload(workload, stores, monolith.broker_user, f"{key}.workloads", file)
    for route in part.routes:
        _check_routed(route.workload, workloads, f"{key}.routes", file)
    for view in part.views:
        _known(view.store, stores, "the monolith has no such store", f"{key}.views", file)
        for user in (view.owner, view.reader):
            _known(user, stores[view.store], f"store `{view.store}` has no such user", f"{key}.views", file)


def _check_service(catalog: Catalog, entry: DomainEntry, service: ServiceEntry, key: str, file: str) -> None:
    stores: StoreUsers = {store.name: {user.name for user in store.users} for store in service.stores}
    workloads = {w.name: w for w in service.workloads}
    for workload in service.workloads:
        _check_workload(workload, stores, entry.domain, f"{key}.workloads", file)
    if service.migration:
        _check_stores(service.migration.name, service.migration.stores, stores, f"{key}.migration", file)
    for route in service.routes:
        _check_routed(route.workload, workloads, f"{key}.routes", file)
    for edge in service.edges:
        _known(edge.consumer_workload, workloads, "the service has no such workload", f"{key}.edges", file)
        _known(edge.upstream, {MONOLITH}, "there is no such owner that stays for good", f"{key}.edges", file)
        upstream = {w.name: w for w in catalog.monolith.workloads}
        _check_routed(edge.upstream_workload, upstream, f"{key}.edges", file)


def _check_workload(workload: WorkloadEntry, stores: StoreUsers, user: str, key: str, file: str) -> None:
    _check_stores(workload.name, workload.stores, stores, key, file)
    _check_settings(workload.name, workload.settings, key, file)
    if workload.broker and workload.broker.user != user:
        reason = f"`{workload.name}` has to use a broker user of its own owner, never a shared credential"
        raise Refusal(reason, file=file, key=key, value=workload.broker.user, fix=f"write `user: {user}`")


def _check_stores(name: str, uses: tuple[StoreUse, ...], stores: StoreUsers, key: str, file: str) -> None:
    for use in uses:
        reason = (
            f"`{name}` uses a store that its owner does not have: a store has one owner "
            "(ROADMAP.md, Extraction Principles 5)"
        )
        _known(use.store, stores, reason, key, file)
        _known(use.user, stores[use.store], f"store `{use.store}` has no such user", key, file)


def _check_settings(name: str, settings: dict[str, str], key: str, file: str) -> None:
    for setting, value in settings.items():
        for placeholder in unknown_placeholders(value):
            raise Refusal(
                "this placeholder is not known",
                file=file,
                key=f"{key}.{name}.settings.{setting}",
                value=placeholder,
                fix="use one of those in roadmap/settings.py",
            )


def _check_routed(name: str, workloads: dict[str, WorkloadEntry], key: str, file: str) -> None:
    _known(name, workloads, "there is no such workload behind it", key, file)
    if workloads[name].port is None:
        listening = sorted(w.name for w in workloads.values() if w.port is not None)
        fix = f"name one that listens: {one_of(listening)}"
        raise Refusal(f"`{name}` has no port", file=file, key=key, value=name, fix=fix)


def _check_unique(catalog: Catalog, folder: Path) -> None:
    """No two owners may give one name to two things."""
    for kind, named in (
        ("store", _stores(catalog)),
        ("queue", _queues(catalog)),
        ("path_prefix", _paths(catalog)),
    ):
        owners: dict[str, str] = {}
        for owner, name in named:
            if owners.setdefault(name, owner) != owner:
                raise Refusal(
                    f"`{owners[name]}` has a {kind} of that name already; each has one owner",
                    file=str(folder / f"{owner}.yaml"),
                    key=kind,
                    value=name,
                    fix="choose another name",
                )


def _stores(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from ((MONOLITH, store.name) for store in catalog.monolith.stores)
    for entry in catalog.domains:
        if entry.last.service:
            yield from ((entry.domain, store.name) for store in entry.last.service.stores)


def _queues(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for entry in catalog.domains:
        if entry.last.service and entry.last.service.queue:
            yield entry.domain, entry.last.service.queue.name
        yield from ((entry.domain, queue.name) for phase in entry.phases for queue in phase.monolith.queues)


def _paths(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from ((MONOLITH, route.path_prefix) for route in catalog.monolith.routes)
    for entry in catalog.domains:
        if entry.last.service:
            yield from ((entry.domain, route.path_prefix) for route in entry.last.service.routes)
