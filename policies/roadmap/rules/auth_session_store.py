"""The issuer keeps no sessions in a store beside its own database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "auth-session-store"
DOMAIN = "auth"
_REMOTE = (
    "KC_CACHE_REMOTE_HOST",
    "KC_CACHE_REMOTE_PORT",
    "KC_SPI_CONNECTIONS_INFINISPAN",
    "cache-remote-host",
    "cache-remote-port",
)
"""Beginnings of variables and of options, whose dashes are gone when they come from a command line."""
_INTROSPECTION = re.compile(
    r"introspection[_.-]?(url|uri|endpoint)$|token[_.-]?introspection$", re.IGNORECASE
)


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Caches of auth, caches that auth uses, remote session stores of its product, and introspection by others."""
    for store in stack.stores_of(DOMAIN, "cache"):
        yield violation(ID, store.resource, f"{store.title} is a cache of auth, and tokens need none")
    for use in stack.uses:
        if use.store.kind == "cache" and stack.owner_of(use.workload.resource) == DOMAIN:
            steps = " → ".join((use.workload.resource.name, *use.steps, use.store.title))
            yield violation(
                ID, use.workload.resource, f"{steps}: the issuer keeps no session state in a cache"
            )
    for workload in stack.index.workloads.values():
        owner = stack.owner_of(workload.resource)
        for name in {variable.name for group in stack.given(workload) for variable in group}:
            if owner == DOMAIN and name.startswith(_REMOTE):
                yield violation(
                    ID, workload.resource, f"{workload.resource.title} keeps sessions outside ({name})"
                )
            elif owner not in (None, DOMAIN) and _INTROSPECTION.search(name):
                yield violation(
                    ID,
                    workload.resource,
                    f"{workload.resource.title} asks the issuer about each token ({name}); tokens are self-contained",
                )


RULE = RoadmapRule(
    id=ID,
    section="3. Auth Module Extraction, Anti-Patterns",
    cause="The issuer keeps session state outside its own database, or is asked about each token.",
    explanation="A session that a service has to ask about makes the issuer part of every request: when it is down, "
    "everything is. A product's own login sessions, in its own database, are nobody else's business.",
    remedy="Issue self-contained tokens and validate them by public key; give the issuer no cache.",
    level=MANDATORY,
    check=check,
)
