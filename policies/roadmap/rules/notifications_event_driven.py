"""Notifications are created by events only: no other service reaches the notification service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "notifications-event-driven"
DOMAIN = "notifications"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Once it is a service: who can reach it, who has its address, and whether it consumes from the broker."""
    if not stack.at_service(DOMAIN):
        return
    for reach in stack.reaches:
        source, target = reach.source, reach.target
        owner = stack.owner_of(source.resource) if source is not None else None
        if target is not None and stack.owner_of(target.resource) == DOMAIN != owner:
            name = source.resource.name if source is not None else "anybody in the cluster"
            yield violation(
                ID,
                reach.policy,
                f"{name} (owner {owner or 'nobody'}) → {reach.policy.title} → {target.resource.name}: notifications "
                "are created by events, not by calls",
                owners=_with(owner),
            )
    for call in stack.calls:
        if call.owner == DOMAIN:
            yield violation(
                ID,
                call.workload.resource,
                f"{call.workload.resource.title} has the address of {call.target.title} ({call.variable}): publish an "
                "event instead",
                owners=_with(stack.owner_of(call.workload.resource)),
            )
    consuming = {use.workload.key for use in stack.uses if use.store.kind == "broker"}
    if stack.serving(DOMAIN) and not any(item.key in consuming for item in stack.serving(DOMAIN)):
        yield violation(
            ID,
            stack.root,
            "nothing of notifications is connected to the broker, so no event creates one",
            owners=(DOMAIN,),
        )


def _with(owner: str | None) -> tuple[str, ...]:
    return (DOMAIN,) if owner is None else (DOMAIN, owner)


RULE = RoadmapRule(
    id=ID,
    section="4. Notification Module Extraction, Extraction Path",
    cause="Notifications can be created by a call.",
    explanation="A service that has to be asked to notify is in the request path of whoever asks: its outage is then "
    "everybody's. An event waits in the queue.",
    remedy="Publish a domain event; only the public gateway and the broker reach the notification service.",
    level=MANDATORY,
    check=check,
)
