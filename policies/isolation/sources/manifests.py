"""Resources from Kubernetes YAML: files, folders, multi-document files and Lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ..resources import Resource, dig, mapping, sequence, text
from ..yaml_text import LOADER
from .files import Problem

_PARAMETER = re.compile(r"\$\{\{?([A-Z0-9_]+)\}?\}", re.IGNORECASE)


def resources_from_manifests(
    place: str, content: str, scope: str = "manifests"
) -> tuple[list[Resource], list[Problem]]:
    """The objects of a YAML or JSON text; documents that are no Kubernetes objects are left out."""
    resources: list[Resource] = []
    position = 0
    try:
        loader = LOADER(content)
        while loader.check_node():
            node = loader.get_node()
            position += 1
            for number, item in enumerate(_objects(loader.construct_document(node))):
                found = _resource(item, f"{place}#{position}.{number}", scope)
                found.origin = f"{place}:{node.start_mark.line + 1}"
                resources.append(found)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return resources, [_unreadable(place, content, error)]
    return resources, []


def _unreadable(place: str, content: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or (
        "nested too deeply" if isinstance(error, RecursionError) else "a value cannot be read"
    )
    if "{{" in content:
        reason += "; if it is a template, render it first: helm template CHART | ... audit -"
    return Problem(
        place=f"{place}:{mark.line + 1}" if mark is not None else place, message=f"not valid YAML: {reason}"
    )


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        for item in document:
            yield from _objects(item)
    elif isinstance(document, dict) and isinstance(document.get("kind"), str) and document.get("apiVersion"):
        if document["kind"].endswith("List") and isinstance(document.get("items"), list):
            for item in document["items"]:
                if isinstance(item, dict):
                    kind = document["kind"].removesuffix("List")
                    yield from _objects(
                        {"apiVersion": document["apiVersion"], **({"kind": kind} if kind else {}), **item}
                    )
        elif document["kind"] == "Template" and isinstance(document.get("objects"), list):
            yield from _objects(_filled(document["objects"], _parameters(document)))
        else:
            yield document


def _parameters(template: dict[str, Any]) -> dict[str, str]:
    """The default values of an OpenShift template's parameters."""
    return {
        name: value
        for item in sequence(template.get("parameters"))
        if (name := text(dig(item, "name"))) and (value := text(dig(item, "value"))) is not None
    }


def _filled(value: Any, parameters: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, parameters) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, parameters) for item in value]
    if isinstance(value, str) and "${" in value:
        return _PARAMETER.sub(lambda match: parameters.get(match[1], match[0]), value)
    return value


def _resource(body: dict[str, Any], key: str, scope: str) -> Resource:
    group = str(body["apiVersion"]).rpartition("/")[0]
    kind = str(body["kind"])
    if group in {"extensions", "apps"} and kind in {"Deployment", "DaemonSet", "ReplicaSet"}:
        group = "apps"
    name = text(dig(body, "metadata", "name")) or text(dig(body, "metadata", "generateName")) or "unnamed"
    return Resource(
        key=key,
        kind=kind,
        group=group,
        name=name,
        namespace=text(dig(body, "metadata", "namespace")) or "default",
        placed=bool(text(dig(body, "metadata", "namespace"))),
        body=_without_nulls(body),
        scope=scope,
    )


def _without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    """Templates often leave `labels:` empty; a null there is as good as absent."""
    metadata = mapping(body.get("metadata"))
    return {**body, "metadata": {key: value for key, value in metadata.items() if value is not None}}
