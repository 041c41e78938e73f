"""What belongs to the domain that moves: what is labelled as its own, and its part of the monolith."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from components.credentials import object_name
from roadmap.topology import MONOLITH
from tests.components.blast_radius.graph import Graph, Node
from tests.components.blast_radius.moves import CATALOG, Tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the phases of a move put into the monolith, by the catalog; a service's old path is the phase before it."""

    workloads: frozenset[str]
    changed: frozenset[str]
    """Workloads of the monolith whose settings, secrets, stores or ways out the phases change."""
    credentials: frozenset[str]
    """Secrets of roles that the phases add to the monolith's stores."""
    routes: frozenset[str]
    """Public paths of the domain, wherever they lead."""


@cache
def part(domain: str, phases: tuple[str, str]) -> Part:
    """The parts of both phases together."""
    entry = CATALOG.domain(domain)
    beside = {entry.phases[-2].name} if entry.last.name in phases else set()
    parts = [entry.phase(name).monolith for name in (*phases, *sorted(beside))]
    service = entry.last.service
    return Part(
        workloads=frozenset(workload.name for p in parts for workload in p.workloads),
        changed=frozenset(name for p in parts for name in p.changes),
        credentials=frozenset(
            object_name(store, user.name)
            for p in parts
            for store, users in p.store_users.items()
            for user in users
        ),
        routes=frozenset(
            route.name
            for routes in (*(p.routes for p in parts), service.routes if service else ())
            for route in routes
        ),
    )


def belongs(node: Node, tried: Tried, carriers: Mapping[str, Node]) -> bool:
    """Whether a resource is the moved domain's own, or of its part of the monolith.

    `carriers` are the Secrets that hold a generated value, by the value's URN: it belongs to whom they belong to.
    """
    if node.token.startswith("random:"):
        broker = tried.after.broker.name
        users = {f"{broker}-{tried.domain}-{value}" for value in ("password", "salt")}
        carrier = carriers.get(node.urn)
        return node.name in users or (carrier is not None and belongs(carrier, tried, {}))
    if node.owner == tried.domain:
        return True
    its = part(tried.domain, tried.phases)
    if node.owner != MONOLITH:
        return False
    return (
        node.label in its.workloads
        or (node.kind == "Secret" and node.object_name in its.credentials | _links(tried))
        or (node.kind == "HTTPRoute" and node.object_name in its.routes)
    )


def _links(tried: Tried) -> frozenset[str]:
    """Secrets of the roles that an open data move has in the monolith's store, for as long as it is open."""
    return frozenset(
        object_name(move.monolith_store, move.monolith_user)
        for topology in (tried.before, tried.after)
        for move in topology.backfills
        if move.domain == tried.domain
    )


def carriers_of(graph: Graph) -> dict[str, Node]:
    """The credential's Secret of each generated value."""
    return {
        value: node
        for node in graph.values()
        if node.kind == "Secret" and node.inputs.get("type") == "kubernetes.io/basic-auth"
        for value in node.takes_from
    }
