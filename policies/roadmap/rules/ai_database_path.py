"""Nothing leads from AI to the monolith's Postgres: no address, no credential, no network path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import Resource, strings
from roadmap.topology import MONOLITH

from ..rule import RoadmapRule, violation
from ..stack import Stack

ID = "ai-database-path"
DOMAIN = "ai"
_PORT = 5432


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything of owner `ai` against the monolith's database servers."""
    servers = {store.key: store for store in stack.main_databases}
    if not servers:
        return
    for use in stack.uses:
        if use.store.key in servers and stack.owner_of(use.workload.resource) == DOMAIN:
            steps = " → ".join((use.workload.resource.name, *use.steps, use.store.title))
            yield _found(use.workload.resource, steps)
    for reading in stack.readings:
        secret = reading.carrier.resource
        if reading.carrier.kind != "Secret" or stack.owner_of(reading.workload.resource) != DOMAIN:
            continue
        if secret is not None and stack.owner_of(secret) == MONOLITH:
            yield _found(
                reading.workload.resource, f"{reading.workload.resource.name} → {reading.carrier.title}"
            )
    for resource in stack.owned(DOMAIN, "Secret", "ConfigMap"):
        if any(lock.store.key in servers for lock in stack.credentials.of_resource(resource)):
            yield _found(resource, f"{resource.title} opens {next(iter(servers.values())).title}")
        elif _names_a_server(resource, {store.name for store in servers.values()}):
            yield _found(resource, f"{resource.title} names {next(iter(servers.values())).title}")
    for allowance in stack.allowances:
        if allowance.store.key in servers and stack.owner_of(allowance.client.resource) == DOMAIN:
            yield _found(
                allowance.policy,
                f"{allowance.client.resource.name} → {allowance.policy.title} → {allowance.store.title}",
            )
    for reach in stack.reaches:
        source = reach.source
        if source is None or reach.target is not None or stack.owner_of(source.resource) != DOMAIN:
            continue
        if reach.ports is None or _PORT in reach.ports:
            yield _found(
                reach.policy,
                f"{source.resource.name} → {reach.policy.title} → any address of the cluster",
            )


def _names_a_server(resource: Resource, names: set[str]) -> bool:
    """Whether a value of a carrier holds a server's host."""
    hosts = [f"{name}-{role}" for name in names for role in ("rw", "ro", "r")]
    return any(
        any(host in known for host in hosts)
        for field in ("data", "stringData")
        for known in strings(resource.body.get(field))
    )


def _found(resource: Resource, path: str) -> Finding:
    return violation(
        ID,
        resource,
        f"{path}: AI has no way to the monolith's Postgres; it reads over a declared edge",
        owners=(DOMAIN, MONOLITH),
    )


RULE = RoadmapRule(
    id=ID,
    section="1. AI Module Extraction, Anti-Patterns",
    cause="AI can reach the monolith's Postgres.",
    explanation="A service that reads the monolith's tables has to be deployed with every migration of them. A "
    "credential without a path, or a path without a credential, is half of that already.",
    remedy="Give AI its own Postgres, and let it read the monolith over its declared edge.",
    level=MANDATORY,
    check=check,
)
