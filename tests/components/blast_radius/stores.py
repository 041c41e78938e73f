"""What of a graph holds state, told by what it is and not by whether it is protected."""

from collections.abc import Mapping

from components.credentials import object_name
from roadmap.topology import Topology
from tests.components.blast_radius.graph import Graph, Node

KINDS = frozenset({"Cluster", "StatefulSet", "PersistentVolumeClaim", "RabbitmqCluster"})
SIGNING_KEY = "extraction:application:SigningKey"


def holding_state(graph: Graph, topology: Topology) -> Mapping[str, str]:
    """URN of everything that is lost with a store, and the name of the store: itself, its owner's credential, its key,
    and the namespace around it."""
    found = {urn: node.label for urn, node in graph.items() if node.kind in KINDS}
    for urn, node in graph.items():
        parent = graph.get(node.parent)
        if parent is not None and parent.token == SIGNING_KEY:
            found[urn] = f"signing key of {parent.name}"
    owners = {
        object_name(store.name, user.name): store.name
        for store in topology.stores
        for user in store.users
        if user.owns_database
    }
    for urn, node in graph.items():
        if node.kind == "Secret" and node.object_name in owners:
            found[urn] = owners[node.object_name]
            found |= {
                p: owners[node.object_name] for p in node.takes_from if graph[p].kind == "RandomPassword"
            }
    return found | _namespaces(graph, found)


def _namespaces(graph: Graph, found: Mapping[str, str]) -> dict[str, str]:
    inside = {graph[urn].namespace: store for urn, store in found.items()}
    return {
        urn: inside[node.object_name]
        for urn, node in graph.items()
        if node.kind == "Namespace" and node.object_name in inside
    }


def discarding(topology: Topology) -> frozenset[str]:
    """Names of the stores whose data somebody has already confirmed to be lost."""
    return frozenset(store.name for store in topology.stores if store.discarding)


def is_of(node: Node, stores: frozenset[str], held: Mapping[str, str]) -> bool:
    """Whether a resource holds state of one of these stores."""
    return held.get(node.urn) in stores
