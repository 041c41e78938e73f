"""What the registered move says of a domain is what the stack holds of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.carriers import decoded_data
from policies.isolation.resources import Resource
from roadmap.transition import prepared
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from roadmap.catalog_entries import DomainEntry
    from roadmap.topology import DomainPlacement

    from ..stack import Stack

ID = "phase-matches-resources"
_STORES = ("database", "cache")


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Workloads, stores, namespaces and routes of each domain against the phase it is said to be in."""
    for entry in stack.catalog.domains:
        placement = stack.placements.get(entry.domain)
        if placement is None:
            continue
        if placement.phase == entry.last.name:
            if not (entry.last.traffic == "issuers" and _external_issuer(stack, entry.domain)):
                yield from _lacking(stack, entry)
        else:
            yield from _too_much(stack, entry, placement)
        yield from _inside(stack, entry)


def _lacking(stack: Stack, entry: DomainEntry) -> Iterator[Finding]:
    """A service without its own workloads, stores or namespace (Extraction Path, last phase)."""
    service, domain = entry.service, entry.domain
    running = {_name(item.resource) for item in stack.workloads_of(domain)}
    missing = [f"workload {item.name}" for item in service.workloads if item.name not in running]
    stores = {store.name for store in stack.stores_of(domain, *_STORES)}
    missing += [f"store {item.name}" for item in service.stores if item.name not in stores]
    if not stack.owned(domain, "Namespace"):
        missing.append("a namespace")
    if missing:
        yield violation(
            ID, stack.root, f"{domain} is said to be at `{entry.last.name}`, and lacks {', '.join(missing)}"
        )


def _too_much(stack: Stack, entry: DomainEntry, placement: DomainPlacement) -> Iterator[Finding]:
    """Parts of a service before it is one; a parked domain keeps its stores (Extraction Path)."""
    domain = entry.domain
    found: list[Resource] = [item.resource for item in stack.workloads_of(domain)]
    if not placement.parked:
        found += [stack.index.by_key[store.key] for store in stack.stores_of(domain, *_STORES)]
    found += stack.owned(domain, "HTTPRoute", "Ingress")
    if not prepared(entry, placement):
        found += stack.owned(domain, "Namespace", "ServiceAccount", "Role", "RoleBinding")
    said = f"{domain} is said to be at `{placement.phase}`" + (", parked" if placement.parked else "")
    for resource in found:
        yield violation(ID, resource, f"{said}, and has {resource.title} of its own", owners=(domain,))


def _inside(stack: Stack, entry: DomainEntry) -> Iterator[Finding]:
    """What a phase puts into the monolith is there, and what other phases put there is not."""
    phase = stack.inside(entry)
    wanted = {item.name for item in phase.monolith.workloads} if phase is not None else set()
    known = {item.name for other in entry.phases for item in other.monolith.workloads}
    running: dict[str, list[Resource]] = defaultdict(list)
    for item in stack.workloads_of(MONOLITH):
        running[_name(item.resource)].append(item.resource)
    where = f"`{phase.name}`" if phase is not None else "its service alone"
    for name in sorted(wanted - set(running)):
        yield violation(
            ID, stack.root, f"{entry.domain} stands at {where}, and workload {name} of that phase is missing"
        )
    for name in sorted((known - wanted) & set(running)):
        for resource in running[name]:
            yield violation(
                ID, resource, f"{entry.domain} stands at {where}, and {resource.title} is of another phase"
            )


def _name(resource: Resource) -> str:
    return str(resource.labels.get("app.kubernetes.io/name") or resource.name)


def _external_issuer(stack: Stack, domain: str) -> bool:
    """Whether an issuer outside the cluster is trusted, and nothing of the domain runs here."""
    if stack.workloads_of(domain):
        return False
    return any(
        "JWKS" in name and isinstance(value, str) and "https://" in value
        for resource in stack.owned(MONOLITH, "ConfigMap")
        for name, value in decoded_data(resource).items()
    )


RULE = RoadmapRule(
    id=ID,
    section="Extraction Path of each domain; Extraction Timeline Summary",
    cause="A domain has resources of another phase than the one it is registered in.",
    explanation="A registered move is only words. A service that runs while its domain is said to be inside the "
    "monolith was extracted past every check; one that lacks its own store still lives off somebody else's.",
    remedy="Move the domain's flag in the stack file, one phase an update, and let the program make the resources.",
    level=MANDATORY,
    check=check,
)
