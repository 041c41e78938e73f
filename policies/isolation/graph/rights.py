"""Whose Secrets an identity may read by Kubernetes' own rights: role bindings, followed to what their role allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..resources import UNKNOWN, Resource, dig, sequence, text
from .owners import Owner

if TYPE_CHECKING:
    from .graph import Graph

_READING = frozenset({"get", "list", "watch", "*"})
_BUILT_IN = frozenset({"cluster-admin", "admin", "edit"})
"""ClusterRoles that every cluster has and that read Secrets; `view` reads none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One ServiceAccount of a stated owner that may read other owners' Secrets."""

    account: str
    owner: Owner
    binding: Resource
    role: str
    """Kind and name of the role."""
    secrets: tuple[str, ...]
    """Names of the Secrets; empty for every one there is."""
    namespace: str | None
    """Where they lie; None for the whole cluster."""
    theirs: tuple[Owner, ...]

    @property
    def where(self) -> str:
        return self.namespace or "every namespace"


def rights_on_secrets(graph: Graph) -> Iterator[Right]:
    """Rights that lead from one stated owner to another."""
    for binding in (*graph.index.of_kind("RoleBinding"), *graph.index.of_kind("ClusterRoleBinding")):
        namespace = (binding.namespace or "default") if binding.kind == "RoleBinding" else None
        secrets, role = _readable(graph, binding, namespace)
        if secrets is None:
            continue
        for account, ours in _accounts(graph, binding, namespace):
            theirs = tuple(owner for owner in _holders(graph, binding, namespace, secrets) if owner != ours)
            if theirs:
                yield Right(
                    account=account, owner=ours, binding=binding, role=role, secrets=secrets,
                    namespace=namespace, theirs=theirs,
                )  # fmt: skip


def _holders(graph: Graph, binding: Resource, namespace: str | None, named: tuple[str, ...]) -> list[Owner]:
    """Stated owners of what may be read there: of the namespace, and of the Secrets declared in it."""
    owners = [
        graph.owners.of(secret)
        for secret in graph.index.of_kind("Secret")
        if namespace in {None, secret.namespace or "default"} and (not named or secret.name in named)
    ]
    if namespace is not None and not (named and owners):
        owner = graph.owners.of_namespace(namespace, binding.scope)
        owners += [owner] if owner is not None else []
    return list({owner.identity: owner for owner in owners if owner.declared}.values())


def _accounts(graph: Graph, binding: Resource, namespace: str | None) -> Iterator[tuple[str, Owner]]:
    """ServiceAccounts that a binding names, where their owner is stated."""
    for subject in sequence(dig(binding.body, "subjects")):
        account, home = text(dig(subject, "name")), text(dig(subject, "namespace")) or namespace
        if text(dig(subject, "kind")) != "ServiceAccount" or account is None or home is None:
            continue
        owner = _owner_of_account(graph, home, account, binding.scope)
        if owner is not None and owner.declared:
            yield account, owner


def _owner_of_account(graph: Graph, namespace: str, account: str, scope: str) -> Owner | None:
    """The owner that is stated for a ServiceAccount or its namespace, or for all workloads that run as it."""
    resource = graph.index.find("ServiceAccount", namespace, account, scope)
    owner = graph.owners.of(resource) if resource is not None else graph.owners.of_namespace(namespace, scope)
    if owner is not None and owner.declared:
        return owner
    running = {
        graph.owner(workload)
        for workload in graph.index.select(namespace, {}, scope)
        if text(dig(workload.pod, "serviceAccountName")) == account
    }
    return running.pop() if len(running) == 1 else None


def _readable(graph: Graph, binding: Resource, namespace: str | None) -> tuple[tuple[str, ...] | None, str]:
    """Names of Secrets that a binding's role may read, empty for all of them, None for none; and the role's title."""
    reference = dig(binding.body, "roleRef")
    kind, name = text(dig(reference, "kind")) or "Role", text(dig(reference, "name")) or ""
    place = namespace if kind == "Role" and namespace is not None else "default"
    role = graph.index.find(kind, place, name, binding.scope)
    if role is None:
        return () if kind == "ClusterRole" and name in _BUILT_IN else None, f"{kind} {name}"
    named: list[str] = []
    if dig(role.body, "rules") is UNKNOWN:
        return (), role.title
    reading = [rule for rule in sequence(dig(role.body, "rules")) if _reads_secrets(rule)]
    for rule in reading:
        names = [found for item in sequence(dig(rule, "resourceNames")) if (found := text(item))]
        if not names:
            return (), role.title
        named += names
    return tuple(named) if reading else None, role.title


def _reads_secrets(rule: object) -> bool:
    groups, resources, verbs = (dig(rule, name) for name in ("apiGroups", "resources", "verbs"))
    return all(
        value is UNKNOWN or bool(set(sequence(value)) & wanted)
        for value, wanted in ((groups, {"", "*"}), (resources, {"secrets", "*"}), (verbs, _READING))
    )
