"""Every service releases on its own: own trigger, own identity, own registry, no stage shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, Resource, dig, sequence, text
from roadmap.anti_patterns import overlap
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, violation
from ..workflows import Workflow, workflows

if TYPE_CHECKING:
    from ..stack import Stack

ID = "independent-pipelines"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Workflows against each other, deployers against namespaces, and services without a pipeline."""
    if not stack.concerned:
        return
    found = list(workflows(stack))
    for workflow in found:
        for fault in (*workflow.faults, *_foreign(stack, workflow)):
            yield violation(
                ID,
                workflow.resource,
                f"pipeline of {workflow.owner or 'nobody'}: {fault}",
                owners=_stated(workflow.owner),
            )
    for first, second in combinations(found, 2):
        for fault in _shared(first, second):
            yield violation(ID, second.resource, fault, owners=_stated(first.owner, second.owner))
    yield from _deployers(stack)
    owners = {workflow.owner for workflow in found}
    for owner in (MONOLITH, *stack.catalog.names):
        if owner not in owners and stack.serving(owner):
            yield violation(
                ID,
                stack.serving(owner)[0].resource,
                f"{owner} runs, and has no pipeline of its own",
                owners=(owner,),
            )


def _stated(*owners: str | None) -> tuple[str, ...]:
    return tuple(owner for owner in owners if owner is not None)


def _foreign(stack: Stack, workflow: Workflow) -> Iterator[str]:
    """What a workflow touches that is not its owner's."""
    for name in workflow.namespaces:
        owner = stack.owners.of_namespace(name, workflow.resource.scope)
        if name != workflow.resource.namespace or (owner is not None and owner.name != workflow.owner):
            yield f"it deploys to namespace {name}"


def _shared(first: Workflow, second: Workflow) -> Iterator[str]:
    if first.owner == second.owner:
        return
    both = f"pipelines of {first.owner or 'nobody'} and {second.owner or 'nobody'}"
    if paths := overlap(first.paths, second.paths):
        yield f"{both} are triggered by one change ({paths[0]} and {paths[1]})"
    for does, ours, theirs in (
        ("push to one registry (", first.registries, second.registries),
        ("log in as one identity (", first.logins, second.logins),
        ("wait for each other (concurrency group ", first.groups, second.groups),
    ):
        for value in sorted(set(ours) & set(theirs)):
            yield f"{both} {does}{value})"


def _deployers(stack: Stack) -> Iterator[Finding]:
    """An identity that deploys has rights in its own namespace only."""
    deployers = [
        item
        for item in stack.index.of_kind("ServiceAccount")
        if item.labels.get("app.kubernetes.io/component") == "pipeline"
    ]
    for binding in stack.index.of_kind("RoleBinding", "ClusterRoleBinding"):
        everywhere = binding.kind == "ClusterRoleBinding"
        for subject in sequence(dig(binding.body, "subjects")):
            for deployer in deployers:
                if not _names(binding, subject, deployer):
                    continue
                if everywhere or binding.namespace != deployer.namespace:
                    owner = stack.owner_of(deployer)
                    where = "the whole cluster" if everywhere else f"namespace {binding.namespace}"
                    yield violation(
                        ID,
                        binding,
                        f"deployer {deployer.name} of {owner or 'nobody'} has rights in {where} ({binding.title})",
                        owners=_stated(owner),
                    )


def _names(binding: Resource, subject: Any, deployer: Resource) -> bool:
    """Whether a subject is a deployer: itself, its user name, or the group of its namespace's accounts.

    A namespace that only the update will know may be any.
    """
    name = text(dig(subject, "name"))
    if text(dig(subject, "kind")) in {"User", "Group"}:
        account = f"{deployer.namespace}:{deployer.name}"
        return name in {f"system:serviceaccount:{account}", f"system:serviceaccounts:{deployer.namespace}"}
    home = dig(subject, "namespace")
    at_home = home is UNKNOWN or (text(home) or binding.namespace) == deployer.namespace
    return at_home and name == deployer.name


RULE = RoadmapRule(
    id=ID,
    section="Global Anti-Patterns, Distributed monolith",
    cause="Two services cannot be released apart from each other.",
    explanation="Services that have to be deployed together are one service with a network inside. It begins with a "
    "trigger, a registry or an identity that two pipelines share.",
    remedy="Give each owner a workflow with its own path filter, registry, deployer and concurrency group.",
    level=MANDATORY,
    check=check,
)
