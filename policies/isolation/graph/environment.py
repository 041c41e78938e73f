"""What a workload's containers are given: variables, arguments and files, each with the carriers it came through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..addresses.settings import settings_in
from ..resources import UNKNOWN, dig, mapping, sequence, text
from .arguments import arguments
from .bindings import bound_variables
from .carriers import carrier_of, data_of, lists_of, value_of
from .cloud_environment import cloud_variables
from .files import by_file, mounted_files
from .given import Variable, in_order
from .index import Index
from .within import within
from .workloads import Workload

_WAITING = re.compile(
    r"\bnc\b|\bnetcat\b|pg_isready|wait-?for|wait4|\bwait-?on\b|\buntil\b|nslookup|getent|/dev/tcp|mysqladmin ping|"
    r"\bdockerize\b|k8s-wait-for"
)


def variables(workload: Workload, index: Index) -> Iterator[list[Variable]]:
    """The variables and arguments of each container as it sees them, and the files that its pod mounts."""
    if not workload.resource.kubernetes:
        yield from cloud_variables(workload.resource)
        return
    of_pod: dict[str, Variable] = {}
    for field in ("initContainers", "containers"):
        for container in sequence(dig(workload.pod, field)):
            once = field == "initContainers" and text(dig(container, "restartPolicy")) != "Always"
            found = in_order(_environment(mapping(container), workload, index))
            found += [part for item in found for part in _parts(item)]
            known = {item.name: item for item in found if item.name}
            of_pod |= known
            found += arguments(container, known)
            found += [setting for item in found for setting in within(item)]
            yield [replace(item, waiting=True) for item in found] if once and _waits(container) else found
    for found in by_file(mounted_files(workload, index, of_pod)):
        yield [*found, *(setting for item in found if not item.free_text for setting in within(item))]
    yield from _components(workload, index)
    yield from bound_variables(workload, index)


def _parts(variable: Variable) -> Iterator[Variable]:
    """The settings of a variable that holds a whole JSON document."""
    if isinstance(variable.value, str) and variable.value.lstrip().startswith("{") and variable.name:
        for name, value in settings_in(".json", variable.value):
            yield replace(variable, name=f"{variable.name}.{name}", value=value)


def _waits(container: Any) -> bool:
    """Whether a container only waits for others to be there, by its command or the tool it is made of."""
    parts = [
        dig(container, "image"),
        *sequence(dig(container, "command")),
        *sequence(dig(container, "args")),
    ]
    return any(_WAITING.search(text(part) or "") for part in parts)


def _components(workload: Workload, index: Index) -> Iterator[list[Variable]]:
    """State stores that a Dapr component names for this application; one without scopes is everybody's and nobody's."""
    annotations = mapping(dig(workload.template, "metadata", "annotations"))
    application = text(annotations.get("dapr.io/app-id"))
    if application is None:
        return
    for component in index.of_kind("Component"):
        kind = text(dig(component.body, "spec", "type")) or ""
        scopes = {text(item) for item in sequence(component.body.get("scopes"))}
        near = component.group == "dapr.io" and component.namespace == workload.namespace
        if near and kind.startswith("state.") and application in scopes:
            yield [
                Variable(
                    name=text(dig(item, "name")) or "",
                    value=text(dig(item, "value")),
                    steps=(component.title,),
                )
                for item in sequence(dig(component.body, "spec", "metadata"))
            ]


def _environment(container: Mapping[str, Any], workload: Workload, index: Index) -> Iterator[Variable]:
    for source in sequence(container.get("envFrom")):
        prefix = text(dig(source, "prefix")) or ""
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            name = text(dig(source, field, "name"))
            if name:
                carrier = carrier_of(kind, name, workload, index)
                lists = lists_of(carrier)
                for key, value in data_of(carrier):
                    yield Variable(
                        name=prefix + key,
                        value=value,
                        carrier=carrier,
                        carrier_key=key,
                        steps=(carrier.title,),
                        lists=lists,
                    )
                if carrier.resource is None or not data_of(carrier):
                    yield Variable(name="", value=None, carrier=carrier, steps=(carrier.title,))
    for item in sequence(container.get("env")):
        variable = text(dig(item, "name")) or ""
        source = dig(item, "valueFrom")
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            reference = dig(source, field, "name")
            if reference is UNKNOWN:
                yield Variable(name=variable, value=UNKNOWN, steps=(f"env {variable}",))
            elif reference:
                carrier = carrier_of(kind, str(reference), workload, index)
                wanted = text(dig(source, field, "key"))
                value = value_of(carrier, wanted)
                yield Variable(
                    name=variable, value=value, carrier=carrier, carrier_key=wanted, steps=(carrier.title,)
                )
        field_of_pod = text(dig(source, "fieldRef", "fieldPath"))
        if source is None or field_of_pod is not None:
            value = dig(item, "value") if field_of_pod is None else _of_pod(field_of_pod, workload)
            if field_of_pod is None or value is not None:
                yield Variable(
                    name=variable,
                    value=UNKNOWN if value is UNKNOWN else text(value),
                    steps=(f"env {variable}",),
                )


def _of_pod(path: str, workload: Workload) -> Any:
    """What the downward API tells of a pod, as far as its template decides it."""
    if path == "metadata.namespace":
        return workload.namespace
    if path == "spec.serviceAccountName":
        return dig(workload.pod, "serviceAccountName")
    label = re.fullmatch(r"metadata\.(labels|annotations)\['([^']+)'\]", path)
    return dig(workload.template, "metadata", label[1], label[2]) if label else None
