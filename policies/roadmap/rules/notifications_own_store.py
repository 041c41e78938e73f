"""The notification service keeps its notifications itself, and its gateway is off the monolith's Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "notifications-own-store"
DOMAIN = "notifications"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Once it is a service: a database of its own, and no way to any store of the monolith."""
    if not stack.at_service(DOMAIN):
        return
    if not stack.stores_of(DOMAIN, "database"):
        yield violation(
            ID, stack.root, "notifications is a service without a database of its own", owners=(DOMAIN,)
        )
    theirs = {store.key: store for store in stack.stores_of(MONOLITH, "database", "cache")}
    for use in stack.uses:
        ours = stack.owner_of(use.workload.resource) == DOMAIN and not stack.is_backfill(use.workload)
        if ours and use.store.key in theirs:
            steps = " → ".join((use.workload.resource.name, *use.steps, use.store.title))
            yield violation(
                ID,
                use.workload.resource,
                f"{steps} (owner monolith): {_why(use.store.kind)}",
                owners=(DOMAIN, MONOLITH),
            )
    for reading in stack.readings:
        secret = reading.carrier.resource
        ours = stack.owner_of(reading.workload.resource) == DOMAIN and not stack.is_backfill(reading.workload)
        if (
            ours
            and secret is not None
            and reading.carrier.kind == "Secret"
            and stack.owner_of(secret) == MONOLITH
        ):
            yield violation(
                ID,
                reading.workload.resource,
                f"{reading.workload.resource.name} → {secret.title} (owner monolith): what it opens is not its own",
                owners=(DOMAIN, MONOLITH),
            )
    for allowance in stack.allowances:
        client = allowance.client
        ours = stack.owner_of(client.resource) == DOMAIN and not stack.is_backfill(client)
        if ours and allowance.store.key in theirs:
            yield violation(
                ID,
                allowance.policy,
                f"{client.resource.name} → {allowance.policy.title} → {allowance.store.title} (owner monolith): "
                f"{_why(allowance.store.kind)}",
                owners=(DOMAIN, MONOLITH),
            )


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
