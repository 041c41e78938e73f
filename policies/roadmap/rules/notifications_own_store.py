"""The notification service keeps its notifications itself, and its gateway is off the monolith's Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from policies.isolation.graph.workloads import Workload

    from ..stack import Stack

ID = "notifications-own-store"
DOMAIN = "notifications"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Once it is a service: a database of its own, and no way to a database or cache of the monolith."""
    if not stack.at_service(DOMAIN):
        return
    if not stack.stores_of(DOMAIN, "database"):
        yield violation(
            ID, stack.root, "notifications is a service without a database of its own", owners=(DOMAIN,)
        )
    theirs = stack.stores_of(MONOLITH, "database", "cache")
    for use in stack.uses:
        if use.store in theirs and _is_ours(stack, use.workload):
            steps = " → ".join((use.workload.resource.name, *use.steps, use.store.title))
            yield violation(
                ID,
                use.workload.resource,
                f"{steps} (owner monolith): {_why(use.store.kind)}",
                owners=(DOMAIN, MONOLITH),
            )
    for reading in stack.readings:
        secret, reader = reading.carrier.resource, reading.workload
        if secret is None or reading.carrier.kind != "Secret":
            continue
        if stack.owner_of(secret) == MONOLITH and _is_ours(stack, reader):
            yield violation(
                ID,
                reader.resource,
                f"{reader.resource.name} → {secret.title} (owner monolith): what it opens is not its own",
                owners=(DOMAIN, MONOLITH),
            )
    for allowance in stack.allowances:
        if allowance.store in theirs and _is_ours(stack, allowance.client):
            yield violation(
                ID,
                allowance.policy,
                f"{allowance.client.resource.name} → {allowance.policy.title} → {allowance.store.title} "
                f"(owner monolith): {_why(allowance.store.kind)}",
                owners=(DOMAIN, MONOLITH),
            )


def _is_ours(stack: Stack, workload: Workload) -> bool:
    """Whether it is the service's, and not the Job that an exemption lets move its data."""
    return stack.owner_of(workload.resource) == DOMAIN and not stack.is_backfill(workload)


def _why(kind: str) -> str:
    if kind == "cache":
        return "the gateway is part of the service now, and off the monolith's Redis"
    return "notifications are kept in the service's own database"


RULE = RoadmapRule(
    id=ID,
    section="4. Notification Module Extraction, Extraction Path",
    cause="The notification service lives off the monolith's stores.",
    explanation="A gateway that still listens on the monolith's Redis delivers what the monolith publishes and nothing "
    "else: the service is then a name, and the monolith's Redis its single point of failure.",
    remedy="Deliver from the service's own database, and drop the way to the monolith's Redis and Postgres.",
    level=MANDATORY,
    check=check,
)
