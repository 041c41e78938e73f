"""What is different between two topologies, in words."""

from collections.abc import Callable, Iterable

from roadmap.tables import standing_words
from roadmap.topology import Queue, Route, Service, Store, StoreUse, Topology, Workload

Facts = dict[str, str]
"""Names of things and what is said of each; a thing whose words differ has changed."""


def differences(before: Topology, after: Topology) -> tuple[str, ...]:
    """One line a difference, grouped by subject; empty where nothing that is deployed differs.

    Both topologies should be resolved under one namespace prefix and host, or every namespace differs.
    """
    lines: list[str] = []
    for subject, facts in SUBJECTS.items():
        lines += _compare(subject, facts(before), facts(after))
    return tuple(lines)


def in_words(before: Topology, after: Topology) -> str:
    """The differences under a heading, as text."""
    found = differences(before, after)
    if not found:
        return f"{before.stack} and {after.stack} deploy the same.\n"
    return f"From {before.stack} to {after.stack}, {len(found)} differences:\n" + "".join(
        f"  {line}\n" for line in found
    )


def _compare(subject: str, before: Facts, after: Facts) -> Iterable[str]:
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if old is None:
            yield f"+ {subject} {name}{_of(new)}"
        elif new is None:
            yield f"- {subject} {name}{_of(old)}"
        elif old != new:
            yield f"~ {subject} {name}: {old or 'nothing'} → {new or 'nothing'}"


def _of(words: str | None) -> str:
    return f": {words}" if words else ""


def _phases(topology: Topology) -> Facts:
    return {p.domain: ", ".join([p.phase, *standing_words(p)]) for p in topology.domains}


def _workloads(topology: Topology) -> Facts:
    return {f"{s.owner}/{w.name}": _workload(w) for s in topology.services for w in s.workloads}


def _workload(workload: Workload) -> str:
    pods = f"{workload.scaling.minimum} to {workload.scaling.maximum} pods"
    by = f"by depth of queue {workload.scaling.queue}" if workload.scaling.queue else ""
    at = f"on schedule {workload.schedule}" if workload.schedule else ""
    return ", ".join(word for word in (workload.role.value, at or pods, by) if word)


def _settings(topology: Topology) -> Facts:
    facts: Facts = {}
    for service in topology.services:
        for workload in service.workloads:
            facts.update({f"{workload.name} {s.name}": s.value for s in workload.settings})
            facts.update({f"{workload.name} {s.name}": "secret" for s in workload.secrets})
            facts.update({f"{workload.name} {use.variable}": _use(use) for use in workload.stores})
    return facts


def _use(use: StoreUse) -> str:
    replica = ", replica" if use.endpoint == "replica" else ""
    return f"{use.store} as {use.user}{replica}"


def _store(store: Store) -> str:
    users = ", ".join(user.name for user in store.users)
    parked = ", parked" if store.parked else ""
    return f"{store.kind.value} of {store.owner}, {store.storage_gib} GiB, users {users}{parked}"


def _queue(queue: Queue) -> str:
    return (
        f"of {queue.owner}, bound to {', '.join(queue.bindings)}"
        if queue.bindings
        else f"of {queue.owner}, not bound"
    )


def _route(route: Route) -> str:
    return ", ".join(f"{b.weight} % {b.service}" for b in route.backends)


def _signing(service: Service) -> str:
    return ", ".join(w.name for w in service.workloads if w.signs_tokens)


def _paths(topology: Topology) -> Facts:
    return {
        f"{path.purpose} on {', '.join(map(str, path.ports))}/{path.protocol}": ""
        for path in topology.network
    }


SUBJECTS: dict[str, Callable[[Topology], Facts]] = {
    "domain": _phases,
    "namespace": lambda t: {n.name: f"{n.purpose} of {n.owner}" for n in t.namespaces},
    "workload": _workloads,
    "setting": _settings,
    "token signer": lambda t: {s.owner: _signing(s) for s in t.services if _signing(s)},
    "image": lambda t: {s.owner: s.image for s in t.services},
    "store": lambda t: {s.name: _store(s) for s in t.stores},
    "view": lambda t: {
        f"{v.view_schema}.{v.name}": f"owned by {v.owner}, read by {v.reader}" for v in t.views
    },
    "queue": lambda t: {q.name: _queue(q) for q in t.broker.queues},
    "broker user": lambda t: {u.name: f"of {u.owner}" for u in t.broker.users},
    "route": lambda t: {r.path_prefix: _route(r) for r in t.routes},
    "edge": lambda t: {e.name: f"{e.consumer} reads {e.upstream}" for e in t.edges},
    "token issuer": lambda t: {i.owner: i.issuer for i in t.issuers},
    "side effect": lambda t: {s.name: f"delivered by {s.workload}" for s in t.side_effects},
    "pipeline": lambda t: {p.owner: p.registry for p in t.pipelines},
    "exemption": lambda t: {e.domain: f"{e.direction} until {e.expires}, {e.owner}" for e in t.exemptions},
    "network path": _paths,
}
"""What is compared, in the order in which it is told."""
