"""Uses by reference: outputs of a store, a Secret or a generated password that went into a workload's
properties.

At preview the values are unknown, but the engine knows which resources they come from. That is all this
module needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..addresses.variables import (
    closest,
    joins_both,
    may_name_host,
    names_database,
    names_login,
    of_database,
    of_engine,
)
from ..catalog.cloud import ACCESS_POINT, CREDENTIAL_SOURCES, DATABASES, NOT_USED, POD_IDENTITY
from ..resources import UNKNOWN, Resource, dig, sequence, text
from .directories import directory_of
from .given import Variable
from .links import passes_on
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use


def reference_uses(
    graph: Graph, workload: Workload, settled: frozenset[str], given: list[list[Variable]]
) -> Iterator[Use]:
    """Uses by what went into the workload.

    `settled` holds carriers of which every value that the workload reads is known: their addresses speak for
    themselves, and what else went into them is not this workload's.
    """
    resource = workload.resource
    logical = _stated_database(given)
    read: dict[str, set[str | None]] = {}
    for item in (item for group in given for item in group):
        if item.carrier is not None and item.carrier.resource is not None:
            read.setdefault(item.carrier.resource.key, set()).add(item.carrier_key)
    found = [
        use
        for source in (*given_to(graph, workload), *read)
        for use in _follow(
            graph, workload, source, (), (), settled, {resource.key}, read.get(source, (None,))
        )
    ]
    found = list(_within(found))
    # Whoever is given a database of a server by reference is given the server's address only to reach it.
    named = {use.store.key for use in found if isinstance(use.logical, str) and use.via == "reference"}
    for use in found:
        if use.store.kind == "broker" and use.login is None:
            use = replace(use, login=_stated_login(given, use.store))
        if use.logical is not UNKNOWN:
            yield use
        elif use.store.key not in named:
            yield replace(use, logical=logical)


def given_to(graph: Graph, workload: Workload) -> list[str]:
    """Keys of what went into a workload and reaches its code, and of the identities that it acts as."""
    resource = workload.resource
    sources = [
        source
        for name, given in resource.inputs_from.items()
        if resource.kubernetes or name not in NOT_USED
        for source in given
    ]
    return [*sources, *_identities(graph, workload)]


def _within(found: list[Use]) -> Iterator[Use]:
    """Uses, those of a whole file system left out that only lead to a directory of it."""
    if any(_mounts_whole(use.workload) for use in found[:1]):
        return iter(found)
    inside = {
        use.store.place[0] for use in found if use.store.place is not None and use.store.place[1] != "/"
    }
    return (use for use in found if use.store.key not in inside)


def _mounts_whole(workload: Workload) -> bool:
    """Whether a task mounts a file system without an access point, beside others that it mounts with one."""
    mounted = [
        dig(item, "efsVolumeConfiguration") for item in sequence(workload.resource.body.get("volumes"))
    ]
    return any(item and not dig(item, "authorizationConfig") for item in mounted)


def _stated_login(given: list[list[Variable]], store: Store) -> str | None:
    """The user that the variables name for a broker of an address still unknown, if they name one only."""
    found = {
        item.value
        for group in given
        for item in group
        if isinstance(item.value, str) and item.name and names_login(item.name) and not of_database(item.name)
        if store.engine is None or of_engine(item.name, store.engine)
    }
    return found.pop() if len(found) == 1 else None


def _identities(graph: Graph, workload: Workload) -> list[str]:
    """Keys of the service account that the pods run as, and of the cloud roles bound to it."""
    name = text(dig(workload.pod, "serviceAccountName")) or text(dig(workload.pod, "serviceAccount"))
    if name is None:
        return []
    account = graph.index.find("ServiceAccount", workload.namespace, name, workload.resource.scope)
    found = [account.key] if account is not None else []
    found += [
        binding.key
        for binding in graph.index.of_type(POD_IDENTITY)
        if (binding.body.get("serviceAccount"), binding.body.get("namespace")) == (name, workload.namespace)
    ]
    return found


def _stated_database(given: list[list[Variable]]) -> Any:
    """The database that goes with every host still unknown, if the variables agree on one; else `UNKNOWN`."""
    found: set[str | None] = set()
    for group in given:
        databases = {
            item.name: item.value
            for item in group
            if isinstance(item.value, str) and names_database(item.name)
        }
        for item in group:
            if item.value is UNKNOWN and may_name_host(item.name) and not joins_both(item.name):
                found.add(closest(item.name, databases))
            elif item.value is UNKNOWN and (names_database(item.name) or joins_both(item.name)):
                found.add(None)
    return next(iter(found)) if len(found) == 1 and None not in found else UNKNOWN


def _follow(
    graph: Graph,
    workload: Workload,
    key: str,
    steps: tuple[str, ...],
    carriers: tuple[str, ...],
    settled: frozenset[str],
    seen: set[str],
    keys: Collection[str | None] = (None,),
    credential: str | None = None,
) -> Iterator[Use]:
    from .graph import Use

    resource = graph.index.by_key.get(key)
    if resource is None or key in seen:
        return
    seen = seen | {key}
    store = graph.stores.get(key)
    common: dict[str, Any] = {"workload": workload, "carriers": carriers}
    if store is not None:
        via = "credential" if credential is not None else "reference"
        yield Use(**common, store=store, logical=UNKNOWN, steps=steps, via=via, credential=credential)
        if store.kind != "secret":
            return
    if resource.group in CREDENTIAL_SOURCES:
        for lock in graph.credentials.by_source.get(key, ()):
            yield Use(
                **common, store=lock.store, logical=lock.logical, via="credential",
                steps=steps or (resource.title,), credential=key,
            )  # fmt: skip
        return
    if resource.group in DATABASES:
        name = text(resource.body.get(DATABASES[resource.group]))
        for server in graph.stores_given_to(resource):
            yield Use(
                **common,
                store=server,
                logical=name or UNKNOWN,
                via="reference",
                steps=(*steps, resource.title),
            )
        return
    if resource.kubernetes and resource.kind == "Service":
        yield from _service(graph, resource, steps, common)
        return
    if not passes_on(resource):
        return
    steps, carriers = (*steps, resource.title), (*carriers, key)
    for lock in graph.credentials.of_resource(resource, keys):
        yield Use(
            workload=workload, store=lock.store, logical=lock.logical, via="credential", steps=steps,
            carriers=carriers, credential=lock.made_by,
        )  # fmt: skip
    if key in settled:
        return
    if resource.group == ACCESS_POINT:
        directory = directory_of(graph, resource)
        if directory is not None:
            yield Use(workload=workload, store=directory, via="reference", steps=steps, carriers=carriers)
            return
    for onward, opens in graph.links.onward(resource):
        yield from _follow(
            graph, workload, onward, steps, carriers, settled, seen, credential=key if opens else credential
        )


def _service(
    graph: Graph, resource: Resource, steps: tuple[str, ...], common: dict[str, Any]
) -> Iterator[Use]:
    from .graph import Use

    served = [
        graph.stores[item.key] for item in graph.index.selected_by(resource) if item.key in graph.stores
    ]
    for store in served or graph.stores_given_to(resource):
        yield Use(**common, store=store, logical=UNKNOWN, via="reference", steps=(*steps, resource.title))
