"""A Pulumi resource's properties as a resource, whether an engine or an export tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..resources import Resource, dig, text, type_parts


def resource_from_properties(
    *,
    token: str,
    urn: str,
    name: str,
    body: Mapping[str, Any],
    parent: str | None,
    inputs_from: Mapping[str, tuple[str, ...]],
    protected: bool | None,
    scope: str,
    provider: str | None = None,
    provider_properties: Mapping[str, Any] | None = None,
) -> Resource:
    """One Pulumi resource, named as the cluster will name it where that is known already."""
    kubernetes, group, kind = type_parts(token)
    namespace = None
    if kubernetes:
        kind = text(dig(body, "kind")) or kind
        name = text(dig(body, "metadata", "name")) or name
        namespace = text(dig(body, "metadata", "namespace")) or "default"
    return Resource(
        key=urn,
        kind=kind,
        group=group,
        name=name,
        namespace=namespace,
        body=body,
        kubernetes=kubernetes,
        scope=scope,
        parent=parent,
        inputs_from=inputs_from,
        protected=protected,
        origin=urn,
        provider=provider,
        provider_properties=provider_properties or {},
    )
