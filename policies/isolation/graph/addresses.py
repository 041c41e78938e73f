"""Uses by address: what a workload is told about hosts and databases, resolved as the cluster resolves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..addresses.endpoints import Endpoint, addresses_in_text, endpoints
from ..addresses.variables import (
    may_name_host,
    surely_names_host,
    words,
)
from ..catalog.engines import BY_NAME, BY_WORD, CLOUD_HOSTS, Engine
from ..catalog.images import image_words, is_proxy
from ..resources import dig, sequence, text
from .beside import Beside, beside_hosts
from .given import Variable
from .names import Destination
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use

_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})  # noqa: S104
_INSTANCE = re.compile(
    r"(?:^|[=\s,])((?:[\w.-]+:)?[\w-]+:[\w-]+:[\w-]+)(?:=tcp:(?:[\d.]+:)?(\d+)|\?port=(\d+))?"
)
_DATABASE_HINTS = frozenset({"db", "database", "sql", "datasource", "rdbms", "pg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An address that leads to a workload which is no store by itself: a proxy, or a store in disguise."""

    workload: Workload
    target: Workload
    engine: Engine | None
    """None for a proxy of an engine that the address does not name."""
    logical: Any
    schema: str | None
    steps: tuple[str, ...]
    carriers: tuple[str, ...]
    login: str | None
    lists: tuple[str, ...] = ()


def address_uses(
    graph: Graph, workload: Workload, given: list[Variable], elsewhere: tuple[list[Variable], ...] = ()
) -> Iterator[Use | Call]:
    """The uses that one container's variables, or one pod's files, make plain."""
    from .graph import Use

    beside = beside_hosts(given, elsewhere)
    for variable in given:
        if not isinstance(variable.value, str) or not variable.value or variable.waiting:
            continue
        handled = _handled(graph, variable)
        if handled is not None:
            yield Use(workload=workload, store=handled, steps=variable.steps)
            continue
        search = addresses_in_text if variable.free_text else endpoints
        for endpoint in search(variable.value):
            local = endpoint.host.lower() in _LOCAL
            reached = _beyond_sidecar(workload, endpoint) if local else endpoint
            if reached is not None:
                yield from _uses(graph, workload, variable, reached, beside)


def _beyond_sidecar(workload: Workload, endpoint: Endpoint) -> Endpoint | None:
    """What a managed database's proxy in the same pod makes of `localhost`; None without one."""
    for container in workload.containers():
        if {"cloudsql", "cloud-sql-proxy", "gce-proxy"} & set(
            image_words(text(dig(container, "image")) or "")
        ):
            for argument in (*sequence(dig(container, "command")), *sequence(dig(container, "args"))):
                instance = _INSTANCE.search(text(argument) or "")
                if instance is not None and (
                    endpoint.port is None or instance[2] in {None, str(endpoint.port)}
                ):
                    return replace(
                        endpoint,
                        host=instance[1],
                        engine=endpoint.engine or BY_NAME["postgresql"],
                        bare=False,
                    )
    return None


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


def _uses(
    graph: Graph,
    workload: Workload,
    variable: Variable,
    endpoint: Endpoint,
    beside: Beside,
) -> Iterator[Use | Call]:
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
            yield Call(
                workload=workload,
                target=target,
                engine=endpoint.engine or engine,
                logical=beside.database(variable.name, endpoint, endpoint.engine or engine),
                schema=endpoint.schema,
                steps=steps,
                carriers=carriers,
                login=endpoint.user or beside.login(variable.name, endpoint.engine or engine),
                lists=variable.lists,
            )
        return
    if not stores and destination.outside:
        outside = _outside(graph, variable, endpoint, engine, destination.outside)
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
    found = graph.names.resolve(endpoint.host, workload.namespace, workload.resource.scope)
    if found is None and endpoint.engine is not None and not endpoint.bare:
        return Destination(outside=f"{endpoint.host.lower()}.{workload.namespace}.svc")
    return found


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
    graph: Graph, variable: Variable, endpoint: Endpoint, engine: Engine | None, host: str
) -> Store | None:
    """A store outside the input, if the address shows that it is one."""
    kind = next((kind for ending, kind in CLOUD_HOSTS if host.endswith(ending)), None)
    if engine is not None:
        kind = engine.kind
    elif kind is None and _about_database(variable):
        kind = "database" if endpoint.bare or endpoint.port else None
    if kind is None or (endpoint.bare and "." not in host):
        return None
    key = f"external:{host}"
    if key not in graph.stores:
        graph.stores[key] = Store(
            key=key, kind=kind, display_kind="external", name=endpoint.host.lower().rstrip("."), engine=engine
        )
    return graph.stores[key]


def through(call: Call, beyond: Use) -> Use:
    """The use of the store behind a proxy, by the proxy's client."""
    return replace(
        beyond,
        workload=call.workload,
        logical=call.logical or beyond.logical,
        schema=call.schema,
        steps=(*call.steps, call.target.resource.title, *beyond.steps),
        carriers=call.carriers,
        login=call.login,
        lists=call.lists,
    )
