"""Two owners must not use one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import accounts
from ..findings import ADVISORY, MANDATORY, Finding, Rule
from ..graph.graph import Graph
from ..graph.uses import Reading
from ..resources import text
from ..sharing import GRADES, REMEDY, findings_of_sharing, shared

ID = "shared-database"


def check(graph: Graph, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Databases that several owners use, and Secrets that may open one and cannot be told apart from it."""
    grade = text(config.get("grade")) or "database"
    for store in graph.every_store():
        if store.kind == "database":
            yield from findings_of_sharing(ID, graph, store, shared(graph, store, grade), REMEDY)
        elif store.kind == "search":
            # Unless it is named, the index is chosen in code, and without stated owners nothing shows that it is one;
            # where a server may have one owner only, that does not matter.
            whole = grade in {"instance", accounts.GRADE}
            for item in shared(graph, store, grade):
                strict = whole or item.logical is not None or graph.owners.any_declared
                yield from findings_of_sharing(ID, graph, store, [item], REMEDY, strict=strict)
    if grade == accounts.GRADE:
        yield from accounts.findings_of_accounts(ID, graph, "database")
    yield from _unattributed(graph)


def _unattributed(graph: Graph) -> Iterator[Finding]:
    """Foreign Secrets whose content is unknown, and Secrets that nothing declares."""
    for reading in graph.readings:
        carrier = reading.carrier
        if carrier.kind != "Secret" or reading.known:
            continue
        if graph.credentials.of_secret(carrier.namespace, carrier.name, reading.key) or (
            carrier.resource is not None and graph.credentials.of_resource(carrier.resource)
        ):
            continue  # a known store, which the uses already speak of
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
        "what it opens is not known yet, so it counts as a store of its owner: " + REMEDY,
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
            "it lies in a namespace of another owner, and nothing here declares it; " + REMEDY,
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
