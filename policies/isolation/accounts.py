"""Grade `account`, the widest: owners whose stores lie in one cloud account, however many servers there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from .findings import MANDATORY, Finding
from .graph.graph import Graph
from .graph.owners import Owner
from .graph.stores import Store
from .resources import Resource, dig, mapping, sequence, text

GRADE = "account"
REMEDY = "give each owner an account of its own, or lower the wanted grade"
_ARN = re.compile(r"^arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):")
_SUBSCRIPTION = re.compile(r"^/subscriptions/([0-9a-fA-F-]{36})/")
_STATED = ("project", "projectId", "subscriptionId", "accountId")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A store whose owner is stated."""

    store: Store
    owner: Owner
    resource: Resource


def findings_of_accounts(rule: str, graph: Graph, kind: str) -> Iterator[Finding]:
    """One finding for each account in which several stated owners keep stores of a kind."""
    kept: dict[str, list[_Kept]] = defaultdict(list)
    for store in graph.every_store():
        owner, resource = store.stated_owner, store.resource
        if store.kind == kind and owner is not None and resource is not None:
            account = account_of(resource)
            if account is not None:
                kept[account].append(_Kept(store, owner, resource))
    for account, found in kept.items():
        if any(item.owner != found[0].owner for item in found):
            yield _finding(rule, account, found)


def account_of(resource: Resource) -> str | None:
    """The cloud account, project or subscription of a resource; None for what lies in none, as on a cluster.

    Before a resource exists its provider tells: by the role it assumes, the one account it allows, its project or its
    profile. A provider that says none of these is an account of its own, the same for all it makes.
    """
    if resource.kubernetes:
        return None
    properties = mapping(resource.provider_properties)
    roles = (dig(properties, "assumeRole"), *sequence(dig(properties, "assumeRoles")))
    named = (resource.body.get("arn"), resource.body.get("id"), *(dig(role, "roleArn") for role in roles))
    for name in filter(None, map(text, named)):
        found = _ARN.match(name) or _SUBSCRIPTION.match(name)
        if found:
            return found[1]
    allowed = sequence(dig(properties, "allowedAccountIds"))
    stated = (resource.body.get("project"), *(properties.get(name) for name in _STATED))
    known = [told for value in (*stated, *(allowed if len(allowed) == 1 else ())) if (told := text(value))]
    if known:
        return known[0]
    profile = text(properties.get("profile"))
    return f"of profile {profile}" if profile else resource.provider and f"of provider {resource.provider}"


def _finding(rule: str, account: str, kept: list[_Kept]) -> Finding:
    told = ", ".join(f"{item.store.title} (owner {item.owner.name})" for item in kept)
    blamed = next(item for item in kept if item.owner != kept[0].owner)
    return Finding(
        rule=rule,
        level=MANDATORY,
        store_kind=blamed.store.display_kind,
        store_name=blamed.store.name,
        store_namespace=None,
        logical=None,
        users=(),
        owners=tuple(dict.fromkeys(item.owner.name for item in kept)),
        paths=tuple((f"account {account}", item.store.title) for item in kept),
        message=f"{told} lie in one account ({account}): {REMEDY}",
        resource=blamed.resource.key,
        origin=blamed.resource.origin,
    )
