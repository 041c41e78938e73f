"""Stores that the input does not declare: when a host is meant, and when it is a store's."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from ..addresses.endpoint import Endpoint
from ..addresses.variables import may_name_host, plainly_names_host, surely_names_host, words
from ..catalog import listed
from ..catalog.engines import BY_WORD, Engine
from ..catalog.hosts import CLOUD_HOSTS, canonical_host
from ..catalog.images import engine_of_host
from .given import Variable
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph

_NODE_PORTS = range(30000, 32768)
_DATABASE_HINTS = listed("db database sql datasource rdbms pg")
_NO_HOSTS = listed(
    "none null nil auto default enabled disabled true false yes no on off "
    "sqlite sqlite3 h2 hsqldb derby memory in-memory inmemory embedded file"
)
_TOOLS = listed("exporter ui operator admin commander dashboard insight metrics migrator")
# What people write where the reader is to fill in a host.
_BLANK = re.compile(
    r"(?:your|my-own|insert|enter|put)[-_].*|(?:change|replace|fill)[-_]?(?:me|this|with|in)\b.*"
    r"|(?:change|replace|fill)_.*|placeholder.*|tbd|x{3,}",
    re.IGNORECASE,
)


def plausible_host(name: str, host: str) -> bool:
    """Whether a lone word is meant as a host: `CACHE_TYPE=redis` is not, `CACHE_HOST=redis` is."""
    if not may_name_host(name):
        return False
    if host.lower() in BY_WORD or host.lower() in {"pgsql", "sqlite", "true", "false"}:
        engine = BY_WORD.get(host.lower())
        return surely_names_host(name) or (engine is not None and engine.kind == "broker")
    return True


def is_for_outsiders(name: str, hosts: Collection[str]) -> bool:
    """Whether a variable is for browsers and the like: it names by one address what another names by its own."""
    parts = set(words(name))
    own = parts - {"public", "external"}
    return own != parts and any(set(words(other)) == own for other in hosts)


def engine_of(variable: Variable, endpoint: Endpoint) -> Engine | None:
    """The engine of an address: as the address says, else as the variable's name or the host's own does."""
    if endpoint.engine is not None or variable.free_text:
        # What a file is called says which program reads it, not what every address in it leads to.
        return endpoint.engine
    named = next((BY_WORD[word] for word in words(variable.name) if word in BY_WORD), None)
    if named is None and endpoint.bare and plainly_names_host(variable.name):
        return engine_of_host(endpoint.host)
    return named


def is_undeclared(variable: Variable, endpoint: Endpoint, engine: Engine | None) -> bool:
    """Whether a word is a Service that nothing here declares: one of a chart, say, that is installed apart.

    A lone word is, if the variable is called a host's, and one of the two tells of a store.
    """
    if not endpoint.bare:
        return endpoint.engine is not None
    known_otherwise = endpoint.host.lower() in _NO_HOSTS or _TOOLS & set(words(endpoint.host))
    return not known_otherwise and tells_of_store(variable, engine)


def tells_of_store(variable: Variable, engine: Engine | None) -> bool:
    """Whether a variable is called a store's host, by an engine or as a database's."""
    hinted = engine is not None or bool(_DATABASE_HINTS & set(words(variable.name)))
    return hinted and plainly_names_host(variable.name)


def store_outside(
    graph: Graph,
    workload: Workload,
    variable: Variable,
    endpoint: Endpoint,
    engine: Engine | None,
    host: str,
    *,
    renamed: bool,
) -> Store | None:
    """A store outside the input, if the address shows that it is one; `renamed` if a name in the input led there."""
    host = canonical_host(host)
    kind = next((kind for ending, kind in CLOUD_HOSTS if host.endswith(ending)), None)
    if engine is not None:
        kind = engine.kind
    elif kind is None and _DATABASE_HINTS & set(words(variable.name)) and surely_names_host(variable.name):
        kind = "database" if endpoint.bare or endpoint.port else None
    if kind is None and endpoint.data:
        kind = "database"
    if kind is None or (endpoint.bare and "." not in host):
        return None
    key = f"external:{host}{_blank(workload, variable, endpoint)}"
    if endpoint.port in _NODE_PORTS:
        key += f":{endpoint.port}"  # a port of a cluster's nodes belongs to one Service, and the host to all
    if key not in graph.stores:
        graph.stores[key] = Store(
            key=key,
            kind=kind,
            display_kind="external",
            name=host if renamed else endpoint.host.lower().rstrip("."),
            engine=engine,
            undeclared=host.endswith(".svc"),
        )
    return graph.stores[key]


def _blank(workload: Workload, variable: Variable, endpoint: Endpoint) -> str:
    """Where a blank stands that is yet to be filled in: only who reads the very same one gets the same host."""
    if not _BLANK.fullmatch(endpoint.host.split(".")[0]):
        return ""
    carrier = variable.carrier
    if carrier is None:
        return f" of {workload.key}"
    return f" of {carrier.kind} {carrier.namespace}/{carrier.name}#{variable.carrier_key}"
