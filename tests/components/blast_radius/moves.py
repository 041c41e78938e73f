"""The moves that are tried: every change of one phase from every combination, and the finer steps within a service.

Each is a legal move by the very gate that stands in front of an update.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from typing import Any

import roadmap
from roadmap.catalog_entries import DomainEntry
from roadmap.moves import Move, judge_move
from roadmap.topology import Topology
from tests.roadmap.building import configured, with_drivers

CATALOG = roadmap.load_catalog()
FOUR = ("ai", "analytics", "auth", "notifications")
LAST = {name: CATALOG.domain(name).last.name for name in FOUR}
RAMP = (10, 50, 100)

Flags = Mapping[str, Any]
Standing = tuple[tuple[str, str], ...]
"""Phase of each of the four domains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One legal move of one domain."""

    domain: str
    words: str
    """What is done, in the same words for every domain."""
    phases: tuple[str, str]
    """Of the domain, before and after."""
    before: Topology
    after: Topology

    def __str__(self) -> str:
        others = ", ".join(
            f"{p.domain} {p.phase}"
            for p in self.before.domains
            if p.domain in FOUR and p.domain != self.domain
        )
        return f"{self.domain}: {self.words} ({' → '.join(self.phases)}; {others})"


def single_flag_moves() -> Iterator[Tried]:
    """The 594 moves between the 108 combinations; a service is entered beside the old path, and left parked."""
    paths = [[(name, phase.name) for phase in CATALOG.domain(name).phases] for name in FOUR]
    for standing in product(*paths):
        for name in FOUR:
            entry, at = CATALOG.domain(name), dict(standing)
            place = entry.index(at[name])
            for to in (place - 1, place + 1):
                if 0 <= to < len(entry.phases):
                    yield _single(entry, at, entry.phases[to].name)


def _single(entry: DomainEntry, at: Mapping[str, str], phase: str) -> Tried:
    name, here = entry.domain, at[entry.domain]
    start, end, words = {}, {}, "another phase of the monolith's"
    if phase == entry.last.name:
        end, words = beside(entry), "enters its service"
    elif here == entry.last.name:
        start, end, words = beside(entry), {"parked": True}, "is parked"
    return _judged(name, words, (here, phase), _at(at, name, start), _at({**at, name: phase}, name, end))


def beside(entry: DomainEntry) -> dict[str, Any]:
    """The flags of a service that comes up beside the old path."""
    return {"old_path": "kept", **({"weight": 0} if entry.last.traffic == "weighted" else {})}


def finer_moves(name: str) -> Iterator[Tried]:
    """The way of one domain through its service and back, the other three in their last phase."""
    entry = CATALOG.domain(name)
    steps = list(_way(entry))
    for (_, here, flags), (words, there, wanted) in pairwise(steps):
        yield _judged(
            name,
            words,
            (here, there),
            _at(LAST | {name: here}, name, flags),
            _at(LAST | {name: there}, name, wanted),
        )


def _way(entry: DomainEntry) -> Iterator[tuple[str, str, Flags]]:
    """What is done, the phase then, and the flags then."""
    last, former = entry.last.name, entry.phases[-2].name
    open_, moved, returned = beside(entry), {}, {}
    yield "stands before its service", former, {}
    yield "enters its service", last, open_
    if entry.tables:
        moved, returned = {"backfilled": "forward"}, {"backfilled": "reverse"}
        yield "opens the backfill into the service", last, open_ | {"backfill": _exemption("forward")}
        yield "closes the backfill into the service", last, open_ | moved
    for weight in RAMP if entry.last.traffic == "weighted" else ():
        yield f"weight {weight}", last, open_ | moved | {"weight": weight}
    full = {"weight": 100} if entry.last.traffic == "weighted" else {}
    yield "retires the old path", last, {**full, **moved, "old_path": "retired"}
    yield "brings the old path up again", last, open_ | moved | full
    if full:
        yield "weight 0", last, open_ | moved
    if entry.tables:
        yield (
            "opens the backfill out of the service",
            last,
            open_ | moved | {"backfill": _exemption("reverse")},
        )
        yield "closes the backfill out of the service", last, open_ | returned
    yield "is parked", former, {"parked": True}
    yield "returns to its service", last, open_
    yield "is parked", former, {"parked": True}
    if len(entry.phases) > 2:
        yield "turns back further, parked", entry.phases[-3].name, {"parked": True}
        yield "comes forward again, parked", former, {"parked": True}
    stores = [store.name for store in entry.last.service.stores] if entry.last.service else []
    yield "its stores are to be discarded", former, {"parked": True, "discard": stores}
    yield "its stores are discarded", former, {}


def _exemption(direction: str) -> dict[str, str]:
    return {
        "direction": direction,
        "owner": "Ada Example",
        "reason": "tables move with their domain",
        "expires": "2026-12-01",
    }


def _at(phases: Mapping[str, str], name: str, flags: Flags) -> dict[str, Any]:
    return with_drivers(CATALOG, phases, **({name: flags} if flags else {}))


def _judged(
    name: str, words: str, phases: tuple[str, str], start: dict[str, Any], end: dict[str, Any]
) -> Tried:
    before, config = _resolved(repr(start), _Section(start)), configured(extract=end)
    after = _resolved(repr(end), _Section(end))
    judged = judge_move(before.model_dump(mode="json"), after, config, CATALOG)
    assert isinstance(judged, Move)
    assert len(judged.changes) == 1, judged.changes
    return Tried(domain=name, words=words, phases=phases, before=before, after=after)


class _Section(dict[str, Any]):
    """An `extract` section that a cache takes for equal to any other: its text decides."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Section)


@cache
def _resolved(_text: str, section: _Section) -> Topology:
    return roadmap.resolve(configured(extract=dict(section)), CATALOG)
