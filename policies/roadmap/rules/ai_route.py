"""AI's answers go to the frontend directly, never through the monolith."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "ai-route"
DOMAIN = "ai"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Once AI is a service: its paths lead to it, after the old path is retired to nobody else."""
    if not stack.at_service(DOMAIN):
        return
    found = stack.answers
    for route in stack.catalog.domain(DOMAIN).service.routes:
        own = [item for item in found if item.may_answer(route.path_prefix)]
        if not any(item.owner == DOMAIN for item in own):
            yield violation(
                ID,
                stack.root,
                f"no route leads {route.path_prefix} to AI, so its requests go through the monolith",
            )
        for item in own:
            if item.owner != DOMAIN and stack.old_path_is_retired(DOMAIN):
                whose = f" (owner {item.owner})" if item.owner else ""
                yield violation(
                    ID,
                    item.route,
                    f"{item.route.title} leads {item.path or 'a path not known yet'} to {item.service}{whose}, and "
                    "AI's old path is retired",
                    owners=(DOMAIN, *([item.owner] if item.owner else [])),
                )
    for reach in stack.reaches:
        if reach.source is None or reach.target is None:
            continue
        ours = stack.owner_of(reach.target.resource) == DOMAIN
        if ours and stack.owner_of(reach.source.resource) == MONOLITH:
            yield violation(
                ID,
                reach.policy,
                f"{reach.source.resource.name} → {reach.policy.title} → {reach.target.resource.name}: the monolith "
                "could pass AI's answers on",
                owners=(DOMAIN, MONOLITH),
            )


RULE = RoadmapRule(
    id=ID,
    section="1. AI Module Extraction, Anti-Patterns",
    cause="AI's requests or answers go through the monolith.",
    explanation="An LLM's answer takes seconds. Passed through the monolith it holds one of its connections all that "
    "time, and the outage of one becomes the outage of both.",
    remedy="Route AI's paths from the edge straight to its service; deliver by WebSocket or polling.",
    level=MANDATORY,
    check=check,
)
