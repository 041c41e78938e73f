"""How pods are found by others: the labels that components set and network paths select."""

from roadmap.topology import Peer

NAME = "app.kubernetes.io/name"


def pods(namespace: str, name: str) -> Peer:
    """Pods of one workload, Job, edge or Redis or ClickHouse store of ours, by its name."""
    return Peer(namespace=namespace, labels=((NAME, name),))


def postgres_pods(namespace: str, store: str, role: str | None = None) -> Peer:
    """Instances of a Postgres store as CloudNativePG labels them; `role` is `primary` or `replica`."""
    labels = [("cnpg.io/cluster", store)]
    if role:
        labels.append(("cnpg.io/instanceRole", role))
    return Peer(namespace=namespace, labels=tuple(labels))


def broker_pods(namespace: str, broker: str) -> Peer:
    """Nodes of the broker as the RabbitMQ cluster operator labels them."""
    return Peer(namespace=namespace, labels=(("app.kubernetes.io/component", "rabbitmq"), (NAME, broker)))


def everything(namespace: str) -> Peer:
    """Every pod of a namespace."""
    return Peer(namespace=namespace)
