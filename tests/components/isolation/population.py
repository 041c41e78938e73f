"""Every pod that may stand on a cluster beside a topology: its own, those of operators and gateways, and strangers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from components.labels import labels
from roadmap.resolve_network import grants_job
from roadmap.topology import Backfill, Broker, Peer, Service, Store, StoreKind, Topology
from tests.components.program import Program

CLUSTER, INSTANCE_ROLE = "cnpg.io/cluster", "cnpg.io/instanceRole"
ELSEWHERE = "elsewhere"
"""A namespace of somebody else, whose pods wear the labels of ours."""
OTHERS_PODS = (
    ("keda", {"app.kubernetes.io/name": "keda-operator"}),
    ("monitoring", {"app.kubernetes.io/name": "prometheus"}),
)
"""What runs beside us on many clusters, whether a stack names it or not."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pod:
    """One running pod."""

    namespace: str
    name: str
    labels: Mapping[str, str] = field(compare=False)

    @property
    def id(self) -> str:
        return f"{self.namespace}/{self.name}"


def population(topology: Topology) -> tuple[Pod, ...]:
    """The topology's own pods and everybody else's; two of whatever can have two, for its pods are a pair too."""
    return _complete(topology, own_pods(topology))


def deployed_population(topology: Topology, program: Program) -> tuple[Pod, ...]:
    """The same, with the labels that the components themselves gave their pods."""
    postgres = [store for store in topology.stores if store.kind is StoreKind.POSTGRES]
    made_by_operators = [pod for store in postgres for pod in _instances(store)]
    registered = [
        Pod(
            namespace=str(found.namespace),
            name=f"{found.object_name}-{number}",
            labels=found.pod_template["metadata"]["labels"],
        )
        for found in program.with_pods
        if found.pod_template is not None
        for number in (1, 2)
    ]
    return _complete(topology, [*registered, *made_by_operators, *_nodes(topology.broker)])


def own_pods(topology: Topology) -> Iterator[Pod]:
    """Pods of every workload, Job and server that the topology asks for, labelled as components label them."""
    for service in topology.services:
        yield from _of_service(service)
    for store in topology.stores:
        yield from _of_store(store)
    yield from _nodes(topology.broker)
    broker = topology.broker
    yield from _pods(broker.namespace, broker.owner, f"{broker.name}-definitions", "definitions", 1)
    for edge in topology.edges:
        yield from _pods(edge.namespace, edge.consumer, edge.name, "edge")
    for move in topology.backfills:
        yield _backfill(move)


def _of_service(service: Service) -> Iterator[Pod]:
    for workload in service.workloads:
        yield from _pods(service.namespace, service.owner, workload.name, workload.role)
    jobs = [service.migration.name] if service.migration else []
    jobs += [service.realm.job] if service.realm else []
    for job in jobs:
        yield from _pods(service.namespace, service.owner, job, "job", 1)


def _of_store(store: Store) -> Iterator[Pod]:
    if store.kind is StoreKind.POSTGRES:
        yield from _instances(store)
    else:
        yield from _pods(store.namespace, store.owner, store.name, store.kind)
    if store.needs_grants:
        yield from _pods(store.namespace, store.owner, grants_job(store.name), "grants", 1)


def _instances(store: Store) -> Iterator[Pod]:
    """A primary, two replicas, and the operator's Job that joins a third: it wears no role yet."""
    inherited = labels(owner=store.owner, name=store.name, component="postgres") | {CLUSTER: store.name}
    for number, role in enumerate(("primary", "replica", "replica"), start=1):
        yield Pod(
            namespace=store.namespace,
            name=f"{store.name}-{number}",
            labels=inherited | {INSTANCE_ROLE: role, "cnpg.io/podRole": "instance"},
        )
    joining = inherited | {"cnpg.io/jobRole": "join"}
    yield Pod(namespace=store.namespace, name=f"{store.name}-4-join", labels=joining)


def _nodes(broker: Broker) -> Iterator[Pod]:
    """Nodes as the cluster operator labels them, which hands none of our labels on."""
    own = {"app.kubernetes.io/name": broker.name, "app.kubernetes.io/component": "rabbitmq"}
    for number in (0, 1):
        yield Pod(
            namespace=broker.namespace,
            name=f"{broker.name}-server-{number}",
            labels=own | {"app.kubernetes.io/part-of": "rabbitmq"},
        )


def _backfill(move: Backfill) -> Pod:
    (pod,) = _pods(move.namespace, move.domain, move.job, "backfill", 1)
    return pod


def _pods(namespace: str, owner: str, name: str, component: str, count: int = 2) -> Iterator[Pod]:
    for number in range(1, count + 1):
        worn = labels(owner=owner, name=name, component=component)
        yield Pod(namespace=namespace, name=f"{name}-{number}", labels=worn)


def _complete(topology: Topology, own: Iterable[Pod]) -> tuple[Pod, ...]:
    everyone = [*own, *_others(topology), *_strangers(topology), *_impostors(topology)]
    ids = [pod.id for pod in everyone]
    assert len(ids) == len(set(ids)), f"pods of one name: {sorted(ids)}"
    return tuple(everyone)


def _others(topology: Topology) -> Iterator[Pod]:
    """Pods of others that a path names, and some that none may name."""
    ours = {namespace.name for namespace in topology.namespaces}
    named = {(peer.namespace, peer.labels) for peer in peers(topology)}
    selected = [(namespace, dict(worn)) for namespace, worn in sorted(named, key=str) if namespace]
    for number, (namespace, worn) in enumerate([*selected, *OTHERS_PODS]):
        if namespace not in ours:
            yield Pod(namespace=namespace, name=f"other-{number}", labels=worn)


def _strangers(topology: Topology) -> Iterator[Pod]:
    """In each namespace, ours and theirs, a pod that nobody knows."""
    namespaces = {namespace.name for namespace in topology.namespaces} | {ELSEWHERE}
    namespaces |= {peer.namespace for peer in peers(topology) if peer.namespace}
    for namespace in sorted(namespaces):
        yield Pod(namespace=namespace, name="stranger", labels={"app.kubernetes.io/name": "stranger"})


def _impostors(topology: Topology) -> Iterator[Pod]:
    """In a namespace of somebody else, one pod for each set of labels by which a path finds its ends."""
    for number, worn in enumerate(sorted({peer.labels for peer in peers(topology) if peer.labels})):
        yield Pod(namespace=ELSEWHERE, name=f"impostor-{number}", labels=dict(worn))


def impostors_among_us(topology: Topology) -> Iterator[Pod]:
    """In each namespace of ours, pods with the labels by which paths find their ends across its border."""
    crossing = {
        (peer.namespace, peer.labels)
        for path in topology.network
        for peer in (path.source, path.target)
        if path.source.namespace != path.target.namespace and peer.labels
    }
    for namespace in topology.namespaces:
        foreign = sorted({worn for home, worn in crossing if home != namespace.name})
        for number, worn in enumerate(foreign):
            yield Pod(namespace=namespace.name, name=f"impostor-{number}", labels=dict(worn))


def peers(topology: Topology) -> Iterator[Peer]:
    """Both ends of every path."""
    for path in topology.network:
        yield path.source
        yield path.target
