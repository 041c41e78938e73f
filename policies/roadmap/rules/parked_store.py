"""A parked store is kept, protected and reached by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.stores import Store
from policies.isolation.resources import UNKNOWN, Resource, dig, mapping, sequence, text

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "parked-store"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Stores of domains that are parked, or of which nothing runs: no user, no way in, protected."""
    for entry in stack.catalog.domains:
        placement = stack.placements.get(entry.domain)
        parked = placement is not None and placement.parked
        discarding = placement is not None and placement.discarding
        for store in stack.stores_of(entry.domain, "database", "cache"):
            if parked or not stack.workloads_of(entry.domain):
                yield from _of_store(stack, store, entry.domain, discarding=discarding)


def _of_store(stack: Stack, store: Store, owner: str, *, discarding: bool) -> Iterator[Finding]:
    resource = store.resource
    assert resource is not None
    for use in stack.uses_of.get(store.key, ()):
        user = use.workload.resource
        yield violation(
            ID, user, f"{store.title} is parked (owner {owner}), and {user.title} uses it", owners=(owner,)
        )
    if resource.kubernetes:
        yield from _of_namespace(stack, store, resource)
    if resource.protected is False and not discarding:
        yield violation(ID, resource, f"{store.title} is parked, and an update could delete it")


def _of_namespace(stack: Stack, store: Store, resource: Resource) -> Iterator[Finding]:
    policies = [item for item in stack.index.of_kind("NetworkPolicy") if item.namespace == resource.namespace]
    if not any(_denies_all(policy) for policy in policies):
        yield violation(
            ID, resource, f"{store.title} is parked, and no NetworkPolicy denies all of its namespace"
        )
    for policy in policies:
        if _opens(policy):
            yield violation(ID, policy, f"{store.title} is parked, and {policy.title} opens its namespace")


def _denies_all(policy: Resource) -> bool:
    spec = mapping(dig(policy.body, "spec"))
    types = {text(item) for item in sequence(spec.get("policyTypes"))}
    selector = spec.get("podSelector")
    return (
        types == {"Ingress", "Egress"}
        and isinstance(selector, Mapping)
        and not selector
        and not _opens(policy)
    )


def _opens(policy: Resource) -> bool:
    spec = dig(policy.body, "spec")
    return any(
        rules is UNKNOWN or bool(sequence(rules)) for rules in (dig(spec, "ingress"), dig(spec, "egress"))
    )


RULE = RoadmapRule(
    id=ID,
    section="Extraction Principles, Data ownership follows service ownership",
    cause="A parked store is used, reachable or unprotected.",
    explanation="A domain that was turned back left its data behind on purpose. Whoever reads it reads what nobody "
    "keeps true any more, and whoever can delete it takes away the way back.",
    remedy="Leave the domain parked with its namespace closed; to be rid of the data, discard it as a step of its own.",
    level=MANDATORY,
    check=check,
)
