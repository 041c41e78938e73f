"""Analytics reads the replica: the role `analytics_reader` never meets the primary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.allowances import Allowance
from policies.isolation.graph.carriers import Carrier, value_of
from policies.isolation.graph.given import Variable
from policies.isolation.graph.stores import Store
from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import UNKNOWN, dig, mapping, sequence, text

from ..rule import RoadmapRule, violation
from ..stack import Stack

ID = "analytics-reads-replica"
ROLE = "analytics_reader"
DOMAIN = "analytics"
_ADDRESS = re.compile(r"\w*analytics\w*(url|uri|dsn|host)", re.IGNORECASE)
_INSTANCE_ROLE = "cnpg.io/instanceRole"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Who logs in as the reader and where, what the network lets such a workload reach, and a role left behind."""
    if not stack.main_databases:
        return
    for workload in stack.index.workloads.values():
        reads = [reading for group in stack.given(workload) for reading in _readings(stack, group)]
        for variable, host in reads:
            if host != "replica":
                where = "an address that is not known yet" if host is None else "the primary"
                yield violation(
                    ID,
                    workload.resource,
                    f"{workload.resource.title} reads {where} as {ROLE} ({variable}); `-ro` is where analytics reads",
                )
        if reads and not _has_other_login(stack, workload):
            yield from _network(stack, workload)
    if stack.old_path_is_retired(DOMAIN):
        for store in stack.main_databases:
            yield from _left_behind(store)


def _readings(stack: Stack, group: list[Variable]) -> Iterator[tuple[str, str | None]]:
    """Variables of a container that log in as the reader, each with the end it names; None for an unknown one."""
    holds_password = any(_is_password(variable) for variable in group)
    for variable in group:
        if isinstance(variable.value, str):
            if (
                f"//{ROLE}:" in variable.value
                or f"//{ROLE}@" in variable.value
                or f"user={ROLE}" in variable.value
            ):
                yield variable.name, _end(stack, variable.value)
        elif variable.value is UNKNOWN and holds_password and _ADDRESS.fullmatch(variable.name):
            yield variable.name, None


def _is_password(variable: Variable) -> bool:
    carrier: Carrier | None = variable.carrier
    if carrier is None or carrier.kind != "Secret":
        return False
    return value_of(carrier, "username") == ROLE or ROLE.replace("_", "-") in carrier.name


def _end(stack: Stack, value: str) -> str | None:
    for store in stack.main_databases:
        if f"{store.name}-ro" in value:
            return "replica"
        if f"{store.name}-" in value or f"{store.name}." in value:
            return "primary"
    return "replica" if not any(store.name in value for store in stack.main_databases) else "primary"


def _has_other_login(stack: Stack, workload: Workload) -> bool:
    """Whether it may reach the primary as somebody else, so that only the address keeps the reader off it."""
    return any(
        use.login not in (None, ROLE)
        for store in stack.main_databases
        for use in stack.uses_of.get(store.key, ())
        if use.workload is workload
    )


def _network(stack: Stack, workload: Workload) -> Iterator[Finding]:
    servers = {store.key for store in stack.main_databases}
    for allowance in stack.allowances:
        if allowance.client is workload and allowance.store.key in servers and _to_primary(allowance):
            yield violation(
                ID,
                allowance.policy,
                f"{workload.resource.name} → {allowance.policy.title} → primary of {allowance.store.title}: {ROLE} is "
                "replicated with everything else, so only the network keeps it off the primary",
            )


def _to_primary(allowance: Allowance) -> bool:
    """Whether a policy is about all instances, or the primary: it has to say `replica`."""
    selectors = [dig(allowance.policy.body, "spec", "podSelector")]
    for rule in sequence(dig(allowance.policy.body, "spec", "egress")):
        selectors += [dig(peer, "podSelector") for peer in sequence(dig(rule, "to"))]
    roles = [
        text(mapping(dig(selector, "matchLabels")).get(_INSTANCE_ROLE))
        for selector in selectors
        if "cnpg.io/cluster" in mapping(dig(selector, "matchLabels"))
    ]
    return not roles or any(role != "replica" for role in roles)


def _left_behind(store: Store) -> Iterator[Finding]:
    assert store.resource is not None
    for role in sequence(dig(store.resource.body, "spec", "managed", "roles")):
        name = text(dig(role, "name")) or ""
        gone = text(dig(role, "ensure")) == "absent" or dig(role, "login") is False
        if name.startswith(f"{DOMAIN}_") and not gone:
            yield violation(
                ID,
                store.resource,
                f"{store.title} still has role {name}, and analytics has a store of its own",
            )


RULE = RoadmapRule(
    id=ID,
    section="2. Analytics Module Extraction, Anti-Patterns",
    cause="Analytics can read the primary.",
    explanation="A dashboard's query takes what the product's requests need. Roles are replicated, so the database "
    "cannot keep the reader off its primary: the address and the network do.",
    remedy="Give analytics the `-ro` address, and let the network policy select instances with the role `replica`.",
    level=MANDATORY,
    check=check,
)
