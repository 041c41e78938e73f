"""Carriers: Secrets and ConfigMaps as pods of a namespace see them, and the settings inside their files."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from ..resources import UNKNOWN, Resource, dig, mapping, text
from .index import Index
from .workloads import Workload

_LINE = re.compile(r"^\s*(?:export\s+|set\s+|-\s+)?([A-Za-z_][\w.\-\[\]]*)\s*[=:]\s*(.+?)\s*,?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A Secret or ConfigMap that a workload reads, declared in the input or not."""

    kind: str
    namespace: str
    name: str
    resource: Resource | None

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"


def carrier_of(kind: str, name: str, workload: Workload, index: Index) -> Carrier:
    resource = index.find(kind, workload.namespace, name, workload.resource.scope)
    if resource is None and kind == "Secret":
        resource = index.find("SealedSecret", workload.namespace, name, workload.resource.scope)
    return Carrier(kind=kind, namespace=workload.namespace, name=name, resource=resource)


def data_of(carrier: Carrier) -> list[tuple[str, Any]]:
    """Keys and values of a Secret or ConfigMap; binary values are unknown."""
    resource = carrier.resource
    return list(_data_of(resource).items()) if resource is not None else []


def value_of(carrier: Carrier, key: str | None) -> Any:
    resource = carrier.resource
    return _data_of(resource).get(key or "") if resource is not None else None


def _data_of(resource: Resource) -> dict[str, Any]:
    if resource.decoded is not None:
        return resource.decoded
    found: dict[str, Any] = {}
    encoded = dig(resource.body, "data")
    for key, value in mapping(encoded).items():
        found[key] = decoded(value) if resource.kind == "Secret" else value
    found.update(mapping(dig(resource.body, "stringData")))
    for key in mapping(dig(resource.body, "spec", "encryptedData")):
        found[key] = UNKNOWN
    resource.decoded = {key: UNKNOWN if value is UNKNOWN else text(value) for key, value in found.items()}
    return resource.decoded


def decoded(value: Any) -> Any:
    """A Secret's value as text; `UNKNOWN` for what is unknown or no text."""
    if not isinstance(value, str):
        return UNKNOWN
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return value


def settings_in(name: str, content: str) -> Iterator[tuple[str, str]]:
    """Names and values in a configuration file: JSON, YAML, properties, env and ini files."""
    if len(content) > 300_000 or name.endswith(
        (".sql", ".sh", ".lua", ".html", ".js", ".css", ".pem", ".crt")
    ):
        return
    if name.endswith((".json", ".yaml", ".yml")) or (content.lstrip()[:1] == "{"):
        try:
            parsed = json.loads(content) if content.lstrip()[:1] == "{" else yaml.load(content, _LOADER)  # noqa: S506
        except (ValueError, yaml.YAMLError):
            parsed = None
        if isinstance(parsed, (dict, list)):
            yield from _flatten("", parsed)
            return
    for line in content.splitlines():
        match = _LINE.match(line)
        if match and not line.lstrip().startswith(("#", ";", "//")):
            yield match[1], match[2].strip("\"'")


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _flatten(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(f"{prefix}.{key}" if prefix else str(key), item)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _flatten(f"{prefix}.{position}", item)
    elif (known := text(value)) is not None:
        yield prefix, known
