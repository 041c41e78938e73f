"""Materialized views are refreshed at least every five minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, dig, text
from roadmap.anti_patterns import LONGEST_REFRESH_MINUTES, longest_gap
from roadmap.vocabulary import WorkloadRole

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "analytics-refresh-interval"
DOMAIN = "analytics"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Schedules of everything that refreshes, by its role or by the catalog's name for it."""
    named = {
        item.name
        for phase in stack.catalog.domain(DOMAIN).phases
        for item in phase.monolith.workloads
        if item.role is WorkloadRole.REFRESH
    }
    for resource in stack.index.of_kind("CronJob"):
        labels = resource.labels
        if (
            labels.get("app.kubernetes.io/component") != WorkloadRole.REFRESH.value
            and labels.get("app.kubernetes.io/name") not in named
            and resource.name not in named
        ):
            continue
        schedule = text(dig(resource.body, "spec", "schedule"))
        gap = longest_gap(schedule) if schedule is not None else None
        suspended = dig(resource.body, "spec", "suspend")
        if suspended or suspended is UNKNOWN:
            said = "is" if suspended else "may be"
            yield violation(ID, resource, f"{resource.title} {said} suspended, so its views only grow old")
        elif gap is None:
            said = f"on `{schedule}`" if schedule is not None else "on a schedule that is not known yet"
            yield violation(
                ID, resource, f"{resource.title} refreshes {said}, not every few minutes of every hour"
            )
        elif gap > LONGEST_REFRESH_MINUTES:
            yield violation(
                ID,
                resource,
                f"{resource.title} leaves {gap} minutes between two refreshes, and {LONGEST_REFRESH_MINUTES} are "
                "tolerated",
            )


RULE = RoadmapRule(
    id=ID,
    section="2. Analytics Module Extraction, Extraction Path",
    cause="Views are refreshed less often than every five minutes.",
    explanation="Five minutes of staleness is what analytics agreed to before it left the primary; a view that is "
    "older sends people back to the raw tables.",
    remedy="Schedule the refresh `*/5 * * * *` or more often, and do not suspend it.",
    level=MANDATORY,
    check=check,
)
