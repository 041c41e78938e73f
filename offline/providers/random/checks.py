"""The inputs of a random value: right names, right types, no contradiction."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import provider_pb2

from offline.providers.property_values import UNKNOWN, contains_unknown
from offline.providers.random.resources import ResourceType, with_defaults


def failures(resource_type: ResourceType, inputs: dict[str, Any]) -> list[provider_pb2.CheckFailure]:
    """What is wrong with the inputs, one failure for each property; unknown values are not judged."""
    found = [
        provider_pb2.CheckFailure(property=name, reason="is required")
        for name in resource_type.required
        if name not in inputs
    ]
    for name, value in inputs.items():
        reason = _wrong(resource_type, name, value)
        if reason:
            found.append(provider_pb2.CheckFailure(property=name, reason=reason))
    if not found and not contains_unknown(inputs):
        try:
            resource_type.verify(with_defaults(resource_type, inputs))
        except ValueError as error:
            found.append(provider_pb2.CheckFailure(reason=str(error)))
    return found


def _wrong(resource_type: ResourceType, name: str, value: Any) -> str:
    if value is UNKNOWN or name == "__defaults":
        return ""
    if name == "keepers":
        return "" if isinstance(value, dict) else "must be a map of texts"
    wanted = resource_type.types.get(name)
    if wanted is None:
        return f"is not an input; there are {', '.join([*resource_type.types, 'keepers'])}"
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"must be {wanted.__name__}, not {type(value).__name__}"
    if isinstance(value, int) and wanted is int and value < (1 if name in ("length", "byteLength") else 0):
        return f"must be at least {1 if name in ('length', 'byteLength') else 0}, not {value}"
    return ""
