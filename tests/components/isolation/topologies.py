"""A spread of stacks: the three years, and what a domain goes through on its way between them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import roadmap
from roadmap.topology import Topology
from tests.roadmap.building import topology_of, with_drivers

STACKS = Path(__file__).resolve().parents[3] / "stacks"
CATALOG = roadmap.load_catalog()
YEARS = ("year1", "year2", "year3")

LAST = {"ai": "service", "analytics": "service", "auth": "identity-service", "notifications": "service"}
OPEN = {"owner": "Ada Example", "reason": "tables move with their domain", "expires": "2026-12-01"}
BESIDE = {"weight": 0, "old_path": "kept"}
OPERATORS: dict[str, Any] = {
    "monitoring": {"namespace": "monitoring", "labels": {"app.kubernetes.io/name": "prometheus"}},
    "keda": {"namespace": "keda", "labels": {"app.kubernetes.io/name": "keda-operator"}},
}
EXTERNAL = {"llm_url": "https://llm.example.com/v1", "smtp_host": "smtp.example.com"}


def of_year(stack: str) -> Topology:
    """The topology of one of the stack files."""
    return roadmap.resolve(roadmap.load_stack_file(STACKS / f"Pulumi.{stack}.yaml"), CATALOG)


def at(phases: dict[str, str], changes: dict[str, Any] | None = None, **flags: dict[str, Any]) -> Topology:
    """A stack with domains at these phases, further flags by domain, and other sections of its config changed."""
    return topology_of(CATALOG, extract=with_drivers(CATALOG, phases, **flags), **(changes or {}))


SPREAD: Mapping[str, Callable[[], Topology]] = {year: partial(of_year, year) for year in YEARS} | {
    "ai-at-weight-10": lambda: at({"ai": "service"}, ai={"weight": 10, "old_path": "kept"}),
    "ai-worker-scaled-by-keda": lambda: at({"ai": "worker"}, {"operators": OPERATORS}),
    "ai-parked": lambda: at({"ai": "worker"}, ai={"parked": True}),
    "ai-parked-and-discarded": lambda: at({"ai": "worker"}, ai={"parked": True, "discard": ["ai-postgres"]}),
    "analytics-on-the-replica": lambda: at({"analytics": "replica"}),
    "analytics-on-views": lambda: at({"analytics": "materialized-views"}),
    "auth-with-both-issuers": lambda: at(LAST, auth={"old_path": "kept", "backfilled": "forward"}),
    "auth-at-an-external-issuer": lambda: at(
        LAST, {"external": EXTERNAL | {"identity_issuer": "https://login.example.com"}}
    ),
    "notifications-gateway": lambda: at({"notifications": "websocket-gateway"}),
    "notifications-moving-in": lambda: at(
        {"notifications": "service"}, notifications=BESIDE | {"backfill": {"direction": "forward"} | OPEN}
    ),
    "notifications-moving-out": lambda: at(
        {"notifications": "service"},
        notifications=BESIDE | {"backfilled": "forward", "backfill": {"direction": "reverse"} | OPEN},
    ),
    "everything-extracted-and-watched": lambda: at(
        LAST | dict.fromkeys(("projects", "tasks", "sprints"), "service"), {"operators": OPERATORS}
    ),
}
"""By what is particular about each."""
