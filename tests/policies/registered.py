"""Resources as the engine shows them to a pack, registered with the engine as a program registers them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pulumi
from google.protobuf import json_format
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

from offline.providers.kubernetes.kinds import type_of_token
from offline.providers.rpc_errors import ProviderError

from .stack import UNKNOWN

OUTPUTS = {"random:index/randomPassword:RandomPassword": {"result"}}
"""Properties that a pack sees but no program gives: they come back from the provider, unknown at a preview."""
INPUTS: dict[str, dict[str, Any]] = {"random:index/randomPassword:RandomPassword": {"length": 32}}
"""What a resource must be given, and no pack asks for."""
_Value = TypeVar("_Value")


def registrable(stack: Sequence[Any]) -> bool:
    """Whether the engine can be given the whole stack: every resource is of a stand-in provider, or a component."""
    return all(_has_provider(item.type) or _is_component(item, stack) for item in stack)


def _has_provider(token: str) -> bool:
    if token in OUTPUTS:
        return True
    try:
        type_of_token(token)
    except ProviderError:
        return False
    return True


def register(stack: Sequence[Any], options: Mapping[str, pulumi.ResourceOptions]) -> None:
    """Register every resource after those that it needs; `options` are by package."""
    left, made = {item.urn: item for item in stack}, dict[str, pulumi.Resource]()
    while left:
        ready = [item for item in left.values() if not _needed(item) & left.keys()]
        assert ready, f"they need each other: {sorted(left)}"
        for item in ready:
            made[item.urn] = _registered(item, stack, made, options)
            del left[item.urn]


def _needed(item: Any) -> set[str]:
    sources = {urn for dependency in item.propertyDependencies.values() for urn in dependency.urns}
    return sources | ({item.parent} if item.parent else set())


def _registered(
    item: Any,
    stack: Sequence[Any],
    made: Mapping[str, pulumi.Resource],
    options: Mapping[str, pulumi.ResourceOptions],
) -> pulumi.Resource:
    own = pulumi.ResourceOptions(parent=made.get(item.parent), protect=item.options.protect or None)
    if _is_component(item, stack):
        component = pulumi.ComponentResource(item.type, item.name, opts=own)
        component.register_outputs(
            json_format.MessageToDict(item.properties)
        )  # what a pack sees of a component
        return component
    properties = {
        name: _Input([made[urn] for urn in item.propertyDependencies[name].urns]).of(value)
        for name, value in json_format.MessageToDict(item.properties).items()
        if name not in OUTPUTS.get(item.type, set())
    }
    properties |= INPUTS.get(item.type, {})
    merged = pulumi.ResourceOptions.merge(options.get(_provider(item)), own)
    return pulumi.CustomResource(item.type, item.name, properties, merged)


def _provider(item: Any) -> str:
    return str(item.type).partition(":")[0]


def _is_component(item: Any, stack: Sequence[Any]) -> bool:
    return any(other.parent == item.urn for other in stack)


class _Input:
    """One property's value as a program writes it: what it takes from others hangs on one place in it.

    That is a place which is unknown if there is one, for that is where the other's output went.
    """

    def __init__(self, sources: Sequence[pulumi.Resource]) -> None:
        self._sources = set(sources)

    def of(self, value: Any) -> Any:
        converted = self._converted(value, lambda leaf: leaf == UNKNOWN)
        return self._converted(converted, lambda leaf: True) if self._sources else converted

    def _converted(self, value: Any, takes: Any) -> Any:
        if isinstance(value, dict):
            if value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
                return pulumi.Output.secret(self._converted(value["value"], takes))
            return {name: self._converted(item, takes) for name, item in value.items()}
        if isinstance(value, list):
            return [self._converted(item, takes) for item in value]
        if isinstance(value, pulumi.Output) or not takes(value):
            return value
        if value != UNKNOWN and not self._sources:
            return value
        sources, self._sources = self._sources, set()
        return _output(value, sources)


def _output(value: Any, sources: set[pulumi.Resource]) -> pulumi.Output[Any]:
    known = value != UNKNOWN
    return pulumi.Output(_done(sources), _done(value if known else None), _done(known))


def _done(value: _Value) -> asyncio.Future[_Value]:
    future: asyncio.Future[_Value] = asyncio.Future()
    future.set_result(value)
    return future
