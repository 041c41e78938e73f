"""Collect every use of a store, most telling evidence first: address, then credential, then reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from ..catalog.engines import Engine
from ..catalog.images import is_proxy
from ..resources import UNKNOWN
from .addresses import Call, address_uses
from .bindings import binding_uses
from .calls import resolve_calls
from .carriers import Carrier
from .environment import variables
from .given import Variable
from .joins import join
from .outright import outright_uses
from .proxies import Way, ways_of
from .references import reference_uses
from .unread import unread_uses, unshown_address
from .volumes import volume_uses
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A workload reads a key of a Secret or ConfigMap; None stands for all keys."""

    workload: Workload
    carrier: Carrier
    key: str | None
    known: bool


def collect_uses(graph: Graph) -> None:
    """Fill `graph.uses` and `graph.readings`."""
    calls: list[Call] = []
    by_address: list[Use] = []
    given: dict[str, list[list[Variable]]] = {}
    ways: dict[str, list[Way]] = {}
    for workload in graph.index.workloads.values():
        given[workload.key] = list(variables(workload, graph.index))
        for variable in (item for group in given[workload.key] for item in group):
            if variable.carrier is not None:
                graph.readings.append(
                    Reading(
                        workload=workload,
                        carrier=variable.carrier,
                        key=variable.carrier_key,
                        known=isinstance(variable.value, str),
                    )
                )
        ways[workload.key] = ways_of(given[workload.key])
        for found in address_uses(graph, workload, given[workload.key], ways[workload.key]):
            if isinstance(found, Call):
                calls.append(found)
            else:
                by_address.append(found)
    proxies = resolve_calls(graph, calls, by_address, ways)
    join(graph, by_address, given)
    for workload in graph.index.workloads.values():
        for group in given[workload.key]:
            by_address += outright_uses(graph, workload, group, given[workload.key])
        by_address += unread_uses(graph, workload, given[workload.key])
        by_address += binding_uses(graph, workload)
    addressed = {(use.workload.key, use.store.key) for use in by_address}
    graph.uses += by_address
    for workload in graph.index.workloads.values():
        _collect_credentials(graph, workload, given[workload.key], addressed)
    graph.uses += volume_uses(graph)
    graph.uses[:] = _distinct(use for use in graph.uses if _counts(graph, use, proxies))


def _collect_credentials(
    graph: Graph, workload: Workload, given: list[list[Variable]], addressed: set[tuple[str, str]]
) -> None:
    from .graph import Use

    settled: dict[str, bool] = {}
    found: list[Use] = []

    @cache
    def unshown(engine: Engine | None) -> str | None:
        return unshown_address(graph, given, engine)

    for variable in (item for group in given for item in group):
        carrier = variable.carrier
        if carrier is None:
            continue
        if carrier.resource is not None:
            known = settled.get(carrier.resource.key, True)
            settled[carrier.resource.key] = known and isinstance(variable.value, str)
        if carrier.kind != "Secret":
            continue
        locks = graph.credentials.of_secret(carrier.namespace, carrier.name, variable.carrier_key)
        if carrier.resource is not None:
            locks = [*locks, *graph.credentials.of_resource(carrier.resource, (variable.carrier_key,))]
        for lock in locks:
            use = Use(
                workload=workload,
                store=lock.store,
                logical=lock.logical,
                via="credential",
                credential=lock.made_by,
                steps=(carrier.title,),
                carriers=(carrier.resource.key,) if carrier.resource is not None else (),
                unshown=unshown(lock.store.engine) if lock.logical is None else None,
            )
            found.append(use)
    closed = frozenset(key for key, known in settled.items() if known)
    found += reference_uses(graph, workload, closed, given)
    for use in _meant(graph, workload, found, addressed):
        graph.uses += _adding(graph, use, addressed)


def _meant(
    graph: Graph, workload: Workload, found: list[Use], addressed: set[tuple[str, str]]
) -> Iterator[Use]:
    """The uses, where one Secret opens several servers only of those that the workload is or has the address of.

    Without any address, all of them, and none for sure. Where owners are stated, whoever can open a store counts.
    """
    opened: dict[tuple[str, ...], set[str]] = {}
    for use in found:
        if use.via == "credential":
            opened.setdefault(use.steps, set()).add(use.store.key)
    for use in found:
        doors = opened.get(use.steps, set()) if use.via == "credential" else set()
        if len(doors) < 2 or graph.owner(workload).declared:
            yield use
            continue
        meant = {key for key in doors if key == workload.key or (workload.key, key) in addressed}
        if use.store.key in meant or not meant:
            yield replace(use, uncertain=True)


def _adding(graph: Graph, use: Use, addressed: set[tuple[str, str]]) -> list[Use]:
    """The use if it says more than the workload's known addresses do: a foreign credential always does."""
    if use.store.key == use.workload.key or _is_addressed_outside(graph, use, addressed):
        return []
    if (use.workload.key, use.store.key) not in addressed or (use.credential and use.store.kind == "broker"):
        return [use]
    ours = graph.owner(use.workload)
    owners = [graph.owners.of(graph.index.by_key[key]) for key in use.carriers if key in graph.index.by_key]
    if ours.declared and any(owner.declared and owner != ours for owner in owners):
        return [replace(use, logical=UNKNOWN if use.logical is None else use.logical)]
    return []


def _is_addressed_outside(graph: Graph, use: Use, addressed: set[tuple[str, str]]) -> bool:
    """Whether an adopted store is the one whose address the workload is given: it was read, so that is known."""
    adopted = use.store.display_kind == "external" and not use.store.key.startswith("external:")
    if not adopted or use.via != "reference":
        return False
    known = (graph.stores[key] for workload, key in addressed if workload == use.workload.key)
    return any(store.display_kind == "external" and store.kind == use.store.kind for store in known)


def _counts(graph: Graph, use: Use, proxies: set[str]) -> bool:
    """Servers that talk to their kind and their owner's proxies are no users; a mounted volume counts for all."""
    if use.via == "volume":
        return True
    own = graph.stores.get(use.workload.key)
    if own is not None and own.engine is use.store.engine:
        return False
    if use.workload.key in proxies:
        return False
    forwards = bool(use.workload.images) and all(is_proxy(image) for image in use.workload.images)
    return not forwards or _reaches_across(graph, use)


def _reaches_across(graph: Graph, use: Use) -> bool:
    """Whether a proxy whose callers are not known stands for another owner than the store's, both stated."""
    owner, theirs = graph.owner(use.workload), use.store.owner
    return owner.declared and theirs is not None and theirs.declared and owner != theirs


def _distinct(uses: Iterable[Use]) -> list[Use]:
    """One use per workload, store and logical store; an unknown logical store only where nothing better is known."""
    best: dict[tuple[str, str, str, str], Use] = {}
    for use in uses:
        named = isinstance(use.logical, str)
        proof = (use.credential or "") if use.store.kind == "broker" else ""
        best.setdefault((use.workload.key, use.store.key, str(use.logical) if named else "", proof), use)
    named_too = {(workload, store) for workload, store, logical, _ in best if logical}
    return [
        use
        for (workload, store, logical, _), use in best.items()
        if logical or (workload, store) not in named_too or use.logical is UNKNOWN
    ]
