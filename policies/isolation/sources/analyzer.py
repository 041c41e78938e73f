"""Resources from the engine's analyzer request, as the policy SDK hands them over.

The SDK wraps properties in proxies that raise on unknown values, and a raised unknown abandons the whole
policy. So the wrapping is undone here, once, and unknown values become `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import _is_unknown

from ..resources import UNKNOWN, Resource
from .properties import resource_from_properties


def resources_from_policy(policy_resources: Iterable[PolicyResource]) -> list[Resource]:
    """The stack's resources as plain data, in the engine's order."""
    return [_resource(item) for item in policy_resources]


def _resource(item: PolicyResource) -> Resource:
    return resource_from_properties(
        token=item.resource_type,
        urn=item.urn,
        name=item.name,
        body={key: plain(value) for key, value in _target(item.props).items()},
        parent=item.parent.urn if item.parent is not None else item.opts.parent,
        inputs_from={
            key: tuple(source.urn for source in sources)
            for key, sources in item.property_dependencies.items()
        },
        protected=item.opts.protect,
        scope="stack",
        provider=item.provider.name if item.provider is not None else None,
        provider_properties=_provider_properties(item),
    )


def _provider_properties(item: PolicyResource) -> dict[str, Any]:
    """What a cloud resource's provider is configured with; a cluster's says nothing that a rule asks for."""
    if item.provider is None or item.resource_type.startswith("kubernetes:"):
        return {}
    return {key: plain(value) for key, value in _target(item.provider.props).items()}


def plain(value: Any) -> Any:
    """`value` without the SDK's proxies, and with `UNKNOWN` for what is not known yet."""
    if isinstance(value, str):
        return UNKNOWN if len(value) == 36 and _is_unknown(value) else value
    value = _target(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _target(value: Any) -> Any:
    """What an SDK proxy wraps; every other value as it is."""
    return value["__target"] if type(value).__module__ == "pulumi_policy.proxy" else value
