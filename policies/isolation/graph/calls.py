"""Calls to workloads that are no stores by themselves: proxies, and stores that nothing else gives away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..catalog.images import is_proxy
from .addresses import Call, uses_of_endpoint
from .beside import beside_hosts
from .proxies import Way, beyond
from .stores import Store, store_of_workload

if TYPE_CHECKING:
    from .graph import Graph, Use

_DEPTH = 4  # proxies behind proxies


def resolve_calls(
    graph: Graph, calls: list[Call], by_address: list[Use], ways: Mapping[str, list[Way]]
) -> set[str]:
    """Add the uses that calls come to; returns the keys of the workloads that pass calls on."""
    used_by: dict[str, list[Use]] = {}
    for use in by_address:
        used_by.setdefault(use.workload.key, []).append(use)
    proxies: set[str] = set()
    for call in calls:
        passed = list(_passed_on(graph, call, ways))
        if not passed:
            passed = _guessed(call, used_by)
        if passed:
            proxies.add(call.target.key)
            by_address += passed
            continue
        if call.engine is None:
            continue
        store = graph.stores.get(call.target.key)
        if store is None:
            store = graph.stores[call.target.key] = store_of_workload(call.target, call.engine)
            store.owner = graph.owners.of(call.target.resource)
        if store.key != call.workload.key:
            by_address.append(_use_of(call, store))
    return proxies


def _passed_on(graph: Graph, call: Call, ways: Mapping[str, list[Way]], depth: int = 0) -> Iterator[Use]:
    """The uses that a proxy's own configuration makes of a call."""
    for endpoint, variable in beyond(ways.get(call.target.key, ()), call.port, call.endpoint, call.logical):
        for found in uses_of_endpoint(graph, call.target, variable, endpoint, beside_hosts([])):
            if not isinstance(found, Call):
                yield _through(call, found, renamed=True)
            elif depth < _DEPTH:
                for use in _passed_on(graph, found, ways, depth + 1):
                    yield _through(call, use, renamed=True)


def _guessed(call: Call, used_by: Mapping[str, list[Use]]) -> list[Use]:
    """The stores of the called kind that a proxy is told of, however."""
    kind = call.engine.kind if call.engine is not None else None
    found = [
        use
        for use in used_by.get(call.target.key, ())
        if kind is None or (use.store.engine is not None and use.store.engine.kind == kind)
    ]
    if call.engine not in {use.store.engine for use in found} and not any(
        is_proxy(image) for image in call.target.images
    ):
        return []
    return [_through(call, use) for use in found]


def _through(call: Call, found: Use, *, renamed: bool = False) -> Use:
    """The use of the store behind a proxy, by the proxy's client; a pooler may know the database by another name."""
    return replace(
        found,
        workload=call.workload,
        logical=found.logical if renamed else call.logical or found.logical,
        schema=call.schema,
        steps=(*call.steps, call.target.resource.title, *found.steps),
        carriers=call.carriers,
        login=call.login,
        lists=call.lists,
    )


def _use_of(call: Call, store: Store) -> Use:
    from .graph import Use

    return Use(
        workload=call.workload,
        store=store,
        logical=call.logical,
        schema=call.schema,
        steps=call.steps,
        carriers=call.carriers,
        login=call.login,
        lists=call.lists,
    )
