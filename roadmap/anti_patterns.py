"""Anti-patterns that can be told from a few plain facts, wherever these come from.

The program asks of a topology before it registers anything, the policy pack of the resources that were registered: both
by the functions of this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from roadmap.vocabulary import MONOLITH, WorkloadRole

if TYPE_CHECKING:
    from roadmap.topology import Topology

LONGEST_REFRESH_MINUTES = 5
"""How old a materialized view may get (2. Analytics Module Extraction, Phase 2)."""

IDENTITY_PRODUCTS = ("keycloak", "zitadel", "hydra", "authentik", "dex")
"""Image names of managed identity products that can run in a cluster (3. Auth Module Extraction, Anti-Patterns)."""

VIEWS_SCHEMA = "analytics"
VIEWS_OWNERS = ("analytics", "analytics_reader", "analytics_refresh")
"""Schema of the materialized views, and the roles that may own or read them."""

NEUTRAL_PARAMETERS = (
    "archive_", "autovacuum", "checkpoint_", "idle_", "lock_timeout", "log_", "max_connections",
    "max_replication_slots", "max_slot_wal_keep_size", "max_standby_", "max_wal_", "password_encryption",
    "shared_buffers", "ssl",
    "statement_timeout", "timezone", "tcp_", "track_", "wal_",
)  # fmt: skip
"""Beginnings of Postgres parameters about capacity, durability and observation; none favours a kind of query."""


def longest_gap(schedule: str) -> int | None:
    """Minutes between two runs of a cron schedule at most; None for one that leaves out hours or cannot be read."""
    fields = schedule.split()
    if len(fields) != 5 or any(field not in ("*", "*/1") for field in fields[1:]):
        return None
    minutes: set[int] = set()
    for part in fields[0].split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if not (step or "1").isdigit() or int(step or "1") < 1:
            return None
        if span == "*":
            start, end = 0, 59
        elif first.isdigit() and (last.isdigit() or not last):
            start, end = int(first), int(last) if last else 59 if step else int(first)
        else:
            return None
        minutes.update(range(start, min(end, 59) + 1, int(step or "1")))
    if not minutes:
        return None
    ordered = sorted(minutes)
    return max(b - a for a, b in zip(ordered, [*ordered[1:], ordered[0] + 60], strict=True))


def overlap(first: Iterable[str], second: Iterable[str]) -> tuple[str, str] | None:
    """Two path filters that one file can match; None where no file triggers both."""
    others = list(second)
    for a in first:
        for b in others:
            literal, other = _literal(a), _literal(b)
            if literal.startswith(other) or other.startswith(literal):
                return a, b
    return None


def _literal(pattern: str) -> str:
    """A path filter up to its first wildcard: whatever it matches begins so."""
    ends = [at for sign in "*?[" if (at := pattern.find(sign)) >= 0]
    return pattern[: min(ends)] if ends else pattern


def is_identity_product(image: str, products: Sequence[str] = IDENTITY_PRODUCTS) -> bool:
    """Whether an image is called as an identity product is, wherever it was mirrored to."""
    return repository_name(image) in products


def repository_name(image: str) -> str:
    """Last part of an image's repository, without tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def is_neutral_parameter(name: str, also: Sequence[str] = ()) -> bool:
    """Whether a Postgres parameter may be set on the main database; what is not known to be neutral is tuning."""
    return name.startswith(NEUTRAL_PARAMETERS) or name in also


def anti_patterns_in(topology: Topology) -> tuple[str, ...]:
    """What a topology must never hold, each in a sentence with the roadmap's section."""
    return (
        *_pipelines(topology),
        *_refreshes(topology),
        *_identity(topology),
        *_readers(topology),
        *_views(topology),
        *_caches(topology),
    )


def _pipelines(topology: Topology) -> Iterable[str]:
    section = "(Global Anti-Patterns, Distributed monolith)"
    for at, pipeline in enumerate(topology.pipelines):
        for other in topology.pipelines[at + 1 :]:
            if shared := overlap(pipeline.source_paths, other.source_paths):
                yield f"pipelines of {pipeline.owner} and {other.owner} are both triggered by {shared[0]} {section}"
            if pipeline.registry == other.registry:
                yield f"pipelines of {pipeline.owner} and {other.owner} push to {pipeline.registry} {section}"
            if (pipeline.namespace, pipeline.deployer) == (other.namespace, other.deployer):
                yield f"pipelines of {pipeline.owner} and {other.owner} deploy as {pipeline.deployer} {section}"


def _refreshes(topology: Topology) -> Iterable[str]:
    for service in topology.services:
        for workload in service.workloads:
            gap = longest_gap(workload.schedule or "")
            if workload.role is WorkloadRole.REFRESH and (gap is None or gap > LONGEST_REFRESH_MINUTES):
                yield (
                    f"{workload.name} refreshes on schedule `{workload.schedule}`, and a view may be "
                    f"{LONGEST_REFRESH_MINUTES} minutes old (2. Analytics Module Extraction, Phase 2)"
                )


def _identity(topology: Topology) -> Iterable[str]:
    issuers = {issuer.owner for issuer in topology.issuers} - {MONOLITH}
    for service in topology.services:
        if service.owner in issuers and not is_identity_product(service.image):
            yield (
                f"{service.owner} runs {service.image}, which is no identity product "
                "(3. Auth Module Extraction, Anti-Patterns)"
            )


def _readers(topology: Topology) -> Iterable[str]:
    replicated = {store.name for store in topology.stores if store.owner == MONOLITH and store.database}
    for service in topology.services:
        for workload in service.workloads:
            for use in workload.stores:
                if use.user == "analytics_reader" and use.store in replicated and use.endpoint != "replica":
                    yield (
                        f"{workload.name} reads {use.store} as {use.user} on the primary "
                        "(2. Analytics Module Extraction, Anti-Patterns)"
                    )


def _views(topology: Topology) -> Iterable[str]:
    for view in topology.views:
        if view.view_schema != VIEWS_SCHEMA or {view.owner, view.reader} - set(VIEWS_OWNERS):
            yield (
                f"view {view.view_schema}.{view.name} is owned by {view.owner} and read by {view.reader}, "
                "not by analytics alone (2. Analytics Module Extraction, Anti-Patterns)"
            )


def _caches(topology: Topology) -> Iterable[str]:
    issuers = {issuer.owner for issuer in topology.issuers} - {MONOLITH}
    for store in topology.stores:
        if store.owner in issuers and store.database is None:
            yield (
                f"{store.owner} keeps sessions in {store.name}; tokens are self-contained "
                "(3. Auth Module Extraction, Anti-Patterns)"
            )
