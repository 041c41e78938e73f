"""Nothing leads from AI to the monolith's Postgres: no address, no credential, no network path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.addresses.endpoints import endpoints
from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.carriers import decoded_data
from policies.isolation.graph.hosts import plausible_host
from policies.isolation.resources import Resource
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "ai-database-path"
DOMAIN = "ai"
_PORT = 5432
_FULL_NAME = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


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
        opened = {lock.store.key for lock in stack.credentials.of_resource(resource)}
        named = _named(stack, resource)
        for key, server in servers.items():
            if key in opened:
                yield _found(resource, f"{resource.title} opens {server.title}")
            elif key in named:
                yield _found(resource, f"{resource.title} names {server.title}")
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


def _named(stack: Stack, carrier: Resource) -> set[str]:
    """Keys of the servers whose addresses stand in a carrier; a lone word is one where its key says so."""
    assert carrier.namespace is not None
    found: set[str] = set()
    for key, value in decoded_data(carrier).items():
        if not isinstance(value, str):
            continue
        hosts = set(_FULL_NAME.findall(value))
        hosts |= {item.host for item in endpoints(value) if not item.bare or plausible_host(key, item.host)}
        for host in hosts:
            destination = stack.names.resolve(host, carrier.namespace, carrier.scope)
            if destination is not None:
                found |= {pod.key for pod in destination.workloads}
                found |= {destination.store.key} if destination.store is not None else set()
    return found


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
