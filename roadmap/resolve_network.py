"""Every connection that is allowed; whatever is not in this list is denied."""

from collections.abc import Iterator

from roadmap.catalog_parts import Egress, WorkloadEntry
from roadmap.composition import Composition
from roadmap.operator_paths import AMQP, POSTGRES, broker_paths, postgres_paths, selected
from roadmap.pod_labels import broker_pods, everything, pods, postgres_pods
from roadmap.resolve_backfills import backfill_job, open_backfills
from roadmap.resolve_identity import realm_paths
from roadmap.resolve_public import validators
from roadmap.topology import MONOLITH, Broker, Edge, NetworkPath, Peer, Service, Store, StoreKind, StoreUse

STORE_PORTS = {StoreKind.POSTGRES: POSTGRES, StoreKind.REDIS: 6379, StoreKind.CLICKHOUSE: 8123}
PRIVATE_RANGES = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
)
"""Never reached by a path that leads out: RFC 1918, RFC 6598, loopback and link-local, where metadata services are."""


def resolve_network(
    parts: Composition,
    services: tuple[Service, ...],
    stores: tuple[Store, ...],
    broker: Broker,
    edges: tuple[Edge, ...],
) -> tuple[NetworkPath, ...]:
    """All network paths of one stack, public ones first."""
    live = {store.name: store for store in stores if not store.parked}
    return (
        *_public(parts, services),
        *_store_users(services, live),
        *_grants(live),
        *_backfills(parts, live),
        *_queue_autoscaler(parts, services, live),
        *_broker_users(services, broker),
        *_peers(parts),
        *_edges(edges),
        *realm_paths(parts, services),
        *postgres_paths(parts, live),
        *broker_paths(parts, broker),
        *_name_resolution(parts, services, broker),
        *_outside(parts),
    )


def _public(parts: Composition, services: tuple[Service, ...]) -> Iterator[NetworkPath]:
    """The gateway's pods to every workload that stands behind a route."""
    routed = [r.workload for r in parts.catalog.monolith.routes]
    routed += [r.workload for part in parts.inside for r in part.routes]
    routed += [r.workload for placed in parts.placed if placed.service for r in placed.service.routes]
    for service in services:
        for workload in service.workloads:
            if workload.name in routed and workload.port is not None:
                yield NetworkPath(
                    source=selected(parts.config.public.data_plane),
                    target=pods(service.namespace, workload.name),
                    ports=(workload.port,),
                    purpose=f"public requests to {workload.name}",
                )


def _store_users(services: tuple[Service, ...], live: dict[str, Store]) -> Iterator[NetworkPath]:
    """Each workload and migration to the stores that its catalog entry names, and to no other."""
    for service in services:
        users = [(workload.name, workload.stores) for workload in service.workloads]
        if service.migration:
            users.append((service.migration.name, service.migration.stores))
        for name, uses in users:
            seen: set[tuple[str, str]] = set()
            for use in uses:
                if (use.store, use.endpoint) not in seen:
                    seen.add((use.store, use.endpoint))
                    yield _store_path(service.namespace, name, live[use.store], use)


def _store_path(namespace: str, workload: str, store: Store, use: StoreUse) -> NetworkPath:
    if store.kind is not StoreKind.POSTGRES:
        target = pods(store.namespace, store.name)
    else:
        # Roles replicate, so the database cannot keep a replica's reader off the primary: the instance's
        # label does.
        target = postgres_pods(store.namespace, store.name, use.endpoint if store.replica else None)
    return NetworkPath(
        source=pods(namespace, workload),
        target=target,
        ports=(STORE_PORTS[store.kind],),
        purpose=f"{workload} to {store.name}" + (" (replica)" if use.endpoint == "replica" else ""),
    )


def grants_job(store: str) -> str:
    """Base name of the Job that grants a store's roles what they may do, and the name label of its pods."""
    return f"{store}-grants"


def _grants(live: dict[str, Store]) -> Iterator[NetworkPath]:
    for store in live.values():
        if store.needs_grants:
            yield NetworkPath(
                source=pods(store.namespace, grants_job(store.name)),
                target=postgres_pods(store.namespace, store.name, "primary" if store.replica else None),
                ports=(POSTGRES,),
                purpose=f"roles of {store.name} are granted what they may do",
            )


def _backfills(parts: Composition, live: dict[str, Store]) -> Iterator[NetworkPath]:
    """The one database-to-database link, while an exemption stands for it."""
    for move in open_backfills(parts):
        for store in (live[move.monolith_store], live[move.service_store]):
            yield NetworkPath(
                source=pods(parts.namespace(move.domain), backfill_job(move.domain)),
                target=postgres_pods(store.namespace, store.name, "primary" if store.replica else None),
                ports=(STORE_PORTS[store.kind],),
                purpose=f"exemption: the backfill of {move.domain} reaches {store.name}",
            )


def _queue_autoscaler(
    parts: Composition, services: tuple[Service, ...], live: dict[str, Store]
) -> Iterator[NetworkPath]:
    """KEDA to the Redis that holds a queue by whose depth a workload scales."""
    keda = parts.config.operators.keda
    for service in services if keda else ():
        for workload in service.workloads:
            for use in workload.stores if workload.scaling.queue else ():
                store = live[use.store]
                if keda and store.kind is StoreKind.REDIS and use.redis_database == 0:
                    yield NetworkPath(
                        source=selected(keda),
                        target=pods(store.namespace, store.name),
                        ports=(STORE_PORTS[store.kind],),
                        purpose=f"KEDA reads the depth of {workload.name}'s queue",
                    )


def _broker_users(services: tuple[Service, ...], broker: Broker) -> Iterator[NetworkPath]:
    for service in services:
        for workload in service.workloads:
            if workload.broker:
                yield NetworkPath(
                    source=pods(service.namespace, workload.name),
                    target=broker_pods(broker.namespace, broker.name),
                    ports=(AMQP,),
                    purpose=f"{workload.name} publishes or consumes domain events",
                )


def _peers(parts: Composition) -> Iterator[NetworkPath]:
    """Between the pods of one workload, where its catalog entry names the ports."""
    owned = [(MONOLITH, workload) for workload in parts.catalog.monolith.workloads]
    owned += [(MONOLITH, workload) for part in parts.inside for workload in part.workloads]
    owned += [
        (p.entry.domain, workload) for p in parts.placed if p.service for workload in p.service.workloads
    ]
    for owner, workload in owned:
        if workload.peer_ports:
            pod = pods(parts.namespace(owner), workload.name)
            yield NetworkPath(
                source=pod,
                target=pod,
                ports=workload.peer_ports,
                purpose=f"pods of {workload.name} form a cluster",
            )


def _edges(edges: tuple[Edge, ...]) -> Iterator[NetworkPath]:
    """Consumer to proxy and proxy to upstream: the only way from one to the other."""
    for edge in edges:
        proxy = pods(edge.namespace, edge.name)
        for workload in edge.consumer_workloads:
            yield NetworkPath(
                source=pods(edge.namespace, workload),
                target=proxy,
                ports=(edge.port,),
                purpose=f"{workload} reads over edge {edge.name}",
            )
        yield NetworkPath(
            source=proxy,
            target=pods(edge.upstream_namespace, edge.upstream_workload),
            ports=(edge.upstream_port,),
            purpose=f"edge {edge.name} reads {edge.upstream}",
        )


def _name_resolution(
    parts: Composition, services: tuple[Service, ...], broker: Broker
) -> Iterator[NetworkPath]:
    dns = selected(parts.config.operators.dns)
    for namespace in (*(service.namespace for service in services), broker.namespace):
        for protocol in ("UDP", "TCP"):
            yield NetworkPath.model_validate(
                {
                    "source": everything(namespace),
                    "target": dns,
                    "ports": (53,),
                    "protocol": protocol,
                    "purpose": "name resolution",
                }
            )


def _outside(parts: Composition) -> Iterator[NetworkPath]:
    """Public addresses, for the workloads whose catalog entry says why, and for those that read an issuer's keys."""
    anywhere = Peer(cidr="0.0.0.0/0", except_cidrs=PRIVATE_RANGES)
    needs = [(owner, workload, egress.purpose, egress.ports) for owner, workload, egress in _egress(parts)]
    if parts.issuer and parts.issuer.external_issuer:
        purpose = "the public keys of the external issuer over HTTPS"
        needs += [
            (owner, name, purpose, (443,)) for owner, names in validators(parts).items() for name in names
        ]
    for owner, workload, purpose, ports in needs:
        yield NetworkPath(
            source=pods(parts.namespace(owner), workload),
            target=anywhere,
            ports=ports,
            purpose=f"{workload} to {purpose}",
        )


def _egress(parts: Composition) -> Iterator[tuple[str, str, Egress]]:
    changed: dict[str, list[Egress]] = {}
    inside: list[WorkloadEntry] = list(parts.catalog.monolith.workloads)
    for part in parts.inside:
        inside += part.workloads
        for name, change in part.changes.items():
            changed.setdefault(name, []).extend(change.egress)
    for workload in inside:
        for egress in (*workload.egress, *changed.get(workload.name, [])):
            yield MONOLITH, workload.name, egress
    for placed in parts.placed:
        for workload in placed.service.workloads if placed.service else ():
            for egress in workload.egress:
                yield placed.entry.domain, workload.name, egress
