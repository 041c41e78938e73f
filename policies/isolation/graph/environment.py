"""What a workload's containers are given: variables, arguments and files, each with the carriers it came through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..addresses.settings import settings_in
from ..resources import UNKNOWN, Resource, dig, mapping, sequence, text
from .carriers import Carrier, carrier_of, data_of, value_of
from .index import Index
from .workloads import Workload

_DOLLAR = re.compile(
    r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-[^}]*)?\}|\$([A-Z_][A-Z0-9_]*)"
)

# What Kubernetes itself tells every pod of each Service: its address under these names.
_SERVICE_VARIABLE = re.compile(r"^(.+?)_(?:SERVICE_HOST|PORT(?:_\d+_(?:TCP|UDP))?_ADDR)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One value that a container is given under a name."""

    name: str
    value: Any
    """Text, `UNKNOWN`, or None where the carrier is not in the input."""
    carrier: Carrier | None = None
    carrier_key: str | None = None
    steps: tuple[str, ...] = ()
    free_text: bool = False
    """Whether this is a command or a file to be searched for addresses, not one value."""
    init: bool = False
    """Whether only an init container is given it."""
    whole: bool = False
    """Whether it came with everything else in its carrier, needed or not."""


def variables(workload: Workload, index: Index) -> Iterator[list[Variable]]:
    """The variables of each container, `$(NAME)` filled in, and the files that its pod mounts."""
    if not workload.resource.kubernetes:
        yield from _cloud_variables(workload.resource)
        return
    files = list(_files(workload, index))
    containers = [("initContainers", item) for item in sequence(dig(workload.pod, "initContainers"))]
    containers += [("containers", item) for item in sequence(dig(workload.pod, "containers"))]
    for field, container in containers:
        init = field == "initContainers" and text(dig(container, "restartPolicy")) != "Always"
        found = list(_environment(mapping(container), workload, index))
        known = {item.name: item for item in found}
        expanded = [_expand(item, known) for item in found]
        known = {item.name: item for item in expanded}
        for part in ("command", "args"):
            for argument in sequence(dig(container, part)):
                argument_text = text(argument)
                if argument_text:
                    expanded += _argument(argument_text, part, known)
        yield [replace(item, init=True) for item in expanded] if init else expanded
    if files:
        yield files
    yield from _components(workload, index)


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


def _cloud_variables(resource: Resource) -> Iterator[list[Variable]]:
    """What a function, a task or a service of a cloud is given; definitions may be JSON in one text."""
    definitions = resource.body.get("containerDefinitions")
    if isinstance(definitions, str):
        try:
            definitions = json.loads(definitions)
        except ValueError:
            definitions = None
    for holder in (resource.body, *sequence(definitions)):
        given = dig(holder, "environment", "variables")
        found = [
            Variable(name=str(name), value=value if value is UNKNOWN else text(value), steps=(f"env {name}",))
            for name, value in mapping(given).items()
        ]
        for item in sequence(dig(holder, "environment")):
            name, value = text(dig(item, "name")) or "", dig(item, "value")
            found.append(
                Variable(name=name, value=value if value is UNKNOWN else text(value), steps=(f"env {name}",))
            )
        if found:
            yield found


def _environment(container: Mapping[str, Any], workload: Workload, index: Index) -> Iterator[Variable]:
    for source in sequence(container.get("envFrom")):
        prefix = text(dig(source, "prefix")) or ""
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            name = text(dig(source, field, "name"))
            if name:
                carrier = carrier_of(kind, name, workload, index)
                for key, value in data_of(carrier):
                    yield Variable(
                        name=prefix + key,
                        value=value,
                        carrier=carrier,
                        carrier_key=key,
                        steps=(carrier.title,),
                        whole=True,
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
        if source is None:
            value = dig(item, "value")
            yield Variable(
                name=variable, value=UNKNOWN if value is UNKNOWN else text(value), steps=(f"env {variable}",)
            )


def _argument(argument: str, part: str, known: Mapping[str, Variable]) -> Iterator[Variable]:
    """An argument as a variable (`--db-host=x`) or as text; steps name the variables filled into it."""
    carriers = [known[name] for name in _names(argument) if name in known and known[name].carrier]
    filled = _fill(argument, known)
    first = carriers[0] if carriers else None
    common: dict[str, Any] = {
        "carrier": first.carrier if first else None,
        "carrier_key": first.carrier_key if first else None,
        "steps": first.steps if first else (part.rstrip("s") if part == "args" else part,),
    }
    flag, equals, value = filled.partition("=")
    if equals and flag.startswith("-") and "\n" not in flag and " " not in flag:
        yield Variable(name=flag.lstrip("-"), value=value, **common)
    else:
        yield Variable(name="", value=filled, free_text=True, **common)


def _expand(variable: Variable, known: Mapping[str, Variable]) -> Variable:
    if not isinstance(variable.value, str) or "$" not in variable.value or variable.carrier is not None:
        return variable
    through = next(
        (known[name] for name in _names(variable.value) if name in known and known[name].carrier), None
    )
    return Variable(
        name=variable.name,
        value=_fill(variable.value, known),
        carrier=through.carrier if through else None,
        carrier_key=through.carrier_key if through else None,
        steps=through.steps if through else variable.steps,
    )


def _names(value: str) -> list[str]:
    return [next(name for name in match if name) for match in _DOLLAR.findall(value)]


def _fill(value: str, known: Mapping[str, Variable], depth: int = 0) -> str:
    def replacement(match: re.Match[str]) -> str:
        name = next(group for group in match.groups() if group)
        found = known.get(name)
        service = _SERVICE_VARIABLE.match(name) if found is None else None
        if service is not None:
            return service[1].lower().replace("_", "-")
        if found is None or not isinstance(found.value, str):
            return match.group(0)
        return _fill(found.value, known, depth + 1) if depth < 4 else found.value

    return _DOLLAR.sub(replacement, value) if "$" in value else value


def _files(workload: Workload, index: Index) -> Iterator[Variable]:
    for volume in sequence(dig(workload.pod, "volumes")):
        sources = [volume, *sequence(dig(volume, "projected", "sources"))]
        for source in sources:
            for field, kind, name_field in (
                ("configMap", "ConfigMap", "name"),
                ("secret", "Secret", "secretName"),
                ("secret", "Secret", "name"),
            ):
                reference = text(dig(source, field, name_field))
                if not reference:
                    continue
                carrier = carrier_of(kind, reference, workload, index)
                items = {text(dig(item, "key")) for item in sequence(dig(source, field, "items"))}
                read = [(key, value) for key, value in data_of(carrier) if not items or key in items]
                for key, value in read:
                    yield from _file(carrier, key, value)
                if not read:
                    for wanted in items or {None}:
                        yield Variable(
                            name="", value=None, carrier=carrier, carrier_key=wanted, steps=(carrier.title,)
                        )


def _file(carrier: Carrier, key: str, value: Any) -> Iterator[Variable]:
    common: dict[str, Any] = {
        "carrier": carrier,
        "carrier_key": key,
        "steps": (carrier.title,),
        "whole": True,
    }
    if not isinstance(value, str):
        yield Variable(name=key, value=value, **common)
        return
    if "\n" not in value.strip():
        yield Variable(name=key, value=value.strip(), **common)
    for name, setting in settings_in(key, value):
        yield Variable(name=name, value=setting, **common)
    yield Variable(name=key, value=value, free_text=True, **common)
