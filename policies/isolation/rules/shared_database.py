"""Two owners must not use one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..catalog.engines import DATA_KINDS
from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_uses
from ..graph.graph import Graph
from ..graph.uses import Reading
from ..resources import text
from ..sharing import GRADES, shared

ID = "shared-database"
_REMEDY = "give each owner a store of its own, or let it read over a declared edge or by events"
_INSTANCE = "different databases on one server, which fails and is upgraded for all of them at once"


def check(graph: Graph, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Databases that several owners use, and Secrets that may open one and cannot be told apart from it."""
    grade = text(config.get("grade")) or "database"
    for store in list(graph.stores.values()):
        if store.kind not in DATA_KINDS:
            continue
        for item in shared(graph, store, grade):
            # The index or collection is chosen in code; without stated owners nothing shows that it is one.
            strict = item.certain and not (
                store.kind == "search" and item.logical is None and not _stated(graph)
            )
            foreign = (
                [
                    use
                    for use in item.uses
                    if item.store_owner is None or graph.owner(use.workload) != item.store_owner
                ]
                if item.store_owner is not None
                else list(item.uses)
            )
            yield finding_of_uses(
                ID,
                MANDATORY if strict else ADVISORY,
                store,
                item.logical,
                foreign or list(item.uses),
                graph,
                _REMEDY if strict else _INSTANCE,
                [item.store_owner] if item.store_owner else [],
            )
    yield from _unattributed(graph)


def _stated(graph: Graph) -> bool:
    return graph.owners.any_declared


def _unattributed(graph: Graph) -> Iterator[Finding]:
    """Foreign Secrets whose content is unknown, and Secrets that nothing declares."""
    seen: set[tuple[str, str, str]] = set()
    for reading in graph.readings:
        carrier = reading.carrier
        where = (reading.workload.key, carrier.namespace, carrier.name)
        if carrier.kind != "Secret" or reading.known or where in seen:
            continue
        if graph.credentials.of_secret(carrier.namespace, carrier.name, reading.key) or (
            carrier.resource is not None and graph.credentials.of_resource(carrier.resource)
        ):
            continue  # a known store, which the uses already speak of
        seen.add(where)
        found = _foreign(graph, reading) if carrier.resource is not None else _undeclared(graph, reading)
        if found is not None:
            yield found


def _foreign(graph: Graph, reading: Reading) -> Finding | None:
    resource = reading.carrier.resource
    assert resource is not None
    theirs, ours = graph.owners.of(resource), graph.owner(reading.workload)
    if theirs == ours or not (theirs.declared and ours.declared):
        return None
    return _finding(
        graph,
        reading,
        MANDATORY,
        theirs.name,
        "what it opens is not known yet, so it counts as a store of its owner: " + _REMEDY,
    )


def _undeclared(graph: Graph, reading: Reading) -> Finding | None:
    carrier, ours = reading.carrier, graph.owner(reading.workload)
    if not ours.declared or carrier.name in graph.made_secrets(carrier.namespace):
        return None
    theirs = graph.owners.of_namespace(carrier.namespace, reading.workload.resource.scope)
    if theirs is not None and theirs != ours:
        return _finding(
            graph,
            reading,
            MANDATORY,
            theirs.name,
            "it lies in a namespace of another owner and nothing here declares it: " + _REMEDY,
        )
    if theirs is not None:
        return None
    return _finding(
        graph,
        reading,
        ADVISORY,
        None,
        "nothing here declares this Secret, so whose store it opens cannot be told: declare it, or "
        "state the owner of its namespace",
    )


def _finding(graph: Graph, reading: Reading, level: str, theirs: str | None, why: str) -> Finding:
    resource, carrier = reading.workload.resource, reading.carrier
    ours = graph.owner(reading.workload).name
    whose = f" (owner {theirs})" if theirs else ""
    return Finding(
        rule=ID,
        level=level,
        store_kind="Secret",
        store_name=carrier.name,
        store_namespace=carrier.namespace,
        logical=None,
        users=(resource.name,),
        owners=(ours, theirs) if theirs else (ours,),
        paths=((resource.name, carrier.title),),
        message=f"{resource.name} (owner {ours}) → {carrier.title}{whose}: {why}",
        resource=resource.key,
        origin=resource.origin,
    )


RULE = Rule(
    id=ID,
    cause="Two owners use one database.",
    explanation="A database that two services use couples their schemas, releases and failures: neither can change a "
    "table, move or go down alone. Extraction is then only in the diagram.",
    remedy="Give each owner its own database. Move data by events, or read over a declared edge with a timeout and a "
    "circuit breaker.",
    level=MANDATORY,
    check=check,
    config={"grade": {"type": "string", "enum": list(GRADES), "default": "database"}},
)
