"""Paths of the servers that operators run: to their operator, to each other and to the API server.

Ports and labels are from the operators' own documentation: CloudNativePG, "Networking" and "Monitoring"; RabbitMQ
cluster operator, "docs/examples/network-policies".
"""

from collections.abc import Iterator

from roadmap.composition import Composition
from roadmap.pod_labels import broker_pods, pods, postgres_pods
from roadmap.stack_config import PodSelector
from roadmap.topology import Broker, NetworkPath, Peer, Store, StoreKind

POSTGRES, POSTGRES_STATUS, POSTGRES_METRICS = 5432, 8000, 9187
AMQP, MANAGEMENT, BROKER_METRICS = 5672, 15672, 15692
BROKER_PEERS = (4369, 25672, *range(35672, 35683))
"""epmd, clustering, and the range of the command line tools that the nodes' own probes and hooks use."""


def selected(selector: PodSelector) -> Peer:
    """Pods of others, as the stack's config names them."""
    return Peer(namespace=selector.namespace, labels=tuple(sorted(selector.labels.items())))


def postgres_paths(parts: Composition, live: dict[str, Store]) -> Iterator[NetworkPath]:
    """Operator, peers, API server and, where it is named, monitoring of every Postgres store."""
    for store in live.values():
        if store.kind is not StoreKind.POSTGRES:
            continue
        instances = postgres_pods(store.namespace, store.name)
        yield NetworkPath(
            source=selected(parts.config.operators.postgres),
            target=instances,
            ports=(POSTGRES, POSTGRES_STATUS),
            purpose=f"the CloudNativePG operator looks after {store.name}",
        )
        yield NetworkPath(
            source=instances,
            target=instances,
            ports=(POSTGRES, POSTGRES_STATUS),
            purpose=f"instances of {store.name} replicate",
        )
        yield NetworkPath(
            source=instances,
            target=_api_server(parts),
            ports=(parts.config.api_server.port,),
            purpose=f"instances of {store.name} report their state to the API server",
        )
        if parts.config.operators.monitoring:
            yield NetworkPath(
                source=selected(parts.config.operators.monitoring),
                target=instances,
                ports=(POSTGRES_METRICS,),
                purpose=f"metrics of {store.name}",
            )


def broker_paths(parts: Composition, broker: Broker) -> Iterator[NetworkPath]:
    """Operator, peers, API server, definitions Job and, where it is named, monitoring of the broker."""
    nodes = broker_pods(broker.namespace, broker.name)
    yield NetworkPath(
        source=selected(parts.config.operators.rabbitmq),
        target=nodes,
        ports=(MANAGEMENT,),
        purpose=f"the RabbitMQ operator looks after {broker.name}",
    )
    yield NetworkPath(
        source=nodes, target=nodes, ports=BROKER_PEERS, purpose=f"nodes of {broker.name} form a cluster"
    )
    yield NetworkPath(
        source=nodes,
        target=_api_server(parts),
        ports=(parts.config.api_server.port,),
        purpose=f"nodes of {broker.name} find their peers",
    )
    yield NetworkPath(
        source=pods(broker.namespace, definitions_job(broker.name)),
        target=nodes,
        ports=(MANAGEMENT,),
        purpose="the definitions Job imports users, exchanges and queues",
    )
    if parts.config.operators.monitoring:
        yield NetworkPath(
            source=selected(parts.config.operators.monitoring),
            target=nodes,
            ports=(BROKER_METRICS,),
            purpose=f"metrics of {broker.name}",
        )


def _api_server(parts: Composition) -> Peer:
    return Peer(cidr=parts.config.api_server.cidr)


def definitions_job(broker: str) -> str:
    """Base name of the Job that imports the broker's definitions, and the name label of its pods."""
    return f"{broker}-definitions"
