"""Two owners must not act as one identity, nor one read the other's Secrets by right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..catalog.cloud import WORKLOADS
from ..findings import ADVISORY, MANDATORY, Finding, Rule
from ..graph.graph import Graph
from ..graph.owners import Owner
from ..resources import Resource, dig, mapping, sequence, text

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
    names = "; ".join(f"{resource.name} (owner {owner.name}) → {kind} {name}" for owner, resource in users)
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
        message=f"{names}: {_REMEDY}",
        resource=users[0][1].key,
        origin=users[0][1].origin,
    )


def _rights(graph: Graph) -> Iterator[Finding]:
    """Role bindings by which one stated owner's identity reads another's Secrets."""
    for binding in graph.index.of_kind("RoleBinding"):
        namespace = binding.namespace or "default"
        theirs = graph.owners.of_namespace(namespace, binding.scope)
        role = dig(binding.body, "roleRef")
        kind, name = text(dig(role, "kind")) or "Role", text(dig(role, "name"))
        found = graph.index.find(kind, namespace if kind == "Role" else "default", name or "", binding.scope)
        secrets = _readable(found)
        if found is None or theirs is None or secrets is None:
            continue
        for subject in sequence(dig(binding.body, "subjects")):
            account = text(dig(subject, "name")) or ""
            home = text(dig(subject, "namespace")) or namespace
            resource = graph.index.find("ServiceAccount", home, account, binding.scope)
            ours = (
                graph.owners.of(resource)
                if resource is not None
                else graph.owners.of_namespace(home, binding.scope)
            )
            if (
                text(dig(subject, "kind")) != "ServiceAccount"
                or ours is None
                or not ours.declared
                or ours == theirs
            ):
                continue
            what = f"Secret {secrets[0]}" if secrets else f"every Secret of {namespace}"
            steps = (f"ServiceAccount {account}", f"RoleBinding {binding.name}", f"{kind} {name}", what)
            yield Finding(
                rule=ID,
                level=MANDATORY,
                store_kind="Secret",
                store_name=secrets[0] if secrets else "*",
                store_namespace=namespace,
                logical=None,
                users=(account,),
                owners=(ours.name, theirs.name),
                paths=(steps,),
                resource=binding.key,
                origin=binding.origin,
                message=f"{account} (owner {ours.name}) → {' → '.join(steps[1:])} (owner {theirs.name}): {_REMEDY}",
            )


def _readable(role: Resource | None) -> list[str] | None:
    """Names of Secrets a role may read; empty for all of them, None for none."""
    for rule in sequence(dig(role.body, "rules")) if role is not None else ():
        resources, verbs = set(sequence(dig(rule, "resources"))), set(sequence(dig(rule, "verbs")))
        if resources & {"secrets", "*"} and verbs & {"get", "list", "watch", "*"}:
            return [name for item in sequence(dig(rule, "resourceNames")) if (name := text(item))]
    return None


RULE = Rule(
    id=ID,
    cause="Two owners act as one identity.",
    explanation="Rights are given to identities. What one of its users needs, all of them get, and an audit log cannot "
    "tell them apart.",
    remedy="A ServiceAccount and a cloud role for each owner, bound to its own namespace and resources.",
    level=MANDATORY,
    check=check,
)
