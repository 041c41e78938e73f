"""Services with their workloads, and the pipelines that release them."""

from collections.abc import Mapping

from roadmap.catalog_parts import MigrationEntry, WorkloadChange, WorkloadEntry
from roadmap.composition import Composition, Placed
from roadmap.resolve_identity import resolve_realm
from roadmap.resolve_public import public_url
from roadmap.resolve_stores import image
from roadmap.topology import (
    MONOLITH,
    Edge,
    Migration,
    Pipeline,
    SecretSetting,
    Service,
    Setting,
    TokenIssuer,
    Workload,
    WorkloadRole,
)
from roadmap.vocabulary import keys_edge


def resolve_services(
    parts: Composition, issuers: tuple[TokenIssuer, ...], edges: tuple[Edge, ...]
) -> tuple[Service, ...]:
    """The monolith, then each service in catalog order; raises Refusal for a missing image."""
    return (
        _monolith(parts, issuers, edges),
        *(_extracted(parts, placed, issuers, edges) for placed in parts.placed if placed.service),
    )


def _monolith(parts: Composition, issuers: tuple[TokenIssuer, ...], edges: tuple[Edge, ...]) -> Service:
    entry = parts.catalog.monolith
    texts = _texts(parts, MONOLITH, issuers, edges)
    changes: dict[str, list[WorkloadChange]] = {}
    for part in parts.inside:
        for name, change in part.changes.items():
            changes.setdefault(name, []).append(change)
    entries = entry.workloads + tuple(w for part in parts.inside for w in part.workloads)
    return Service(
        owner=MONOLITH,
        namespace=parts.namespace(MONOLITH),
        image=image(parts, entry.image, "the monolith runs on it"),
        workloads=tuple(
            _workload(
                w,
                changes.get(w.name, []),
                texts,
                _delivered(parts, w.name),
                w.signs_tokens and parts.monolith_signs,
            )
            for w in entries
        ),
        migration=_migration(entry.migration),
        jwks_path=entry.jwks_path if parts.monolith_signs else None,
        signing_key=True,
    )


def _extracted(
    parts: Composition, placed: Placed, issuers: tuple[TokenIssuer, ...], edges: tuple[Edge, ...]
) -> Service:
    service, domain = placed.service, placed.entry.domain
    assert service is not None
    texts = _texts(parts, domain, issuers, edges)
    reads = {
        edge.variable: f"http://{edge.name}.{parts.namespace(domain)}.svc:8080" for edge in service.edges
    }
    changes = {edge.consumer_workload: [WorkloadChange(settings=reads)] for edge in service.edges}
    return Service(
        owner=domain,
        namespace=parts.namespace(domain),
        image=image(parts, service.image or domain, f"{domain} stands at `{placed.at.phase}`"),
        workloads=tuple(
            _workload(w, changes.get(w.name, []), texts, _delivered(parts, w.name), w.signs_tokens)
            for w in service.workloads
        ),
        migration=_migration(service.migration) if service.migration else None,
        jwks_path=service.jwks_path,
        realm=resolve_realm(parts, placed),
    )


def _workload(
    entry: WorkloadEntry,
    changes: list[WorkloadChange],
    texts: Mapping[str, str],
    delivered: str | None,
    signs_tokens: bool,
) -> Workload:
    settings = dict(entry.settings)
    for change in changes:
        settings.update(change.settings)
    if delivered is not None:
        settings["DELIVERS"] = delivered
    secrets = {*entry.secrets, *(name for change in changes for name in change.secrets)}
    return Workload(
        name=entry.name,
        role=entry.role,
        command=entry.command,
        port=entry.port,
        health_path=entry.health_path,
        live_path=entry.live_path,
        health_port=entry.health_port,
        health_command=entry.health_command,
        writable_paths=entry.writable_paths,
        scaling=entry.scaling,
        resources=entry.resources,
        stores=entry.stores + tuple(use for change in changes for use in change.stores),
        broker=entry.broker,
        settings=tuple(
            Setting(name=name, value=settings[name].format_map(texts)) for name in sorted(settings)
        ),
        secrets=tuple(SecretSetting(name=name) for name in sorted(secrets)),
        signs_tokens=signs_tokens,
        schedule=entry.schedule,
    )


def _migration(entry: MigrationEntry) -> Migration:
    return Migration(name=entry.name, command=entry.command, stores=entry.stores, resources=entry.resources)


def _delivered(parts: Composition, workload: str) -> str | None:
    """Side effects that a workload delivers now; None for one that never delivers any.

    Both paths may hold a deliverer while they run in parallel, and only one of them may act.
    """
    candidates = {d.workload for p in parts.placed for phase in p.entry.phases for d in phase.deliveries}
    if workload not in candidates:
        return None
    now = [d.side_effect for p in parts.placed for d in p.delivering.deliveries if d.workload == workload]
    return ",".join(now)


def _texts(
    parts: Composition, owner: str, issuers: tuple[TokenIssuer, ...], edges: tuple[Edge, ...]
) -> dict[str, str]:
    """What stands in place of each of `settings.PLACEHOLDERS`, for the workloads of one owner."""
    by_name = {edge.name: edge for edge in edges}
    keys = []
    for issuer in issuers:
        edge = by_name.get(keys_edge(owner, issuer.owner))
        keys.append(
            f"http://{edge.name}.{edge.namespace}.svc:{edge.port}{edge.path_prefixes[0]}"
            if edge
            else issuer.jwks_url
        )
    return {
        "environment": parts.config.environment.value,
        "public_url": public_url(parts),
        "exchange": parts.catalog.monolith.broker.exchange,
        "issuer": issuers[0].issuer,
        "jwks_urls": ",".join(keys),
        "refresh_path": parts.catalog.monolith.refresh_path,
        "llm_url": parts.config.external.llm_url,
        "smtp_host": parts.config.external.smtp_host,
    }


def resolve_pipelines(parts: Composition, services: tuple[Service, ...]) -> tuple[Pipeline, ...]:
    """One pipeline an owner, from one phase before `service` on."""
    monolith = parts.catalog.monolith
    pipelines = [
        Pipeline(
            owner=MONOLITH,
            namespace=parts.namespace(MONOLITH),
            deployer=f"{MONOLITH}-deployer",
            source_paths=monolith.pipeline.source_paths,
            registry=repository(services[0].image),
            deployments=_deployments(services[0].workloads),
            release_record=f"{MONOLITH}-release",
        )
    ]
    for placed in parts.placed:
        service, domain = placed.future_service, placed.entry.domain
        if not placed.prepared or service is None:
            continue
        known = parts.config.images.get(service.image or domain)
        fallback = repository(services[0].image).rpartition("/")[0] + f"/{domain}"
        pipelines.append(
            Pipeline(
                owner=domain,
                namespace=parts.namespace(domain),
                deployer=f"{domain}-deployer",
                source_paths=placed.entry.pipeline.source_paths,
                registry=repository(known) if known else fallback.lstrip("/"),
                deployments=_deployments(service.workloads),
                release_record=f"{domain}-release",
            )
        )
    return tuple(pipelines)


def _deployments(workloads: tuple[Workload, ...] | tuple[WorkloadEntry, ...]) -> tuple[str, ...]:
    return tuple(w.name for w in workloads if w.role is not WorkloadRole.REFRESH)


def repository(reference: str) -> str:
    """An image reference without tag and digest."""
    name = reference.partition("@")[0]
    head, slash, tail = name.rpartition("/")
    return head + slash + tail.partition(":")[0]
