"""Uses by reference: outputs of a store, a Secret or a generated password that went into a workload's
properties.

At preview the values are unknown, but the engine knows which resources they come from. That is all this
module needs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..addresses.variables import closest, joins_both, may_name_host, names_database
from ..catalog.cloud import (
    BELONGS_TO,
    CARRIERS,
    CREDENTIAL_SOURCES,
    DATABASES,
    IDENTITIES,
    PARTS,
    POD_IDENTITY,
)
from ..resources import UNKNOWN, Resource, dig, strings, text
from .given import Variable
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use

_CARRIER_KINDS = frozenset({"ServiceAccount", "Secret", "ConfigMap", "SealedSecret", "ExternalSecret"})
_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:\d*:[\w.:/+=@*-]+")
_PASSED_THROUGH = CARRIERS | IDENTITIES | frozenset(BELONGS_TO) | frozenset(PARTS)


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
        for sources in (*resource.inputs_from.values(), read, _identities(graph, workload))
        for source in sources
        for use in _follow(
            graph, workload, source, (), (), settled, {resource.key}, read.get(source, (None,))
        )
    ]
    # Whoever is given a database of a server by reference is given the server's address only to reach it.
    named = {use.store.key for use in found if isinstance(use.logical, str) and use.via == "reference"}
    for use in found:
        if use.logical is not UNKNOWN:
            yield use
        elif use.store.key not in named:
            yield replace(use, logical=logical)


def _identities(graph: Graph, workload: Workload) -> list[str]:
    """Keys of the service account that the pods run as, and of the cloud roles bound to it."""
    name = text(dig(workload.pod, "serviceAccountName"))
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
) -> Iterator[Use]:
    from .graph import Use

    resource = graph.index.by_key.get(key)
    if resource is None or key in seen:
        return
    seen = seen | {key}
    store = graph.stores.get(key)
    if store is not None:
        yield Use(
            workload=workload, store=store, logical=UNKNOWN, steps=steps, via="reference", carriers=carriers
        )
        return
    if resource.group in CREDENTIAL_SOURCES:
        for lock in graph.credentials.by_source.get(key, ()):
            yield Use(
                workload=workload,
                store=lock.store,
                logical=lock.logical,
                via="credential",
                carriers=carriers,
                steps=steps or (resource.title,),
            )
        return
    if resource.group in DATABASES:
        name = text(resource.body.get(DATABASES[resource.group]))
        for sources in resource.inputs_from.values():
            for server in (graph.stores[source] for source in sources if source in graph.stores):
                yield Use(
                    workload=workload,
                    store=server,
                    logical=name or UNKNOWN,
                    via="reference",
                    steps=(*steps, resource.title),
                    carriers=carriers,
                )
        return
    if resource.kubernetes and resource.kind == "Service":
        for served in graph.index.selected_by(resource):
            if served.key in graph.stores:
                yield Use(
                    workload=workload,
                    store=graph.stores[served.key],
                    logical=UNKNOWN,
                    via="reference",
                    steps=(*steps, resource.title),
                    carriers=carriers,
                )
        return
    if not _passes_on(resource):
        return
    steps, carriers = (*steps, resource.title), (*carriers, key)
    for lock in graph.credentials.of_resource(resource, keys):
        yield Use(
            workload=workload,
            store=lock.store,
            logical=lock.logical,
            via="credential",
            steps=steps,
            carriers=carriers,
        )
    if key in settled:
        return
    for handle in arns_in(resource.body) if resource.group in IDENTITIES else ():
        named = graph.names.handle_in_arn(handle)
        if named is not None:
            yield Use(workload=workload, store=named, via="reference", steps=steps, carriers=carriers)
    for sources in (*resource.inputs_from.values(), graph.parts_of(key)):
        for source in sources:
            yield from _follow(graph, workload, source, steps, carriers, settled, seen)


def arns_in(body: Any) -> Iterator[str]:
    """ARNs inside a policy document, which may be one text."""
    for value in strings(body):
        if "arn:" in value:
            yield from _ARN.findall(value)


def _passes_on(resource: Resource) -> bool:
    """Whether a resource hands on what went into it."""
    if resource.kubernetes:
        return resource.kind in _CARRIER_KINDS
    return resource.group in _PASSED_THROUGH
