"""When uses of one server amount to sharing one store: the decision that several rules have in common.

Two databases on one server are two stores; the same database under two names is one. What is unknown counts
as the same, because a rule that trusts an unknown value would pass the very preview it is there for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .findings import ADVISORY, MANDATORY, Finding, finding_of_uses, noun
from .graph.graph import Graph, Use
from .graph.owners import Owner
from .graph.stores import Store
from .resources import UNKNOWN

REMEDY = "give each owner a store of its own, or let it read over a declared edge or by events"
MEETING = "different {} on one server, which fails and is upgraded for all of them at once"
PERHAPS = "nothing tells their {} on this server apart; name them, or give each owner its own server"
GRADES = ("schema", "database", "instance", "account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One store that more than one owner uses, or a server on which they merely meet."""

    logical: str | None
    uses: tuple[Use, ...]
    store_owner: Owner | None
    certain: bool
    """False where owners only meet on a server, or may or may not use one database."""


def counted(graph: Graph, uses: Iterable[Use]) -> list[Use]:
    """Uses that make a second service. Where owners are inferred, migrations and observers do not."""
    found = []
    for use in uses:
        workload = use.workload
        if graph.owner(workload).declared or not (
            workload.one_off
            or workload.observer
            or workload.maintenance
            or (workload.periodic and use.read_only)  # a backup of files
        ):
            found.append(use)
    return found


def shared(graph: Graph, store: Store, grade: str = "database") -> list[Shared]:
    """Every way in which several owners share `store`."""
    uses = counted(graph, graph.uses_of[store.key])
    owner = store.stated_owner
    everybody = owners_among(graph, uses, owner)
    if len(everybody) < 2:
        return []
    if grade in {"instance", "account"}:
        return [_shared(None, uses, owner, certain=True)]
    buckets: dict[str | None, list[Use]] = defaultdict(list)
    for use in uses:
        buckets[_bucket(graph, use, grade)].append(use)
    found: list[Shared] = []
    unnamed = buckets.pop(None, [])
    for key, members in buckets.items():
        host = _owner_of(graph, key, members, store)
        sure = [use for use in members if not graph.is_doubtful(use)]
        if len(owners_among(graph, members, host)) > 1:
            certain = len(owners_among(graph, sure, host)) > 1
            stated = next((use.logical for use in members if isinstance(use.logical, str)), None)
            found.append(_shared(stated, sure if certain else members, host, certain=certain))
    if unnamed:
        found += _unnamed(graph, unnamed, [use for members in buckets.values() for use in members], owner)
    if len(buckets) > 1 and all(
        item.certain and owners_among(graph, item.uses, item.store_owner) != everybody for item in found
    ):
        # Those who share one database are spoken of above; that all of them meet on one server is worth knowing too.
        found.append(_shared(None, uses, owner))
    elif not found:
        found.append(_shared(None, uses, owner))
    return found


def _bucket(graph: Graph, use: Use, grade: str) -> str | None:
    """What a use is held together with: its database, or its engine's default; None where that is open."""
    if use.logical is UNKNOWN:
        return None
    engine = use.store.engine
    logical = use.logical if isinstance(use.logical, str) else None
    if logical is None and engine is not None and use.unshown is None:
        logical = engine.default_logical
        if engine.name == "postgresql" and not graph.owners.any_declared:
            logical = use.login  # the server's default: a database called as its user
    if logical is not None:
        logical = _folded(use.store, logical)
    return f"{logical}/{use.schema}" if logical and grade == "schema" and use.schema else logical


def _folded(store: Store, logical: str) -> str:
    """A database's name as its server tells names apart."""
    return logical.lower() if store.engine is not None and store.engine.any_case else logical


def findings_of_sharing(
    rule: str, graph: Graph, store: Store, items: Iterable[Shared], remedy: str, *, strict: bool = True
) -> Iterator[Finding]:
    """One finding for each way of sharing: mandatory if it is certain, else advisory."""
    for item in items:
        mandatory = item.certain and strict
        told_apart = all(_bucket(graph, use, "database") is not None for use in item.uses)
        yield finding_of_uses(
            rule,
            MANDATORY if mandatory else ADVISORY,
            store,
            item.logical,
            [use for use in item.uses if graph.owner(use.workload) != item.store_owner],
            graph,
            remedy if mandatory else (MEETING if told_apart else PERHAPS).format(noun(store, plural=True)),
            [item.store_owner] if item.store_owner is not None else [],
        )


def _unnamed(graph: Graph, unnamed: list[Use], named: list[Use], owner: Owner | None) -> list[Shared]:
    """Uses that name no database: the same one as each other's, and possibly as anybody's."""
    strict = [use for use in named if any(_must_be_apart(graph, use, other) for other in unnamed)]
    together = [use for use in (*unnamed, *strict) if not graph.is_doubtful(use)]
    found = [
        _shared(None, uses, owner, certain=True)
        for uses in _told_apart(graph, together, owner)
        if len(owners_among(graph, uses, owner)) > 1
    ]
    return found or [_shared(None, [*unnamed, *named], owner)]


def _told_apart(graph: Graph, uses: list[Use], owner: Owner | None) -> Iterable[list[Use]]:
    """Uses without a database's name by where it comes from: two places are two names, until owners are stated."""
    owners = [graph.owner(use.workload) for use in uses]
    if any(item.declared for item in (*owners, *((owner,) if owner is not None else ()))):
        return [uses]
    places: dict[str | None, list[Use]] = defaultdict(list)
    for use in uses:
        places[use.unshown].append(use)
    return places.values()


def _must_be_apart(graph: Graph, named: Use, unnamed: Use) -> bool:
    """Whether a use without a database is held against one with: if it is unknown, or if both owners are stated."""
    first, second = graph.owner(named.workload), graph.owner(unnamed.workload)
    return first != second and (unnamed.logical is UNKNOWN or (first.declared and second.declared))


def _owner_of(graph: Graph, key: str | None, members: list[Use], store: Store) -> Owner | None:
    """The stated owner of one database: its own, or the server's unless the server keeps it for somebody else.

    It does so if the server states which databases are its owner's, this is none of them, and nobody on the way to it
    is the owner. A server that states nothing keeps all of them for its owner.
    """
    kept = {_folded(store, name): keeper for name, keeper in store.kept_for.items()}
    if key in kept:
        return kept[key]
    owner = store.stated_owner
    own = {_folded(store, name) for name in store.own_logicals}
    if owner is None or key in own or not own:
        return owner
    carriers = [graph.index.by_key[carrier] for use in members for carrier in use.carriers]
    parties = [*(graph.owner(use.workload) for use in members), *(graph.owners.of(item) for item in carriers)]
    return owner if owner in parties else None


def owners_among(graph: Graph, uses: Iterable[Use], owner: Owner | None) -> set[str]:
    """Identities of the owners of some uses, and of the owner of what they use."""
    found = {graph.owner(use.workload).identity for use in uses}
    return found | {owner.identity} if owner is not None else found


def _shared(logical: str | None, uses: list[Use], owner: Owner | None, *, certain: bool = False) -> Shared:
    return Shared(logical=logical, uses=tuple(uses), store_owner=owner, certain=certain)
