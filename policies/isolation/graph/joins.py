"""Stores that turn out to be one: a copy and its source, the members of one cluster, a server under an unknown name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .credentials import Lock
from .given import Variable
from .standbys import standbys
from .stores import Store

if TYPE_CHECKING:
    from .graph import Graph, Use


def join(graph: Graph, by_address: list[Use], given: Mapping[str, list[list[Variable]]]) -> None:
    """Give every use by address the one store that it is of."""
    _join_members(by_address)
    _join_undeclared(graph, by_address, given)
    _join_replicas(graph, by_address)


def _join_members(by_address: list[Use]) -> None:
    """Hosts outside that one URL lists are one cluster."""
    for position, use in enumerate(by_address):
        store = use.store
        while store.member_of is not None:
            store = store.member_of
        if store is not use.store:
            by_address[position] = replace(use, store=store)


def _join_replicas(graph: Graph, by_address: list[Use]) -> None:
    """A server that connects to a server of its own engine copies it: both are one store."""
    copies = standbys(graph)
    for use in by_address:
        copy = graph.stores.get(use.workload.key)
        if copy is not None and copy.engine is use.store.engine and copy.engine is not None:
            copies[copy.key] = use.store
    for position, use in enumerate(by_address):
        store, seen = use.store, set[str]()
        while store.key in copies and store.key not in seen:
            seen.add(store.key)
            store = copies[store.key]
        if store is not use.store and store.key not in seen:
            by_address[position] = replace(use, store=store, steps=(*use.steps, use.store.title))


def _join_undeclared(graph: Graph, by_address: list[Use], given: Mapping[str, list[list[Variable]]]) -> None:
    """A name that nothing declares, beside a Secret that opens a server of its kind here: it is that server's name."""
    meant: dict[str, dict[str, Store]] = {}
    addressed = {(use.workload.key, use.store.key) for use in by_address}
    for use in by_address:
        if use.store.undeclared:
            for lock in _locks(graph, given[use.workload.key]):
                fits = lock.store.kind == use.store.kind and use.store.engine in {None, lock.store.engine}
                if fits and (use.workload.key, lock.store.key) not in addressed:
                    meant.setdefault(use.store.key, {})[lock.store.key] = lock.store
    for position, use in enumerate(by_address):
        found = list(meant.get(use.store.key, {}).values())
        if len(found) == 1 and found[0].key != use.workload.key:
            own = found[0].own_logicals
            logical = use.logical if use.logical is not None or len(own) != 1 else next(iter(own))
            by_address[position] = replace(use, store=found[0], logical=logical)


def _locks(graph: Graph, given: list[list[Variable]]) -> Iterator[Lock]:
    """Every store that a Secret opens which a workload is given."""
    for variable in (item for group in given for item in group):
        carrier = variable.carrier
        if carrier is not None and carrier.kind == "Secret":
            yield from graph.credentials.of_secret(carrier.namespace, carrier.name, variable.carrier_key)
