"""The ordered list of single legal steps from one standing to another, found with the very rules that judge them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from roadmap.catalog_entries import Catalog, DomainEntry
from roadmap.topology import DomainPlacement
from roadmap.transition import Change, capabilities, judge_change, prepared

RAMP = (10, 50)
"""Weights on the way from 0 to 100; any others are as legal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One update on the way."""

    change: Change
    before: DomainPlacement
    after: DomainPlacement


def flags_of(entry: DomainEntry, placement: DomainPlacement) -> dict[str, object]:
    """The flags that say a placement outright, whatever the year's preset is; names and dates are left to fill in."""
    flags: dict[str, object] = {"phase": placement.phase}
    for name in ("weight", "old_path", "backfilled"):
        if (value := getattr(placement, name)) is not None:
            flags[name] = value
    if placement.parked:
        flags["parked"] = True
    if placement.discarding and entry.last.service:
        flags["discard"] = [store.name for store in entry.last.service.stores]
    if placement.backfill:
        flags["backfill"] = {
            "direction": placement.backfill,
            "owner": "<who answers for it>",
            "reason": "<why>",
            "expires": "<YYYY-MM-DD>",
        }
    if placement.drivers:
        flags["drivers"] = {name: {"by": "<who>", "date": "<YYYY-MM-DD>"} for name in placement.drivers}
    return flags


def steps_between(
    catalog: Catalog, before: tuple[DomainPlacement, ...], after: tuple[DomainPlacement, ...]
) -> tuple[Step, ...]:
    """Single steps from one topology's placements to another's, in an order in which each is legal.

    A domain that has to turn back ends parked, even where the target does not say so: no list of steps discards
    data. Domains go in the catalog's order where no capability demands another.
    """
    current = {placement.domain: placement for placement in before}
    waiting = {
        entry.domain: deque(_domain_path(entry, current[entry.domain], target))
        for entry, target in zip(catalog.domains, after, strict=True)
    }
    steps: list[Step] = []
    while any(waiting.values()):
        for entry in catalog.domains:
            taken = _take(catalog, entry, current, waiting[entry.domain])
            if taken:
                steps += taken
                break
        else:
            stuck = next(domain for domain, path in waiting.items() if path)
            raise LookupError(f"no legal order of steps for {stuck}")
    return tuple(steps)


def _take(
    catalog: Catalog, entry: DomainEntry, current: dict[str, DomainPlacement], path: deque[DomainPlacement]
) -> list[Step]:
    """As many steps of one domain as are legal now, all else standing still."""
    taken: list[Step] = []
    while path:
        before, after = current[entry.domain], path[0]
        provided = capabilities(catalog, tuple(current.values()))
        change = judge_change(entry, before, after, provided)
        if not isinstance(change, Change):
            break
        if not _still_met(catalog, current, entry.domain, after):
            break
        taken.append(Step(change=change, before=before, after=after))
        current[entry.domain] = path.popleft()
    return taken


def _still_met(
    catalog: Catalog, current: dict[str, DomainPlacement], domain: str, after: DomainPlacement
) -> bool:
    """Whether every phase finds what it requires once this step is taken."""
    placements = tuple({**current, domain: after}.values())
    provided = capabilities(catalog, placements)
    return all(
        set(catalog.domain(placement.domain).phase(placement.phase).requires) <= provided
        for placement in placements
    )


def _domain_path(
    entry: DomainEntry, start: DomainPlacement, target: DomainPlacement
) -> list[DomainPlacement]:
    """Shortest legal way of one domain, all capabilities given; the weight then climbs by the ramp."""
    everything = frozenset(name for name in entry.last.requires)
    begin, goal = _essence(start), _essence(target)
    previous: dict[DomainPlacement, DomainPlacement | None] = {begin: None}
    queue = deque([begin])
    while queue:
        here = queue.popleft()
        if _reached(entry, here, goal):
            return _ramped(_chain(previous, here))
        for there in _neighbours(entry, here, goal):
            if there not in previous and isinstance(judge_change(entry, here, there, everything), Change):
                previous[there] = here
                queue.append(there)
    raise LookupError(f"no way for {entry.domain} from {start.phase} to {target.phase}")


def _essence(placement: DomainPlacement) -> DomainPlacement:
    return placement.model_copy(update={"remark": None})


def _reached(entry: DomainEntry, here: DomainPlacement, goal: DomainPlacement) -> bool:
    ignored: dict[str, object] = {"drivers": ()}
    if here.parked and not goal.parked:
        ignored |= {"parked": False, "discarding": False}
    elif prepared(entry, here) != prepared(entry, goal):
        return False
    return here.model_copy(update=ignored) == goal.model_copy(update={"drivers": ()})


def _chain(
    previous: dict[DomainPlacement, DomainPlacement | None], end: DomainPlacement
) -> list[DomainPlacement]:
    chain = [end]
    while (before := previous[chain[-1]]) is not None:
        chain.append(before)
    return chain[::-1]


def _ramped(chain: list[DomainPlacement]) -> list[DomainPlacement]:
    path: list[DomainPlacement] = []
    for before, after in pairwise(chain):
        if before.weight == 0 and after.weight is not None and before.phase == after.phase:
            path += [after.model_copy(update={"weight": w}) for w in RAMP if w < after.weight]
        path.append(after)
    return path


def _neighbours(
    entry: DomainEntry, here: DomainPlacement, goal: DomainPlacement
) -> Iterator[DomainPlacement]:
    """Everything one update could make of a placement on the way to a goal, legal or not."""
    place = entry.index(here.phase)
    bare: dict[str, object] = {"weight": None, "old_path": None, "backfill": None, "backfilled": None}
    drivers = tuple(sorted({*here.drivers, *goal.drivers, *(driver.id for driver in entry.drivers)}))
    stated = here.model_copy(update={"drivers": drivers})
    if place < len(entry.phases) - 1:
        yield stated
        yield here.model_copy(update={"drivers": goal.drivers})
        if place + 1 < len(entry.phases) - 1:
            yield here.model_copy(update={"phase": entry.phases[place + 1].name})
        else:
            weight = 0 if entry.last.traffic == "weighted" else None
            yield stated.model_copy(
                update={"phase": entry.last.name, "weight": weight, "old_path": "kept", "parked": False}
            )
        if place:
            yield here.model_copy(update={"phase": entry.phases[place - 1].name})
        if here.parked and goal.parked and here.discarding != goal.discarding:
            yield here.model_copy(update={"discarding": goal.discarding})
        if here.discarding:
            yield here.model_copy(update={"discarding": False})
        return
    yield here.model_copy(update={**bare, "phase": entry.phases[-2].name, "parked": True})
    if entry.last.traffic == "weighted":
        for weight in sorted({0, 100, goal.weight or 0}):
            serves = weight > 0 and bool(entry.tables)
            yield here.model_copy(
                update={"weight": weight, "backfilled": "forward" if serves else here.backfilled}
            )
    yield here.model_copy(update={"old_path": "retired" if here.old_path == "kept" else "kept"})
    for direction in ("forward", "reverse"):
        yield here.model_copy(update={"backfill": direction})
    if here.backfill:
        yield here.model_copy(update={"backfill": None})
        yield here.model_copy(update={"backfill": None, "backfilled": here.backfill})
