"""Outputs of a resource: the live object, and beside it what the provider must remember."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Final

from offline.providers.kubernetes.manifest import PATCH_FIELD_MANAGER, Manifest, annotation
from offline.providers.kubernetes.secrecy import mark_secrets
from offline.providers.property_values import Properties, without_secrets
from offline.providers.resource_names import random_hex

INPUTS: Final = "__inputs"
INITIAL_API_VERSION: Final = "__initialApiVersion"
FIELD_MANAGER: Final = "__fieldManager"
FIELD_MANAGER_PREFIX: Final = "pulumi-kubernetes-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the state holds of a resource, secrets unwrapped."""

    inputs: Manifest
    """The inputs of the last update."""
    live: Manifest
    """The live object as last seen."""
    initial_api_version: str
    """API version with which the object was created; "" in a state without it."""
    field_manager: str
    """Its manager in server-side apply; "" in a state without it."""


def read_outputs(outputs: Properties) -> Stored:
    """The parts of a resource's outputs."""
    live = without_secrets(outputs)
    inputs = live.pop(INPUTS, {})
    return Stored(
        inputs=inputs,
        live=live,
        initial_api_version=live.pop(INITIAL_API_VERSION, ""),
        field_manager=live.pop(FIELD_MANAGER, ""),
    )


def outputs_of(
    live: Manifest, inputs: Manifest, given: Properties, *, initial_api_version: str, field_manager: str
) -> Properties:
    """The outputs for the state; what is secret in the given inputs is secret in them."""
    outputs = copy.deepcopy(live)
    recorded = copy.deepcopy(inputs)
    mark_secrets(outputs, given)
    mark_secrets(recorded, given)
    outputs[INPUTS] = recorded
    outputs[INITIAL_API_VERSION] = initial_api_version
    outputs[FIELD_MANAGER] = field_manager
    return outputs


def field_manager_name(inputs: Manifest, stored: str = "") -> str:
    """The manager for server-side apply: the annotation's, the one in the state, or a new random one."""
    return annotation(inputs, PATCH_FIELD_MANAGER) or stored or FIELD_MANAGER_PREFIX + random_hex(b"")
