"""Two owners must not read one Secret."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import ADVISORY, MANDATORY, Finding, Rule, finding_of_uses, message_of
from ..graph.carriers import Carrier
from ..graph.graph import Graph
from ..graph.owners import Owner
from ..graph.stores import Store
from ..graph.uses import Reading
from ..resources import dig, text
from ..sharing import counted

ID = "shared-secret"
_REMEDY = (
    "give each owner a Secret of its own; to check tokens, publish the public key instead of sharing one"
)
_PUBLIC = (".pub", ".crt", "ca.pem", "public.pem", "public_key", "jwks.json")


def check(graph: Graph, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Secrets that several owners read, or that belong to another owner than the reader."""
    by_secret: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in graph.readings:
        carrier = reading.carrier
        if carrier.kind == "Secret" and not _is_certificate(reading):
            by_secret[carrier.namespace, carrier.name].append(reading)
    for (namespace, name), readings in by_secret.items():
        if _is_told_of_elsewhere(graph, namespace, name, readings):
            continue
        yield from _finding(graph, name, readings)
    for store in graph.every_store():
        if store.kind == "secret":
            yield from _of_cloud(graph, store)


def _of_cloud(graph: Graph, store: Store) -> Iterator[Finding]:
    """Secrets, secret parameters and keys of a cloud that several owners are given, or have the right to read."""
    owner = store.stated_owner
    opened = graph.links.stores_behind(store.key, graph.stores)
    if opened and (owner is None or any(item.owner is None or item.owner == owner for item in opened)):
        return  # the rules about what it opens speak of it
    uses = counted(graph, graph.uses_of[store.key])
    owners = {*(graph.owner(use.workload) for use in uses), *([owner] if owner is not None else [])}
    foreign = [use for use in uses if owner is None or graph.owner(use.workload) != owner]
    if len(owners) > 1 and foreign:
        level = MANDATORY if sum(item.declared for item in owners) > 1 else ADVISORY
        yield finding_of_uses(
            ID, level, store, None, foreign, graph, _REMEDY, [owner] if owner is not None else []
        )


def _is_told_of_elsewhere(graph: Graph, namespace: str, name: str, readings: list[Reading]) -> bool:
    """Whether a Secret opens a store of the Secret's own owner: then the rules about that store speak of it.

    One password of several servers is worth a word of its own, since nothing else tells of it.
    """
    locks = graph.credentials.of_secret(namespace, name)
    resource = readings[0].carrier.resource
    theirs = graph.owners.of(resource) if resource is not None else None
    if theirs is None or not theirs.declared:
        opened = (
            {lock.store.key for lock in graph.credentials.of_secret(namespace, name, reading.key)}
            for reading in readings
        )
        return bool(locks) and all(len(stores) < 2 for stores in opened)
    return any(lock.store.owner is None or lock.store.owner == theirs for lock in locks)


def _opens_known(graph: Graph, carrier: Carrier) -> bool:
    """Whether a Secret is known to open a store, whatever its content will be."""
    return carrier.resource is not None and bool(graph.credentials.of_resource(carrier.resource))


def _is_certificate(reading: Reading) -> bool:
    resource = reading.carrier.resource
    return resource is not None and text(dig(resource.body, "type")) == "kubernetes.io/tls"


def _is_public(reading: Reading) -> bool:
    return reading.key is not None and reading.key.endswith(_PUBLIC)


def _finding(graph: Graph, name: str, readings: list[Reading]) -> Iterator[Finding]:
    readers: dict[str, tuple[Owner, Reading]] = {}
    for reading in readings:
        workload = reading.workload
        owner = graph.owner(workload)
        if owner.declared or not (workload.one_off or workload.observer or workload.key in graph.stores):
            readers.setdefault(workload.key, (owner, reading))
    resource = readings[0].carrier.resource
    keeper = graph.owners.of(resource) if resource is not None else None
    theirs = keeper if keeper is not None and keeper.declared else None
    owners = {owner.identity: owner for owner, _ in readers.values()}
    if theirs is not None:
        owners.setdefault(theirs.identity, theirs)
    if len(owners) < 2 or not readers:
        return
    unknown = not any(reading.known for reading in readings)
    if theirs is not None and unknown and not _opens_known(graph, readings[0].carrier):
        return  # its content is unknown: `shared-database` refuses it, whatever it opens
    private = [graph.owner(reading.workload) for reading in readings if not _is_public(reading)]
    stated = {owner for owner in (*private, theirs) if owner is not None and owner.declared}
    whose = f" (owner {theirs.name})" if theirs is not None else ""
    sentences = (
        (
            owner.identity,
            f"{reading.workload.resource.name} (owner {owner.name}) → {reading.carrier.title}{whose}",
        )
        for owner, reading in readers.values()
    )
    first = next(reading for owner, reading in readers.values() if owner != keeper)
    yield Finding(
        rule=ID,
        level=MANDATORY if len(stated) > 1 else ADVISORY,
        store_kind="Secret",
        store_name=name,
        store_namespace=first.carrier.namespace,
        logical=None,
        users=tuple(dict.fromkeys(reading.workload.resource.name for _, reading in readers.values())),
        owners=tuple(owner.name for owner in owners.values()),
        paths=tuple(
            (reading.workload.resource.name, reading.carrier.title) for _, reading in readers.values()
        ),
        message=message_of(sentences, _REMEDY),
        resource=first.workload.key,
        origin=first.workload.resource.origin,
    )


RULE = Rule(
    id=ID,
    cause="Two owners read one Secret.",
    explanation="Whoever holds a secret can act as everybody who holds it. It cannot be rotated for one of them alone, "
    "and what leaks from the weakest leaks from all.",
    remedy="Give each owner its own Secret. Share public keys, by a JWKS path for instance, never private ones.",
    level=MANDATORY,
    check=check,
)
