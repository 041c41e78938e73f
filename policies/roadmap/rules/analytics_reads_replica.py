"""Analytics reads the replica: the role `analytics_reader` never meets the primary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.carriers import Carrier, value_of
from policies.isolation.graph.given import Variable
from policies.isolation.graph.stores import Store
from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import UNKNOWN, dig, items, text

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "analytics-reads-replica"
ROLE = "analytics_reader"
DOMAIN = "analytics"
_URL = re.compile(rf"//{ROLE}[:@]\S*")
_OTHER_URL = re.compile(rf"//(?!{ROLE}[:@])[^:@/\s]+(?::[^@/\s]*)?(@\S*)")
_SETTING = re.compile(rf"\b(?i:user|username)\s*=\s*['\"]?{ROLE}\b")
_HOST = re.compile(r"(?://|[@,]|\bhost\s*=\s*['\"]?)([^/?\s'\"@&,;]+)", re.IGNORECASE)
_USER = re.compile(r"(?P<stem>.*?)(?:user|username|login)", re.IGNORECASE)
_BESIDE_USER = ("host", "hostname", "server", "address", "url", "uri", "dsn")
_ADDRESS = re.compile(r"\w*analytics\w*(url|uri|dsn|host)", re.IGNORECASE)
_INSTANCE_ROLE = "cnpg.io/instanceRole"
_UNKNOWN_END = "an address that is not known yet"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Who logs in as the reader and where, what the network lets such a workload reach, and a role left behind."""
    if not stack.main_databases:
        return
    for workload in stack.index.workloads.values():
        reads = [reading for group in stack.given(workload) for reading in _readings(stack, group)]
        for variable, where in reads:
            if where is not None:
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
    """Variables of a container that log in as the reader, each with what it reads where that is not the replica."""
    holds_password = any(_is_password(variable) for variable in group)
    for variable in group:
        if isinstance(variable.value, str):
            for address in _logins(variable.value):
                yield variable.name or "an argument", _wrong_end(stack, address)
            for other in _beside(variable, group) if variable.value == ROLE else ():
                known = isinstance(other.value, str)
                yield other.name, _wrong_end(stack, f"host={other.value}") if known else _UNKNOWN_END
        elif variable.value is UNKNOWN and holds_password and _ADDRESS.fullmatch(variable.name):
            yield variable.name, _UNKNOWN_END


def _is_password(variable: Variable) -> bool:
    carrier: Carrier | None = variable.carrier
    if carrier is None or carrier.kind != "Secret":
        return False
    return value_of(carrier, "username") == ROLE or ROLE.replace("_", "-") in carrier.name


def _logins(value: str) -> Iterator[str]:
    """What logs in as the reader: a URL, or a line of settings."""
    for line in value.splitlines():
        if _SETTING.search(line):
            yield line
        else:
            yield from _URL.findall(line)


def _beside(user: Variable, group: list[Variable]) -> list[Variable]:
    """The addresses beside a user's name: `DB_HOST` and `DB_URL` beside `DB_USER`."""
    named = _USER.fullmatch(user.name)
    beside = {f"{named['stem']}{end}".lower() for end in _BESIDE_USER} if named else set()
    return [item for item in group if item.name.lower() in beside]


def _wrong_end(stack: Stack, address: str) -> str | None:
    """What an address leads the reader to, other than replicas or a server that is not the monolith's."""
    hosts = _hosts(address)
    if any(_is_primary(stack, host) for host in hosts):
        return "the primary"
    return _UNKNOWN_END if any("$" in host for host in hosts) else None


def _hosts(address: str) -> list[str]:
    """First parts of the names in an address that may be hosts."""
    return [re.split(r"[.:]", host)[0] for host in _HOST.findall(address)]


def _is_primary(stack: Stack, host: str) -> bool:
    """Whether a name is the monolith's database's or a pooler's before it, and not that of its replicas."""
    names = [store.name for store in stack.main_databases]
    kinds: dict[str, str | None] = {f"{name}-ro": "ro" for name in names}
    for pooler in stack.index.of_kind("Pooler"):
        if text(dig(pooler.body, "spec", "cluster", "name")) in names:
            kinds[pooler.name] = text(dig(pooler.body, "spec", "type"))
    return (
        kinds[host] != "ro" if host in kinds else f"{host}-".startswith(tuple(f"{name}-" for name in names))
    )


def _has_other_login(stack: Stack, workload: Workload) -> bool:
    """Whether it may reach the primary as somebody else, so that only the address keeps the reader off it."""
    as_another = any(
        use.login not in (None, ROLE)
        for use in stack.uses
        if use.workload is workload and use.store in stack.main_databases
    )
    return as_another or any(
        _is_primary(stack, host)
        for group in stack.given(workload)
        for variable in group
        if isinstance(variable.value, str)
        for address in _OTHER_URL.findall(variable.value)
        for host in _hosts(address)
    )


def _network(stack: Stack, workload: Workload) -> Iterator[Finding]:
    for allowance in stack.allowances:
        if (
            allowance.client is workload
            and allowance.store in stack.main_databases
            and text(dig(allowance.pods, "matchLabels", _INSTANCE_ROLE)) != "replica"
        ):
            yield violation(
                ID,
                allowance.policy,
                f"{workload.resource.name} → {allowance.policy.title} → primary of {allowance.store.title}: {ROLE} is "
                "replicated with everything else, so only the network keeps it off the primary",
            )


def _left_behind(store: Store) -> Iterator[Finding]:
    assert store.resource is not None
    for role in items(dig(store.resource.body, "spec", "managed", "roles")):
        name = text(dig(role, "name"))
        gone = text(dig(role, "ensure")) == "absent" or dig(role, "login") is False
        if (name is None or name.partition("_")[0] == DOMAIN) and not gone:
            yield violation(
                ID,
                store.resource,
                f"{store.title} still has role {name}, and analytics has a store of its own"
                if name is not None
                else f"{store.title} has a role that is not known yet, and none of analytics may be left",
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
