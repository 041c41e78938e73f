"""Carriers: Secrets and ConfigMaps as pods of a namespace see them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ..resources import UNKNOWN, Resource, dig, mapping, text
from .index import MAKERS, Index
from .workloads import Workload


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
        resource = index.maker(workload.namespace, name, workload.resource.scope)
    return Carrier(kind=kind, namespace=workload.namespace, name=name, resource=resource)


def data_of(carrier: Carrier) -> list[tuple[str, Any]]:
    """Keys and values of a Secret or ConfigMap; values that are no text are unknown."""
    resource = carrier.resource
    return list(decoded_data(resource).items()) if resource is not None else []


def lists_of(carrier: Carrier) -> tuple[str, ...]:
    """What names a carrier as a list: itself, and its content, which may stand in others word for word."""
    resource = carrier.resource
    if resource is None:
        return ()
    if resource.content is None:
        resource.content = fingerprint(json.dumps(data_of(carrier), default=str))
    return resource.key, resource.content


def fingerprint(content: str) -> str:
    """A name for a text, which may be a secret's."""
    return hashlib.sha256(content.encode(errors="replace")).hexdigest()


def value_of(carrier: Carrier, key: str | None) -> Any:
    """A carrier's value as text, `UNKNOWN` where its whole content is, None where it holds no such key."""
    resource = carrier.resource
    if resource is None:
        return None
    closed = any(dig(resource.body, place) is UNKNOWN for place in ("data", "stringData"))
    return decoded_data(resource).get(key or "", UNKNOWN if closed else None)


def decoded_data(resource: Resource) -> dict[str, Any]:
    """What a Secret, a ConfigMap or what makes one holds, by key, as text; `UNKNOWN` for what is unknown or no text."""
    if resource.decoded is not None:
        return resource.decoded
    found: dict[str, Any] = {}
    encoded = dig(resource.body, "data")
    for key, value in mapping(encoded).items():
        found[key] = decoded(value) if resource.kind == "Secret" else value
    found.update(mapping(dig(resource.body, "stringData")))
    for key, value in mapping(dig(resource.body, "binaryData")).items():
        found[key] = decoded(value)
    for key in mapping(dig(resource.body, "spec", "encryptedData")):
        found[key] = UNKNOWN
    for template in (("spec", "template"), ("spec", "target", "template")):
        if resource.kind in MAKERS:
            found.update(mapping(dig(resource.body, *template, "data")))
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
