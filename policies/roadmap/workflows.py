"""Release workflows as the stack hands them to the owners' repositories: trigger, identity, registry, stages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from policies.isolation.graph.carriers import Carrier, data_of
from policies.isolation.resources import Resource, dig, mapping, sequence, strings, text
from policies.isolation.yaml_text import read_document

if TYPE_CHECKING:
    from .stack import Stack

_TAG = re.compile(r"(?:--tag|-t)[\s=]+([^\s:@$]+(?::\d+/[^\s:@$]+)?)")
_LOGIN = re.compile(r"--username[\s=]+(\S+)")
_NAMESPACE = re.compile(r"(?:--namespace|\s-n)[\s=]+(\S+)")
_SHARED = ("workflow_run", "workflow_call", "repository_dispatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One owner's release workflow."""

    resource: Resource
    owner: str
    paths: tuple[str, ...]
    registries: tuple[str, ...]
    logins: tuple[str, ...]
    namespaces: tuple[str, ...]
    group: str | None
    """Concurrency group: runs of one group wait for each other."""
    faults: tuple[str, ...]
    """What no independent pipeline has."""


def workflows(stack: Stack) -> Iterator[Workflow]:
    """Every release workflow, by the carriers of the owners' pipelines."""
    for resource in stack.index.of_kind("ConfigMap"):
        if resource.labels.get("app.kubernetes.io/component") != "pipeline" and not resource.name.endswith(
            "-workflow"
        ):
            continue
        carrier = Carrier(kind="ConfigMap", namespace="", name=resource.name, resource=resource)
        for name, value in data_of(carrier):
            if name.endswith((".yaml", ".yml")):
                yield _workflow(resource, stack.owner_of(resource) or "", value)


def _workflow(resource: Resource, owner: str, value: Any) -> Workflow:
    try:
        document = read_document(value) if isinstance(value, str) else None
    except yaml.YAMLError:
        document = None
    faults = [] if isinstance(document, Mapping) else ["its workflow cannot be read"]
    # YAML 1.1 reads a bare `on` as true.
    keys: Mapping[Any, Any] = document if isinstance(document, Mapping) else {}
    on = keys.get("on", keys.get(True))
    jobs = mapping(dig(document, "jobs"))
    scripts = "\n".join(strings(dict(jobs)))
    paths = [known for item in sequence(dig(on, "push", "paths")) if (known := text(item))]
    if not paths:
        faults.append("it has no path filter, so every change triggers it")
    faults += [
        f"`{event}` ties it to another pipeline"
        for event in _SHARED
        if isinstance(on, Mapping) and event in on
    ]
    for name, job in jobs.items():
        if dig(job, "uses") is not None:
            faults.append(f"job {name} is a workflow that others run too")
    if re.search(r"\bpulumi\s+(up|update|preview|destroy|refresh)\b", scripts):
        faults.append("it runs Pulumi and so waits for the stack's lock")
    group = dig(document, "concurrency", "group") or dig(document, "concurrency")
    return Workflow(
        resource=resource,
        owner=owner,
        paths=tuple(paths),
        registries=tuple(dict.fromkeys(_TAG.findall(scripts))),
        logins=tuple(dict.fromkeys(_LOGIN.findall(scripts))),
        namespaces=tuple(dict.fromkeys(_NAMESPACE.findall(scripts))),
        group=text(group),
        faults=tuple(faults),
    )
