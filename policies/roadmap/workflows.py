"""Release workflows as the stack hands them to the owners' repositories: trigger, identity, registry, stages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from policies.isolation.resources import Resource, dig, mapping, sequence, strings, text
from policies.isolation.yaml_text import read_document

if TYPE_CHECKING:
    from .stack import Stack

_IS, _END = r"[\s=]+[\"']?", r"\s\"';|&)"
_TAG = re.compile(rf"(?:--tag|\s-t){_IS}([^{_END}:@$]+(?::\d+/[^{_END}:@$]+)?)")
_LOGIN = re.compile(rf"(?:--username|\blogin\b[^\n;|&]*?\s-u){_IS}([^{_END}]+)")
# `-n` means a namespace to kubectl and helm, and something else to `echo` and `head`.
_NAMESPACE = re.compile(rf"(?:--namespace|\b(?i:kubectl|helm)\b(?:\\\n|[^\n;|&])*?\s-n){_IS}([^{_END}]+)")
_PULUMI = re.compile(
    r"\bpulumi\s+(?:-\S+\s+(?:[^-\s]\S*\s+)?)*?(?:up|update|preview|destroy|refresh)\b|^pulumi/actions@",
    re.MULTILINE,
)
_OWN_NAME = re.compile(r"\$\{\{\s*github\.workflow\s*\}\}")
_SHARED = ("workflow_run", "workflow_call", "repository_dispatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One owner's release workflow."""

    resource: Resource
    owner: str | None
    """Stated owner; None where nobody states one."""
    paths: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Concurrency groups of the workflow and of its jobs: runs of one group wait for each other."""
    faults: tuple[str, ...]
    """What no independent pipeline has."""


def workflows(stack: Stack) -> Iterator[Workflow]:
    """Every release workflow, by the carriers of the owners' pipelines."""
    for resource in stack.index.of_kind("ConfigMap"):
        if resource.labels.get("app.kubernetes.io/component") != "pipeline" and not resource.name.endswith(
            "-workflow"
        ):
            continue
        for name, value in mapping(dig(resource.body, "data")).items():
            if name.endswith((".yaml", ".yml")):
                yield _workflow(resource, stack.owner_of(resource), value)


def _workflow(resource: Resource, owner: str | None, value: Any) -> Workflow:
    document = _read(value)
    if document is None:
        return Workflow(resource=resource, owner=owner, faults=("its workflow cannot be read",))
    # YAML 1.1 reads a bare `on` as true.
    on = document.get("on", document.get(True))
    # A pattern with `!` takes files out again.
    paths = tuple(path for path in map(text, _several(dig(on, "push", "paths"))) if path and path[0] != "!")
    jobs = mapping(document.get("jobs"))
    scripts = "\n".join(strings(jobs))
    registries = tuple(dict.fromkeys(_TAG.findall(scripts)))
    faults = []
    if not paths:
        faults.append("it has no path filter, so every change triggers it")
    events = mapping(on) or _several(on)
    faults += [f"`{event}` ties it to another pipeline" for event in _SHARED if event in events]
    for name, job in jobs.items():
        if dig(job, "uses") is not None:
            faults.append(f"job {name} is a workflow that others run too")
    if _PULUMI.search(scripts):
        faults.append("it runs Pulumi and so waits for the stack's lock")
    if not registries:
        faults.append("nothing says which registry it pushes to")
    return Workflow(
        resource=resource,
        owner=owner,
        paths=paths,
        registries=registries,
        logins=tuple(dict.fromkeys(_LOGIN.findall(scripts))),
        namespaces=tuple(dict.fromkeys(_NAMESPACE.findall(scripts))),
        groups=tuple(_groups(document, text(document.get("name")) or resource.title)),
        faults=tuple(faults),
    )


def _read(value: Any) -> Mapping[Any, Any] | None:
    try:
        document = read_document(value) if isinstance(value, str) else None
    except (yaml.YAMLError, ValueError):  # a date that no calendar has is a ValueError
        return None
    return document if isinstance(document, Mapping) else None


def _several(value: Any) -> Sequence[Any]:
    """Where a list of one may be written without its brackets."""
    return [value] if isinstance(value, str) else sequence(value)


def _groups(document: Mapping[Any, Any], name: str) -> Iterator[str]:
    for part in (document, *mapping(document.get("jobs")).values()):
        concurrency = dig(part, "concurrency")
        if group := text(dig(concurrency, "group")) or text(concurrency):
            yield _OWN_NAME.sub(lambda _: name, group)
