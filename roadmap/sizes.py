"""What each owner of a topology asks a cluster for: pods, CPU, memory and volumes, the things that are billed."""

from dataclasses import dataclass

from roadmap.topology import MONOLITH, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSize:
    """Sums of one owner; requests are those of the smallest number of pods."""

    owner: str
    pods: int
    most_pods: int
    cpu_millicores: int
    memory_mib: int
    volumes_gib: int
    servers: tuple[str, ...]
    """Stores and, for the monolith, the broker: name, kind, instances and volume size."""


def sizes_of(topology: Topology) -> tuple[OwnerSize, ...]:
    """One row an owner that has pods or volumes, the monolith first; pods of schedules come and go uncounted."""
    owners = [MONOLITH, *(placement.domain for placement in topology.domains)]
    rows = (_size(topology, owner) for owner in owners)
    return tuple(row for row in rows if row.pods or row.servers)


def _size(topology: Topology, owner: str) -> OwnerSize:
    workloads = [w for s in topology.services if s.owner == owner for w in s.workloads if not w.schedule]
    edges = [edge for edge in topology.edges if edge.consumer == owner]
    proxies = sum(edge.pods for edge in edges)
    cpu = sum(w.scaling.minimum * millicores(w.resources.cpu_request) for w in workloads)
    cpu += sum(edge.pods * millicores(edge.resources.cpu_request) for edge in edges)
    memory = sum(w.scaling.minimum * mebibytes(w.resources.memory_request) for w in workloads)
    memory += sum(edge.pods * mebibytes(edge.resources.memory_request) for edge in edges)
    volumes, servers = 0, []
    for store in topology.stores:
        if store.owner != owner:
            continue
        instances = 1 + (store.replica.instances if store.replica else 0)
        volumes += instances * store.storage_gib
        if not store.parked:  # its volumes are billed, its instances sleep
            cpu += instances * millicores(store.resources.cpu_request)
            memory += instances * mebibytes(store.resources.memory_request)
        parked = ", parked" if store.parked else ""
        servers.append(f"{store.name} ({store.kind.value}, {instances} × {store.storage_gib} GiB{parked})")
    if owner == MONOLITH:
        broker = topology.broker
        volumes += broker.instances * broker.storage_gib
        cpu += broker.instances * millicores(broker.resources.cpu_request)
        memory += broker.instances * mebibytes(broker.resources.memory_request)
        servers.append(f"{broker.name} (rabbitmq, {broker.instances} × {broker.storage_gib} GiB)")
    return OwnerSize(
        owner=owner,
        pods=sum(w.scaling.minimum for w in workloads) + proxies,
        most_pods=sum(w.scaling.maximum for w in workloads) + proxies,
        cpu_millicores=cpu,
        memory_mib=memory,
        volumes_gib=volumes,
        servers=tuple(servers),
    )


def millicores(quantity: str) -> int:
    """A CPU quantity such as `250m` or `2`, in thousandths of a core."""
    return int(quantity[:-1]) if quantity.endswith("m") else int(float(quantity) * 1000)


def mebibytes(quantity: str) -> int:
    """A memory quantity such as `512Mi` or `1Gi`, in MiB."""
    factor = {"Mi": 1, "Gi": 1024}[quantity[-2:]]
    return int(float(quantity[:-2]) * factor)
