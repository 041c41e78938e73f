"""Loads the catalog, one YAML file a domain and one for the monolith, and holds its entries against each
other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from roadmap.catalog_entries import Catalog, DomainEntry, MonolithEntry, PhaseEntry, WorkloadEntry
from roadmap.refusal import Refusal, nearest, one_of
from roadmap.settings import unknown_placeholders
from roadmap.stack_file import read_yaml
from roadmap.validation import validated

FOLDER = Path(__file__).parent / "catalog"
MONOLITH_FILE = "monolith.yaml"
NO_DOMAINS = frozenset({MONOLITH_FILE, "principles.yaml"})
"""Files of the catalog that are no domain's."""


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read every file of the folder, the project's own by default; raises Refusal for the first that is
    wrong."""
    folder = folder or FOLDER
    monolith = _read(folder / MONOLITH_FILE, MonolithEntry)
    domains: list[DomainEntry] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in NO_DOMAINS:
            continue
        entry = _read(path, DomainEntry)
        if path.stem != entry.domain:
            raise Refusal(
                "a domain's file bears its name",
                file=str(path),
                key="domain",
                value=entry.domain,
                fix=f"rename the file to {entry.domain}.yaml, or the domain to {path.stem}",
            )
        domains.append(entry)
    ordered = sorted(domains, key=lambda entry: (entry.priority or 1_000_000, entry.domain))
    catalog = Catalog(monolith=monolith, domains=tuple(ordered))
    for entry in catalog.domains:
        _check_domain(catalog, entry, str(folder / f"{entry.domain}.yaml"))
    _check_unique(catalog, folder)
    return catalog


Entry = TypeVar("Entry", MonolithEntry, DomainEntry)


def _read(path: Path, model: type[Entry]) -> Entry:
    values: dict[str, Any] = read_yaml(path, what="catalog file")
    return validated(model, values, file=str(path))


def _check_domain(catalog: Catalog, entry: DomainEntry, file: str) -> None:
    names = [phase.name for phase in entry.phases]
    if len(set(names)) < len(names):
        raise Refusal(
            "two phases bear one name", file=file, key="phases", value=names, fix="rename one of them"
        )
    for year in (1, 2, 3):
        preset = entry.years.get(year)
        if preset not in names:
            raise Refusal(
                f"a year's preset is one of the phases {one_of(names)}",
                file=file,
                key=f"years.{year}",
                value=preset or "missing",
                fix=f"write `{year}: {names[0]}`",
            )
    for key, ids in (
        ("drivers", [d.id for d in entry.drivers]),
        ("preconditions", [p.id for p in entry.preconditions]),
        ("anti_patterns", [a.id for a in entry.anti_patterns]),
    ):
        if len(set(ids)) < len(ids):
            raise Refusal("two items bear one id", file=file, key=key, value=ids, fix="rename one of them")
    for place, phase in enumerate(entry.phases):
        _check_phase(catalog, entry, phase, f"phases.{place}", file)


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
        if name not in provided:
            raise Refusal(
                "no phase provides what this one requires",
                file=file,
                key=f"{key}.requires",
                value=name,
                fix=nearest(name, sorted(provided)),
            )
    hosts = {w.name for w in catalog.monolith.workloads} | {w.name for w in phase.monolith.workloads}
    for host in phase.monolith.changes:
        if host not in hosts:
            raise Refusal(
                "the monolith has no such workload",
                file=file,
                key=f"{key}.monolith.changes",
                value=host,
                fix=nearest(host, sorted(hosts)),
            )
    stores = {store.name: {user.name for user in store.users} for store in catalog.monolith.stores}
    for store, users in phase.monolith.store_users.items():
        if store not in stores:
            raise Refusal(
                "the monolith has no such store",
                file=file,
                key=f"{key}.monolith.store_users",
                value=store,
                fix=nearest(store, sorted(stores)),
            )
        stores[store] = stores[store] | {user.name for user in users}
    _check_uses(phase.monolith.workloads, stores, f"{key}.monolith.workloads", file)
    for host, change in phase.monolith.changes.items():
        for use in change.stores:
            if use.user not in stores.get(use.store, set()):
                raise Refusal(
                    f"store `{use.store}` has no such user",
                    file=file,
                    key=f"{key}.monolith.changes.{host}",
                    value=use.user,
                    fix=f"add the user under {key}.monolith.store_users",
                )
    if phase.service:
        own = {store.name: {user.name for user in store.users} for store in phase.service.stores}
        _check_uses(phase.service.workloads, own, f"{key}.service.workloads", file)
        workloads = [w.name for w in phase.service.workloads]
        for route in phase.service.routes:
            if route.workload not in workloads:
                raise Refusal(
                    "the service has no such workload",
                    file=file,
                    key=f"{key}.service.routes",
                    value=route.workload,
                    fix=nearest(route.workload, workloads),
                )
        for edge in phase.service.edges:
            if edge.consumer_workload not in workloads:
                raise Refusal(
                    "the service has no such workload",
                    file=file,
                    key=f"{key}.service.edges",
                    value=edge.consumer_workload,
                    fix=nearest(edge.consumer_workload, workloads),
                )


def _check_uses(
    workloads: tuple[WorkloadEntry, ...], stores: dict[str, set[str]], key: str, file: str
) -> None:
    for workload in workloads:
        for use in workload.stores:
            if use.store not in stores:
                raise Refusal(
                    f"`{workload.name}` uses a store that its owner does not have: a store has one owner "
                    "(ROADMAP.md, Extraction Principles 5)",
                    file=file,
                    key=key,
                    value=use.store,
                    fix=nearest(use.store, sorted(stores)),
                )
            if use.user not in stores[use.store]:
                raise Refusal(
                    f"store `{use.store}` has no such user",
                    file=file,
                    key=key,
                    value=use.user,
                    fix=nearest(use.user, sorted(stores[use.store])),
                )
        for name, value in workload.settings.items():
            for placeholder in unknown_placeholders(value):
                raise Refusal(
                    "this placeholder is not known",
                    file=file,
                    key=f"{key}.{workload.name}.settings.{name}",
                    value=placeholder,
                    fix="use one of those in roadmap/settings.py",
                )


def _check_unique(catalog: Catalog, folder: Path) -> None:
    """No two owners may give one name to two things: a store, a queue, a route's path."""
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
    yield from (("monolith", store.name) for store in catalog.monolith.stores)
    for entry in catalog.domains:
        if entry.last.service:
            yield from ((entry.domain, store.name) for store in entry.last.service.stores)


def _queues(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for entry in catalog.domains:
        if entry.last.service and entry.last.service.queue:
            yield entry.domain, entry.last.service.queue.name
        yield from {(entry.domain, queue.name) for phase in entry.phases for queue in phase.monolith.queues}


def _paths(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from (("monolith", route.path_prefix) for route in catalog.monolith.routes)
    for entry in catalog.domains:
        if entry.last.service:
            yield from ((entry.domain, route.path_prefix) for route in entry.last.service.routes)
