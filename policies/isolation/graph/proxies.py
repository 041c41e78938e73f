"""Ways through proxies and poolers: those that run as workloads, and those that stand beside a program in its pod."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..addresses.endpoint import Endpoint
from ..addresses.forwards import Forward, forwards
from ..catalog import listed
from ..catalog.engines import BY_NAME, Engine
from ..catalog.images import image_words
from ..resources import Resource, dig, sequence, text
from .given import Variable
from .workloads import Workload

_MANAGED = listed("cloudsql cloud-sql-proxy gce-proxy alloydb-auth-proxy")
_INSTANCE = re.compile(
    r"(?:^|[=\s,])((?:[\w.-]+:)?[\w-]+:[\w-]+:[\w-]+|projects(?:/[\w.:-]+){7})"
    r"(?:=tcp:(?:[\d.]+:)?(\d+)|\?port=(\d+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way through a proxy, and where it is written down."""

    forward: Forward
    variable: Variable
    members: frozenset[int]
    """Identities of the variables that are the proxy's own configuration."""


def ways_of(given: Iterable[list[Variable]]) -> list[Way]:
    """Every way that a pod's files and command lines configure."""
    return [
        Way(forward=forward, variable=members[0], members=frozenset(map(id, members)))
        for group in given
        for content, members in _texts(group)
        for forward in forwards(content)
    ]


def _texts(group: list[Variable]) -> Iterator[tuple[str, list[Variable]]]:
    """The files of a group, and its command line as one text, each with all variables that speak of it."""
    texts = [item for item in group if item.free_text and isinstance(item.value, str) and item.value]
    for file in (item for item in texts if item.name):
        source = (file.carrier, file.carrier_key)
        yield str(file.value), [item for item in group if (item.carrier, item.carrier_key) == source]
    line = [item for item in texts if not item.name]
    if line:
        yield " ".join(str(item.value) for item in line), line


def passed_on(ways: Iterable[Way], port: int | None, database: Any) -> list[Way]:
    """The ways that a connection to a port and a database takes; every way of the port if the database is open."""
    fitting = [way for way in ways if way.forward.listens is not None and way.forward.listens == port]
    fitting = fitting or [way for way in ways if way.forward.listens is None]
    named = [way for way in fitting if way.forward.name is not None and way.forward.name == database]
    if not named:
        named = [way for way in fitting if way.forward.name in {None, "*"}]
    return named or ([] if isinstance(database, str) else fitting)


def beyond(
    ways: Iterable[Way], port: int | None, endpoint: Endpoint, database: Any
) -> Iterator[tuple[Endpoint, Variable]]:
    """What an address of a proxy means behind it, with the place where that is written down."""
    for way in passed_on(ways, port, database):
        known = database if isinstance(database, str) else None
        yield (
            replace(
                endpoint,
                host=way.forward.host,
                port=way.forward.port,
                database=way.forward.database or known,
                bare=False,
            ),
            way.variable,
        )


def port_of(
    endpoint: Endpoint, engine: Engine | None, service: Resource | None, target: Workload
) -> int | None:
    """The port of the pods that an address reaches, through the Service that leads there."""
    offered = sequence(dig(service.body, "spec", "ports")) if service is not None else ()
    usual = {str(port) for port in engine.ports} if engine is not None else set()
    wanted = {str(endpoint.port)} if endpoint.port is not None else usual
    entry = next((item for item in offered if text(dig(item, "port")) in wanted), None)
    if entry is None and endpoint.port is None and len(offered) == 1:
        entry = offered[0]
    if entry is None:
        return endpoint.port
    port = text(dig(entry, "targetPort")) or text(dig(entry, "port")) or ""
    if not port.isdigit():
        port = next(
            (
                text(dig(item, "containerPort")) or ""
                for container in target.containers()
                for item in sequence(dig(container, "ports"))
                if text(dig(item, "name")) == port
            ),
            "",
        )
    return int(port) if port.isdigit() else endpoint.port


def managed_beyond(workload: Workload, endpoint: Endpoint) -> Endpoint | None:
    """What a managed database's proxy in the same pod makes of `localhost`; None without one."""
    for container in workload.containers():
        if not _MANAGED & set(image_words(text(dig(container, "image")) or "")):
            continue
        for argument in (*sequence(dig(container, "command")), *sequence(dig(container, "args"))):
            for instance, first, second in _INSTANCE.findall(text(argument) or ""):
                port = first or second
                if endpoint.port is None or not port or port == str(endpoint.port):
                    engine = endpoint.engine or BY_NAME["postgresql"]
                    return replace(endpoint, host=instance, engine=engine, bare=False)
    return None
