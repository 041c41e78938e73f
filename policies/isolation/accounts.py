"""Grade `account`, the widest: owners whose stores lie in one cloud account, however many servers there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from .findings import MANDATORY, Finding
from .graph.graph import Graph
from .graph.stores import Store
from .resources import Resource, dig, mapping, sequence, text

GRADE = "account"
REMEDY = "give each owner an account of its own, or lower the wanted grade"
_ARN = re.compile(r"^arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):")
_SUBSCRIPTION = re.compile(r"^/subscriptions/([0-9a-fA-F-]{36})/")
_STATED = ("project", "projectId", "subscriptionId", "accountId")


def findings_of_accounts(rule: str, graph: Graph, kind: str) -> Iterator[Finding]:
    """One finding for each account in which several stated owners keep stores of a kind."""
    stores: dict[str, list[Store]] = defaultdict(list)
    for store in graph.every_store():
        stated = store.owner is not None and store.owner.declared
        account = account_of(store.resource) if store.resource is not None else None
        if store.kind == kind and stated and account is not None:
            stores[account].append(store)
    for account, found in stores.items():
        owners = {store.owner.identity: store.owner.name for store in found if store.owner is not None}
        if len(owners) > 1:
            yield _finding(rule, account, found, tuple(owners.values()))


def account_of(resource: Resource) -> str | None:
    """The cloud account, project or subscription of a resource; None for what lies in none, as on a cluster.

    Before a resource exists its provider tells: by the role it assumes, the one account it allows, its project or its
    profile. A provider that says none of these is an account of its own, the same for all it makes.
    """
    if resource.kubernetes:
        return None
    properties = mapping(resource.provider_properties)
    for name in (text(resource.body.get("arn")), text(resource.body.get("id"))):
        found = (_ARN.match(name) or _SUBSCRIPTION.match(name)) if name else None
        if found:
            return found[1]
    roles = (dig(properties, "assumeRole"), *sequence(dig(properties, "assumeRoles")))
    for role in roles:
        assumed = _ARN.match(text(dig(role, "roleArn")) or "")
        if assumed:
            return assumed[1]
    allowed = sequence(dig(properties, "allowedAccountIds"))
    stated = (resource.body.get("project"), *(properties.get(name) for name in _STATED))
    known = [told for value in (*stated, *(allowed if len(allowed) == 1 else ())) if (told := text(value))]
    if known:
        return known[0]
    profile = text(properties.get("profile"))
    return f"of profile {profile}" if profile else resource.provider and f"of provider {resource.provider}"


def _finding(rule: str, account: str, stores: list[Store], owners: tuple[str, ...]) -> Finding:
    told = ", ".join(
        f"{store.title} (owner {store.owner.name})" for store in stores if store.owner is not None
    )
    blamed = next(store for store in stores if store.owner is not None and store.owner.name != owners[0])
    assert blamed.resource is not None
    return Finding(
        rule=rule,
        level=MANDATORY,
        store_kind=blamed.display_kind,
        store_name=blamed.name,
        store_namespace=None,
        logical=None,
        users=(),
        owners=owners,
        paths=tuple((f"account {account}", store.title) for store in stores),
        message=f"{told} lie in one account ({account}): {REMEDY}",
        resource=blamed.resource.key,
        origin=blamed.resource.origin,
    )
