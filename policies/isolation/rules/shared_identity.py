"""Two owners must not act as one identity, nor one read the other's Secrets by right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, message_of
from ..graph.graph import Graph
from ..graph.owners import Owner
from ..graph.rights import rights_on_secrets
from ..graph.wide_rights import identities_of, wide_rights
from ..resources import Resource, dig, mapping, text

ID = "shared-identity"
_REMEDY = "give each owner its own identity, with rights on its own resources only"
_CLOUD_ROLES = (
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
)


def check(graph: Graph, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Service accounts and cloud roles of several owners, and roles that open another owner's Secrets."""
    by_account: dict[tuple[str, str, str], list[tuple[Owner, Resource]]] = defaultdict(list)
    by_role: dict[str, list[tuple[Owner, Resource]]] = defaultdict(list)
    for workload in graph.index.workloads.values():
        owner, resource = graph.owner(workload), workload.resource
        acting = identities_of(graph, workload)
        declared = {text(item.body.get(handle)) for item in acting for handle in ("arn", "email", "clientId")}
        for item in acting:
            by_role[item.key].append((owner, resource))
        name = text(dig(workload.pod, "serviceAccountName")) or text(dig(workload.pod, "serviceAccount"))
        if name and name != "default":
            by_account[resource.scope, workload.namespace, name].append((owner, resource))
            account = graph.index.find("ServiceAccount", workload.namespace, name, resource.scope)
            annotations = mapping(dig(account.body, "metadata", "annotations")) if account is not None else {}
            for annotation in _CLOUD_ROLES:
                role = text(annotations.get(annotation))
                if role is not None and role not in declared:
                    by_role[role].append((owner, resource))
    for (_scope, namespace, name), users in by_account.items():
        yield from _finding("ServiceAccount", name, namespace, users, advisory=False)
    for handle, users in by_role.items():
        found = graph.index.by_key.get(handle)
        yield from _finding(
            "Role", found.name if found else handle.rpartition("/")[2], None, users, advisory=True
        )
    yield from _rights(graph)
    yield from _wide_rights(graph)


def _finding(
    kind: str, name: str, namespace: str | None, users: list[tuple[Owner, Resource]], *, advisory: bool
) -> Iterator[Finding]:
    """A finding if several stated owners are among the users; where owners are inferred, at most an advice."""
    owners = {owner.identity: owner for owner, _ in users}
    stated = [owner for owner in owners.values() if owner.declared]
    if len(owners) < 2 or not (advisory or len(stated) > 1):
        return
    sentences = (
        (owner.identity, f"{resource.name} (owner {owner.name}) → {kind} {name}") for owner, resource in users
    )
    yield Finding(
        rule=ID,
        level=MANDATORY if len(stated) > 1 else ADVISORY,
        store_kind=kind,
        store_name=name,
        store_namespace=namespace,
        logical=None,
        users=tuple(resource.name for _, resource in users),
        owners=tuple(owner.name for owner in owners.values()),
        paths=tuple((resource.name, f"{kind} {name}") for _, resource in users),
        message=message_of(sentences, _REMEDY),
        resource=users[0][1].key,
        origin=users[0][1].origin,
    )


def _rights(graph: Graph) -> Iterator[Finding]:
    """Role bindings by which one stated owner's identity reads another's Secrets."""
    for right in rights_on_secrets(graph):
        account, owner = right.account, right.owner
        what = ", ".join(f"Secret {name}" for name in right.secrets) or f"every Secret of {right.where}"
        steps = (f"ServiceAccount {account}", right.binding.title, right.role, what)
        victims = " and ".join(f"owner {theirs.name}" for theirs in right.theirs)
        yield Finding(
            rule=ID,
            level=MANDATORY,
            store_kind="Secret",
            store_name=right.secrets[0] if len(right.secrets) == 1 else "*",
            store_namespace=right.namespace,
            logical=None,
            users=(account,),
            owners=(owner.name, *(theirs.name for theirs in right.theirs)),
            paths=(steps,),
            resource=right.binding.key,
            origin=right.binding.origin,
            message=f"{account} (owner {owner.name}) → {' → '.join(steps[1:])} ({victims}): {_REMEDY}",
        )


def _wide_rights(graph: Graph) -> Iterator[Finding]:
    """Policies whose wildcards cover another stated owner's stores, secrets or keys."""
    for right in wide_rights(graph):
        workload, owner = right.workload.resource, graph.owner(right.workload)
        covered = ", ".join(
            f"{store.title} (owner {store.owner.name})" for store in right.stores if store.owner is not None
        )
        first = right.stores[0]
        names = [store.owner.name for store in right.stores if store.owner is not None]
        yield Finding(
            rule=ID,
            level=MANDATORY,
            store_kind=first.display_kind,
            store_name=first.name if len(right.stores) == 1 else "*",
            store_namespace=None,
            logical=None,
            users=(workload.name,),
            owners=tuple(dict.fromkeys((owner.name, *names))),
            paths=tuple((workload.name, right.policy.title, store.title) for store in right.stores),
            resource=workload.key,
            origin=workload.origin,
            message=f"{workload.name} (owner {owner.name}) → {right.policy.title}, by a wildcard → {covered}: "
            + _REMEDY,
        )


RULE = Rule(
    id=ID,
    cause="Two owners act as one identity.",
    explanation="Rights are given to identities. What one of its users needs, all of them get, and an audit log cannot "
    "tell them apart.",
    remedy="A ServiceAccount and a cloud role for each owner, bound to its own namespace and resources.",
    level=MANDATORY,
    check=check,
)
