"""Two owners must not act as one identity, nor one read the other's Secrets by right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..catalog.cloud import WORKLOADS
from ..findings import ADVISORY, MANDATORY, Finding, Rule, message_of
from ..graph.graph import Graph
from ..graph.owners import Owner
from ..graph.rights import rights_on_secrets
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
        name = text(dig(workload.pod, "serviceAccountName")) or text(dig(workload.pod, "serviceAccount"))
        if name and name != "default":
            by_account[resource.scope, workload.namespace, name].append((owner, resource))
            account = graph.index.find("ServiceAccount", workload.namespace, name, resource.scope)
            for annotation in _CLOUD_ROLES:
                role = (
                    text(mapping(dig(account.body, "metadata", "annotations")).get(annotation))
                    if account
                    else None
                )
                if role is not None:
                    by_role[role].append((owner, resource))
    for resource in graph.index.resources:
        if resource.group in WORKLOADS:
            for made_by in (
                *resource.inputs_from.get("role", ()),
                *resource.inputs_from.get("taskRoleArn", ()),
            ):
                if graph.index.by_key.get(made_by) is not None:
                    by_role[made_by].append((graph.owners.of(resource), resource))
    for (_scope, namespace, name), users in by_account.items():
        yield from _finding("ServiceAccount", name, namespace, users, advisory=False)
    for handle, users in by_role.items():
        found = graph.index.by_key.get(handle)
        yield from _finding(
            "Role", found.name if found else handle.rpartition("/")[2], None, users, advisory=True
        )
    yield from _rights(graph)


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


RULE = Rule(
    id=ID,
    cause="Two owners act as one identity.",
    explanation="Rights are given to identities. What one of its users needs, all of them get, and an audit log cannot "
    "tell them apart.",
    remedy="A ServiceAccount and a cloud role for each owner, bound to its own namespace and resources.",
    level=MANDATORY,
    check=check,
)
