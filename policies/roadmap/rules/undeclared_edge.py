"""One service reads another over a declared edge only: GET and HEAD, a timeout, a circuit breaker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import UNKNOWN
from roadmap.vocabulary import MONOLITH, keys_edge

from ..haproxy import Configuration, read
from ..network import Reach
from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "undeclared-edge"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Network paths and addresses from one owner's workloads to another's."""
    for reach in stack.reaches:
        source, target = reach.source, reach.target
        if source is None or target is None:
            yield from _open(stack, reach)
            continue
        ours, theirs = stack.owner_of(source.resource), stack.owner_of(target.resource)
        if ours is None or theirs is None or ours == theirs or _is_broker(stack, target):
            continue
        reason = _fault(stack, source, ours, target, theirs)
        if reason is not None:
            yield violation(
                ID,
                reach.policy,
                f"{source.resource.name} (owner {ours}) → {reach.policy.title} → {target.resource.name} (owner "
                f"{theirs}): {reason}",
                owners=(ours, theirs),
            )
    for call in stack.calls:
        caller = stack.owner_of(call.workload.resource)
        assert caller is not None
        reason = _fault(stack, call.workload, caller, stack.index.workloads[call.target.key], call.owner)
        if reason is not None:
            yield violation(
                ID,
                call.workload.resource,
                f"{call.workload.resource.name} (owner {caller}) has the address of {call.target.name} (owner "
                f"{call.owner}) in {call.variable}: {reason}",
                owners=(caller, call.owner),
            )


def _open(stack: Stack, reach: Reach) -> Iterator[Finding]:
    """A way whose other end is anybody."""
    for end, way in ((reach.source, "to"), (reach.target, "from")):
        owner = stack.owner_of(end.resource) if end is not None else None
        if end is not None and owner is not None:
            message = (
                f"{reach.policy.title} opens {end.resource.name} (owner {owner}) {way} anybody in the cluster"
            )
            yield violation(ID, reach.policy, message, owners=(owner,))


def _is_broker(stack: Stack, target: Workload) -> bool:
    store = stack.stores.get(target.key)
    return store is not None and store.kind == "broker"


def _fault(stack: Stack, source: Workload, ours: str, target: Workload, theirs: str) -> str | None:
    """Why a way from one owner to another is no declared edge; None where it is one."""
    if not stack.is_proxy(source):
        return "a synchronous read goes over a declared edge, with its own proxy; else publish an event"
    name = str(source.pod_labels.get("app.kubernetes.io/name") or source.resource.name)
    if name not in _declared(stack, ours, theirs):
        return f"the catalog declares no edge {name} from {ours} to {theirs}"
    configuration = _configuration(stack, source)
    if configuration is None:
        return f"the configuration of proxy {name} cannot be read"
    faults = configuration.faults()
    if faults:
        return f"proxy {name} {' and '.join(faults)}"
    for host in configuration.upstreams:
        found = stack.names.resolve(host, source.namespace, source.resource.scope)
        if found is None or target not in found.workloads:
            return f"proxy {name} passes requests on to {host}, which is not {target.resource.name}"
    return None if configuration.upstreams else f"proxy {name} names no upstream"


def _declared(stack: Stack, ours: str, theirs: str) -> set[str]:
    """Edges of the catalog from one owner to another, and the one to an issuer's public keys."""
    entry = stack.entry(ours)
    edges = entry.service.edges if entry is not None else ()
    issuer = stack.entry(theirs)
    signs = theirs == MONOLITH or (issuer is not None and issuer.last.traffic == "issuers")
    return {edge.name for edge in edges if edge.upstream == theirs} | (
        {keys_edge(ours, theirs)} if signs else set()
    )


def _configuration(stack: Stack, workload: Workload) -> Configuration | None:
    """What the one `.cfg` file that a proxy mounts promises."""
    files = {
        variable.value
        for group in stack.given(workload)
        for variable in group
        if str(variable.carrier_key).endswith(".cfg") and (variable.free_text or variable.value is UNKNOWN)
    }
    only = files.pop() if len(files) == 1 else None
    return read(only) if isinstance(only, str) else None


RULE = RoadmapRule(
    id=ID,
    section="Global Anti-Patterns, Synchronous inter-service calls in request path",
    cause="One service reaches another outside a declared edge.",
    explanation="A call in the request path passes an outage on, and adds its latency to every request. A read with a "
    "timeout and a circuit breaker fails alone and soon.",
    remedy="Publish an event; for a read, declare an edge in the catalog, which brings its own proxy.",
    level=MANDATORY,
    check=check,
)
