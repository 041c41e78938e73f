"""Uses by address: what a workload is told about hosts and databases, resolved as the cluster resolves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..addresses.endpoint import Endpoint
from ..addresses.endpoints import addresses_in_text, endpoints
from ..addresses.variables import (
    may_name_host,
    surely_names_host,
    words,
)
from ..catalog.engines import BY_WORD, Engine
from ..catalog.hosts import CLOUD_HOSTS, canonical_host
from ..catalog.images import is_proxy
from ..resources import dig, sequence, text
from .beside import Beside, beside_hosts
from .given import Variable
from .names import Destination
from .proxies import Way, beyond, managed_beyond, port_of
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use

_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})  # noqa: S104
_NODE_PORTS = range(30000, 32768)
_DATABASE_HINTS = frozenset({"db", "database", "sql", "datasource", "rdbms", "pg"})


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
            led_out = led_out or any(
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
    for endpoint in _endpoints(variable):
        reached = [endpoint]
        if endpoint.host.lower() in _LOCAL:
            managed = managed_beyond(workload, endpoint)
            reached = [managed] if managed else _out_of_pod(variable, endpoint, beside, ways)
        for outer in reached:
            yield from uses_of_endpoint(graph, workload, variable, outer, beside)


def _out_of_pod(
    variable: Variable, endpoint: Endpoint, beside: Beside, ways: Sequence[Way]
) -> list[Endpoint]:
    """What a proxy in the same pod makes of `localhost`."""
    if not ways or (endpoint.bare and not surely_names_host(variable.name)):
        return []
    engine = endpoint.engine or _engine_of_words(variable.name)
    database = beside.database(variable.name, endpoint, engine)
    port = endpoint.port or beside.port(variable.name) or next(iter(engine.ports if engine else ()), None)
    return [found for found, _ in beyond(ways, port, endpoint, database)]


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

    if endpoint.bare and not _plausible_host(variable.name, endpoint.host):
        return
    engine = endpoint.engine or _engine_of_words(variable.name)
    destination = _destination(graph, workload, endpoint, engine)
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
        if endpoint.engine is not None or (proxied and (engine is not None or _about_database(variable))):
            known = endpoint
            if known.port is None and (port := beside.port(variable.name)) is not None:
                known = replace(endpoint, port=port)
            yield Call(
                workload=workload,
                target=target,
                engine=endpoint.engine or engine,
                port=port_of(known, engine, destination.service, target),
                endpoint=endpoint,
                logical=beside.database(variable.name, endpoint, endpoint.engine or engine),
                schema=endpoint.schema,
                steps=steps,
                carriers=carriers,
                login=endpoint.user or beside.login(variable.name, endpoint.engine or engine),
                lists=variable.lists,
            )
        return
    if not stores and destination.outside:
        renamed = bool(destination.steps) or _alias(workload, endpoint.host) is not None
        outside = _outside(graph, variable, endpoint, engine, destination.outside, renamed=renamed)
        stores = [outside] if outside is not None else []
    for store in stores:
        if store.key == workload.key:
            continue
        yield Use(
            workload=workload,
            store=store,
            schema=endpoint.schema,
            steps=steps,
            carriers=carriers,
            logical=beside.database(variable.name, endpoint, store.engine or engine),
            login=endpoint.user or beside.login(variable.name, store.engine or engine),
            lists=variable.lists,
        )


def _destination(
    graph: Graph, workload: Workload, endpoint: Endpoint, engine: Engine | None
) -> Destination | None:
    if (engine is not None and engine.name == "s3") or ":" in endpoint.host:
        handled = graph.names.handle(endpoint.host)
        return Destination(store=handled) if handled else Destination(outside=endpoint.host)
    host = _alias(workload, endpoint.host) or endpoint.host
    found = graph.names.resolve(host, workload.namespace, workload.resource.scope)
    if found is None and endpoint.engine is not None and not endpoint.bare:
        return Destination(outside=f"{endpoint.host.lower()}.{workload.namespace}.svc")
    return found


def _alias(workload: Workload, host: str) -> str | None:
    """The address that the pod's own hosts file gives a name, before anybody asks the cluster's DNS."""
    for entry in sequence(dig(workload.pod, "hostAliases")):
        if host.lower() in {(text(name) or "").lower() for name in sequence(dig(entry, "hostnames"))}:
            return text(dig(entry, "ip"))
    return None


def _plausible_host(name: str, host: str) -> bool:
    """Whether a lone word is meant as a host: `CACHE_TYPE=redis` is not, `CACHE_HOST=redis` is."""
    if not may_name_host(name):
        return False
    if host.lower() in BY_WORD or host.lower() in {"pgsql", "sqlite", "true", "false"}:
        engine = BY_WORD.get(host.lower())
        return surely_names_host(name) or (engine is not None and engine.kind == "broker")
    return True


def _engine_of_words(name: str) -> Engine | None:
    return next((BY_WORD[word] for word in words(name) if word in BY_WORD), None)


def _about_database(variable: Variable) -> bool:
    return bool(_DATABASE_HINTS & set(words(variable.name))) and surely_names_host(variable.name)


def _outside(
    graph: Graph, variable: Variable, endpoint: Endpoint, engine: Engine | None, host: str, *, renamed: bool
) -> Store | None:
    """A store outside the input, if the address shows that it is one; `renamed` if a name in the input led there."""
    host = canonical_host(host)
    kind = next((kind for ending, kind in CLOUD_HOSTS if host.endswith(ending)), None)
    if engine is not None:
        kind = engine.kind
    elif kind is None and _about_database(variable):
        kind = "database" if endpoint.bare or endpoint.port else None
    if kind is None and endpoint.data:
        kind = "database"
    if kind is None or (endpoint.bare and "." not in host):
        return None
    key = f"external:{host}"
    if endpoint.port in _NODE_PORTS:
        key += f":{endpoint.port}"  # a port of a cluster's nodes belongs to one Service, and the host to all
    if key not in graph.stores:
        name = host if renamed else endpoint.host.lower().rstrip(".")
        graph.stores[key] = Store(key=key, kind=kind, display_kind="external", name=name, engine=engine)
    return graph.stores[key]
