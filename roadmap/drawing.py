"""A topology as groups, nodes and links: what every diagram is drawn from, so that none can disagree.

Names carry no namespace prefix, so that two stacks can be laid over each other.
"""

from dataclasses import dataclass, replace
from typing import Literal

from roadmap.topology import MONOLITH, Topology

Status = Literal["same", "added", "removed", "changed"]
Kind = Literal["gateway", "workload", "store", "parked", "broker", "proxy", "prepared", "outside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An owner's namespace."""

    id: str
    label: str
    status: Status = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something that runs or holds state."""

    id: str
    label: str
    kind: Kind
    group: str | None
    status: Status = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A connection that is allowed, from the one that opens it."""

    source: str
    target: str
    label: str = ""
    kind: Literal["request", "data", "event", "read"] = "data"
    status: Status = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything that is drawn, in the order in which it is drawn."""

    title: str
    groups: tuple[Group, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


GATEWAY = "gateway"
BROKER = "broker"


def draw(topology: Topology) -> Drawing:
    """The drawing of one topology."""
    groups = [Group(id=MONOLITH, label=MONOLITH)]
    for placement in topology.domains:
        if any(namespace.owner == placement.domain for namespace in topology.namespaces):
            parked = ", parked" if placement.parked else ""
            groups.append(Group(id=placement.domain, label=f"{placement.domain} ({placement.phase}{parked})"))
    return Drawing(
        title=f"{topology.stack}: year {topology.year}",
        groups=tuple(groups),
        nodes=tuple(_nodes(topology)),
        links=tuple(_links(topology)),
    )


def _id(owner: str, name: str) -> str:
    return f"{owner}/{name}"


def _nodes(topology: Topology) -> list[Node]:
    nodes = [Node(id=GATEWAY, label=topology.public.gateway + " gateway", kind="gateway", group=None)]
    for service in topology.services:
        nodes += [
            Node(id=_id(service.owner, w.name), label=w.name, kind="workload", group=service.owner)
            for w in service.workloads
        ]
    nodes += [
        Node(id=_id(e.consumer, e.name), label=e.name, kind="proxy", group=e.consumer) for e in topology.edges
    ]
    for store in topology.stores:
        replicas = f" + {store.replica.instances} replica" if store.replica else ""
        if store.replica and store.replica.instances > 1:
            replicas += "s"
        nodes.append(
            Node(
                id=_id(store.owner, store.name),
                label=f"{store.name}{replicas}",
                kind="parked" if store.parked else "store",
                group=store.owner,
            )
        )
    nodes.append(
        Node(
            id=BROKER, label=f"{topology.broker.name}: {topology.broker.exchange}", kind="broker", group=None
        )
    )
    owned = {service.owner for service in topology.services}
    nodes += [
        Node(id=_id(p.owner, "prepared"), label="queue, user, pipeline", kind="prepared", group=p.owner)
        for p in topology.pipelines
        if p.owner not in owned
    ]
    nodes += [
        Node(id=_id("issuer", i.owner), label=f"external issuer of {i.owner}", kind="outside", group=None)
        for i in topology.issuers
        if i.owner not in owned
    ]
    return nodes


def _links(topology: Topology) -> list[Link]:
    links = [
        Link(
            source=GATEWAY,
            target=_id(backend.owner, backend.service),
            label=f"{route.path_prefix} {backend.weight} %",
            kind="request",
        )
        for route in topology.routes
        for backend in route.backends
    ]
    bound = {queue.name for queue in topology.broker.queues if queue.bindings}
    for service in topology.services:
        for workload in service.workloads:
            here = _id(service.owner, workload.name)
            for store, endpoint in dict.fromkeys((use.store, use.endpoint) for use in workload.stores):
                label = "reads replica" if endpoint == "replica" else ""
                links.append(Link(source=here, target=_id(service.owner, store), label=label))
            if workload.broker:
                links.append(Link(source=here, target=BROKER, label="publishes", kind="event"))
            links += [
                Link(source=BROKER, target=here, label=setting.value, kind="event")
                for setting in workload.settings
                if setting.name == "EVENTS_QUEUE" and setting.value in bound
            ]
    for edge in topology.edges:
        proxy = _id(edge.consumer, edge.name)
        links += [
            Link(source=_id(edge.consumer, w), target=proxy, kind="read") for w in edge.consumer_workloads
        ]
        links.append(
            Link(
                source=proxy,
                target=_id(edge.upstream, edge.upstream_workload),
                label="GET, HEAD",
                kind="read",
            )
        )
    return list(dict.fromkeys(links))


def overlay(before: Drawing, after: Drawing) -> Drawing:
    """One drawing of two: what is only in the first is removed, what is only in the second is added."""
    old_groups, new_groups = {g.id: g for g in before.groups}, {g.id: g for g in after.groups}
    old_nodes, new_nodes = {n.id: n for n in before.nodes}, {n.id: n for n in after.nodes}
    old_links = {(k.source, k.target, k.kind, _path(k)): k for k in before.links}
    new_links = {(k.source, k.target, k.kind, _path(k)): k for k in after.links}
    groups = [replace(g, status=_status(old_groups.get(g.id), g)) for g in after.groups]
    groups += [replace(g, status="removed") for g in before.groups if g.id not in new_groups]
    nodes = [replace(n, status=_status(old_nodes.get(n.id), n)) for n in after.nodes]
    nodes += [replace(n, status="removed") for n in before.nodes if n.id not in new_nodes]
    links = [replace(k, status=_status(old_links.get(key), k)) for key, k in new_links.items()]
    links += [replace(k, status="removed") for key, k in old_links.items() if key not in new_links]
    title = f"{before.title} → {after.title}"
    return Drawing(title=title, groups=tuple(groups), nodes=tuple(nodes), links=tuple(links))


def _path(link: Link) -> str:
    """What a link is about, without the share it carries."""
    return link.label.partition(" ")[0]


def _status(old: Group | Node | Link | None, new: Group | Node | Link) -> Status:
    if old is None:
        return "added"
    return "same" if old == new else "changed"
