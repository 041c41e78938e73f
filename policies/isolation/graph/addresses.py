"""Uses by address: what a workload is told about hosts and databases, resolved as the cluster resolves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..addresses.endpoint import Endpoint
from ..addresses.endpoints import addresses_in_text, endpoints
from ..addresses.variables import surely_names_host, words
from ..catalog.engines import SEEDED, Engine
from ..catalog.images import engine_of_proxy, is_proxy
from .beside import Beside, beside_hosts
from .given import Variable
from .hosts import engine_of, is_for_outsiders, is_undeclared, plausible_host, store_outside, tells_of_store
from .names import Destination
from .pod_names import alias, resolve_in_pod
from .proxies import Way, beyond, managed_beyond, port_of
from .stores import Store, unite
from .unread import handle_of
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use

_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})  # noqa: S104


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An address that leads to a workload which is no store by itself: a proxy, or a store in disguise."""

    workload: Workload
    target: Workload
    engine: Engine | None
    """None for a proxy of an engine that the address does not name."""
    port: int | None
    """The port of its pods that is called."""
    endpoint: Endpoint
    logical: Any
    schema: str | None
    steps: tuple[str, ...]
    carriers: tuple[str, ...]
    login: str | None
    lists: tuple[str, ...] = ()


def address_uses(
    graph: Graph, workload: Workload, given: list[list[Variable]], ways: Sequence[Way]
) -> Iterator[Use | Call]:
    """The uses that a workload's variables and files make plain; `ways` lead out of its pod.

    What a proxy in the pod is configured with counts only where nothing says which of its ways the program takes.
    """
    configured = frozenset(member for way in ways for member in way.members)
    of_proxy: list[Use | Call] = []
    led_out = False
    for group in given:
        beside = beside_hosts(group, tuple(other for other in given if other is not group))
        for variable in group:
            if not isinstance(variable.value, str) or not variable.value or variable.waiting:
                continue
            if id(variable) in configured:
                of_proxy += _uses_of_variable(graph, workload, variable, beside, ())
                continue
            yield from _uses_of_variable(graph, workload, variable, beside, ways)
            if ways and not led_out:
                led_out = any(
                    endpoint.host.lower() in _LOCAL and _out_of_pod(variable, endpoint, beside, ways)
                    for endpoint in _endpoints(variable)
                )
    if not led_out:
        yield from of_proxy


def _endpoints(variable: Variable) -> Iterable[Endpoint]:
    search = addresses_in_text if variable.free_text else endpoints
    return search(str(variable.value))


def _uses_of_variable(
    graph: Graph, workload: Workload, variable: Variable, beside: Beside, ways: Sequence[Way]
) -> Iterator[Use | Call]:
    from .graph import Use

    handled = _handled(graph, variable)
    if handled is not None:
        yield Use(workload=workload, store=handled, steps=variable.steps)
        return
    heads: dict[tuple[str, ...], Store] = {}
    for endpoint in _endpoints(variable):
        reached: list[tuple[Endpoint, Variable]] = [(endpoint, variable)]
        if endpoint.host.lower() in _LOCAL:
            if managed := managed_beyond(workload, endpoint):
                reached = [(managed, variable)]
            else:
                reached = [
                    (outer, replace(variable, steps=(*variable.steps, *written.steps)))
                    for outer, written in _out_of_pod(variable, endpoint, beside, ways)
                ]
        for outer, told in reached:
            uses = list(uses_of_endpoint(graph, workload, told, outer, beside))
            yield from uses
            outside = [use.store for use in uses if isinstance(use, Use) and use.store.resource is None]
            members = outer.members or (outer.seeds if outside and outside[0].engine in SEEDED else ())
            if members and outside:
                unite(heads.setdefault(members, outside[0]), outside[0])


def _out_of_pod(
    variable: Variable, endpoint: Endpoint, beside: Beside, ways: Sequence[Way]
) -> list[tuple[Endpoint, Variable]]:
    """What a proxy in the same pod makes of `localhost`, and where that is written down."""
    if not ways or (endpoint.bare and not surely_names_host(variable.name)):
        return []
    engine = engine_of(variable, endpoint)
    database = beside.database(variable.name, endpoint, engine)
    port = endpoint.port or beside.port(variable.name) or next(iter(engine.ports if engine else ()), None)
    return list(beyond(ways, port, endpoint, database))


def _handled(graph: Graph, variable: Variable) -> Store | None:
    """The cloud store that a value names by ARN, or as a table or bucket."""
    assert isinstance(variable.value, str)
    if variable.value.startswith("arn:"):
        for named in graph.arns.named(variable.value):
            behind = graph.links.stores_behind(named.key, graph.stores)
            if behind and not named.wide:
                return behind[0]
        return None
    meant = {"table": "database", "bucket": "object-store"}
    kinds = {kind for word, kind in meant.items() if word in words(variable.name)}
    found = graph.names.handle(variable.value) if kinds else None
    return found if found is not None and found.kind in kinds else None


def uses_of_endpoint(
    graph: Graph,
    workload: Workload,
    variable: Variable,
    endpoint: Endpoint,
    beside: Beside,
) -> Iterator[Use | Call]:
    """The uses of the stores that an address in a variable leads to, or the call of what passes it on."""
    from .graph import Use

    if endpoint.bare and not plausible_host(variable.name, endpoint.host):
        return
    if is_for_outsiders(variable.name, beside.hosts):
        return
    engine = engine_of(variable, endpoint)
    destination = _destination(graph, workload, variable, endpoint, engine)
    if destination is None:
        return
    steps = (*variable.steps, *destination.steps)
    carriers = (
        (variable.carrier.resource.key,) if variable.carrier is not None and variable.carrier.resource else ()
    )
    stores = [destination.store] if destination.store else []
    stores += [graph.stores[item.key] for item in destination.workloads if item.key in graph.stores][:1]
    if not stores and destination.workloads:
        target = destination.workloads[0]
        proxied = bool(target.images) and all(is_proxy(image) for image in target.images)
        if endpoint.engine is not None or (proxied and tells_of_store(variable, engine)):
            spoken = engine or next((one for image in target.images if (one := engine_of_proxy(image))), None)
            known = endpoint
            if known.port is None and (port := beside.port(variable.name)) is not None:
                known = replace(endpoint, port=port)
            yield Call(
                workload=workload,
                target=target,
                engine=spoken,
                port=port_of(known, engine, destination.service, target),
                endpoint=endpoint,
                logical=beside.database(variable.name, endpoint, spoken),
                schema=endpoint.schema,
                steps=steps,
                carriers=carriers,
                login=endpoint.user or beside.login(variable.name, spoken),
                lists=variable.lists,
            )
        return
    if not stores and destination.outside:
        renamed = bool(destination.steps) or alias(workload, endpoint.host) is not None
        outside = store_outside(
            graph, workload, variable, endpoint, engine, destination.outside, renamed=renamed
        )
        stores = [outside] if outside is not None else []
    for store in stores:
        if store.key == workload.key:
            continue
        logical = beside.database(variable.name, endpoint, store.engine or engine)
        unshown = (
            _unshown(graph, workload, variable, beside, store.engine or engine) if logical is None else None
        )
        yield Use(
            workload=workload,
            store=store,
            schema=endpoint.schema,
            steps=steps,
            carriers=carriers,
            logical=logical,
            unshown=unshown,
            login=endpoint.user or beside.login(variable.name, store.engine or engine),
            lists=variable.lists,
        )


def _unshown(
    graph: Graph, workload: Workload, variable: Variable, beside: Beside, engine: Engine | None
) -> str | None:
    """Where the name of a database comes from that is not to be told: a carrier, or several names beside one host."""
    named_by = beside.unshown_database(variable.name, engine)
    if named_by is not None:
        return handle_of(graph, named_by)
    return f"several for {workload.key}" if beside.names_several(engine) else None


def _destination(
    graph: Graph, workload: Workload, variable: Variable, endpoint: Endpoint, engine: Engine | None
) -> Destination | None:
    if (engine is not None and engine.name == "s3") or ":" in endpoint.host:
        handled = graph.names.handle(endpoint.host)
        return Destination(store=handled) if handled else Destination(outside=endpoint.host)
    found = resolve_in_pod(graph.names, workload, endpoint.host)
    if found is None and is_undeclared(variable, endpoint, engine):
        return Destination(outside=f"{endpoint.host.lower()}.{workload.namespace}.svc")
    return found
