"""Uses that may not be: of a list that several services were handed whole, with a password of several servers, or of
what a Secret opens that nothing in the input shows.

Which store of such a list a service uses, or on which server it uses such a password, is then decided in its code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..addresses.variables import words
from ..catalog import listed as words_in

if TYPE_CHECKING:
    from .graph import Graph, Use

_GENERIC = words_in("service svc server api app web worker db database data")
_SHORTEST = 3  # a shorter word of a name is in too many others


def database_of(use: Use) -> tuple[str, str]:
    """A store's key, and which of its databases it is, as far as one is named."""
    named = use.store.kind == "database" and isinstance(use.logical, str)
    return use.store.key, str(use.logical) if named else ""


def doubtful_uses(graph: Graph) -> set[tuple[str, str, str]]:
    """Workload, store and database of every use that nothing but such a list or such a password speaks for."""
    listed: dict[str, dict[tuple[str, str], set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for use in graph.uses:
        for name in use.lists:
            listed[name][use.workload.key, use.store.kind].add(database_of(use))
    found = {(use.workload.key, *database_of(use)) for use in graph.uses if use.uncertain}
    for name, handed in listed.items():
        owners = {graph.owner(graph.index.workloads[workload]) for workload, _ in handed}
        if len(owners) < 2:
            continue
        called = _told_apart_by({owner.name for owner in owners})
        for (workload, _), every in handed.items():
            keys = {key for key, _ in every}
            # Two owners with two stores each may well have written that down themselves; more of either is a copy.
            copied = name in graph.index.by_key or len(owners) > 2 or len(every) > 2
            if copied and (len(keys) > 1 or _one_for_each(every, called)):
                found |= {(workload, *place) for place in every}
    sure = {
        (use.workload.key, *place)
        for use in graph.uses
        if not use.lists and not use.uncertain
        for place in (database_of(use), (use.store.key, ""))
    }
    unnamed = {
        (use.workload.key, use.store.key)
        for use in graph.uses
        if not use.lists and not use.uncertain and not database_of(use)[1]
    }
    return {place for place in found - sure if place[:2] not in unnamed}


def _one_for_each(every: Iterable[tuple[str, str]], called: set[str]) -> bool:
    """Whether databases of one server are called after the services that are handed their list."""
    named = {database.lower() for _, database in every if database}
    return len(named) > 1 and any(word in database for database in named for word in called)


def _told_apart_by(names: set[str]) -> set[str]:
    """What tells names apart, in the singular: `shop-orders` and `shop-users` differ by `order` and `user`."""
    split = [set(words(name)) for name in names]
    common = set.intersection(*split)
    stems = {word.rstrip("s") for one in split for word in one - common - _GENERIC}
    return {stem for stem in stems if len(stem) >= _SHORTEST}
