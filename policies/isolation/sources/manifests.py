"""Resources from Kubernetes YAML: files, folders, multi-document files and Lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..resources import Resource, dig, mapping, sequence, text

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARAMETER = re.compile(r"\$\{\{?([A-Z0-9_]+)\}?\}", re.IGNORECASE)
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Input that cannot be audited: one sentence with file and place."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def resources_from_manifests(path: Path, scope: str = "manifests") -> tuple[list[Resource], list[Problem]]:
    """The objects of one YAML or JSON file; documents that are no Kubernetes objects are left out."""
    resources: list[Resource] = []
    problems: list[Problem] = []
    try:
        content = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(place=str(path), message=f"cannot be read: {type(error).__name__}")]
    documents = yaml.load_all(content, _LOADER)
    position = 0
    while True:
        position += 1
        try:
            document = next(documents)
        except StopIteration:
            return resources, problems
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            place = f"{path}:{mark.line + 1}" if mark is not None else str(path)
            reason = getattr(error, "problem", None) or "a value cannot be read"
            problems.append(Problem(place=place, message=f"not valid YAML: {reason}"))
            return resources, problems
        for number, item in enumerate(_objects(document)):
            resources.append(_resource(item, f"{path}#{position}.{number}", scope))


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
        origin=key.rpartition("#")[0],
    )


def _without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    """Templates often leave `labels:` empty; a null there is as good as absent."""
    metadata = mapping(body.get("metadata"))
    return {**body, "metadata": {key: value for key, value in metadata.items() if value is not None}}


def manifest_files(path: Path) -> list[Path]:
    """The YAML and JSON files at or below a path, in order."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
