"""Names and namespaces that the program leaves open."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.manifest import (
    AUTONAMED,
    Manifest,
    annotation_true,
    field,
    name_of,
    set_field,
)
from offline.providers.property_values import UNKNOWN
from offline.providers.resource_names import random_hex, resource_name
from offline.providers.rpc_errors import ProviderError

Autonaming = provider_pb2.CheckRequest.AutonamingOptions
NO_NAME: Final = "automatic naming is switched off for this resource, so `metadata.name` has to be set"


def is_named(manifest: Manifest) -> bool:
    """Whether the name is set, be it to a value not known yet."""
    return field(manifest, "metadata", "name") is UNKNOWN or name_of(manifest) != ""


def is_autonamed(manifest: Manifest) -> bool:
    """Whether the provider chose the name."""
    return annotation_true(manifest, AUTONAMED)


def assign_name(manifest: Manifest, urn: str, seed: bytes, autonaming: Autonaming | None) -> None:
    """Gives an unnamed new object the name `<resource name>-<8 hex>` and marks it as named automatically.

    The engine's autonaming configuration, where there is one, proposes another name or forbids it (ProviderError).
    """
    if is_named(manifest):
        return
    if autonaming is not None and autonaming.mode == Autonaming.DISABLE:
        raise ProviderError(NO_NAME)
    name = autonaming.proposed_name if autonaming is not None and autonaming.proposed_name else ""
    set_field(manifest, name or f"{resource_name(urn)}-{random_hex(seed)}", "metadata", "name")
    set_field(manifest, "true", "metadata", "annotations", AUTONAMED)


def adopt_name(manifest: Manifest, old: Manifest) -> None:
    """Keeps the name that the provider chose when the object was created."""
    if not is_named(manifest) and is_autonamed(old):
        set_field(manifest, name_of(old), "metadata", "name")
        set_field(manifest, "true", "metadata", "annotations", AUTONAMED)
