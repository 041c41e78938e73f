"""May one domain go from here to there in one update? The rules of the way out, and of the way back.

The order is the same everywhere: the new path comes up beside the old one, data moves, traffic moves, the old
path goes; and back again: the old path comes up, traffic moves, data moves back, the domain is parked.
(ROADMAP.md, Global Anti-Patterns, "Big-bang extraction"; Extraction Principles 4.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadmap.catalog_entries import Catalog, DomainEntry
    from roadmap.topology import DomainPlacement


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A legal single step of one domain."""

    domain: str
    words: str
    enters_service: bool = False
    """True for the step that needs readiness evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a step is not legal."""

    domain: str
    reason: str
    flag: str = "phase"
    """The flag of the stack file that has to change."""


def capabilities(catalog: Catalog, placements: tuple[DomainPlacement, ...]) -> frozenset[str]:
    """What the monolith and the domains, where they stand, provide to each other."""
    names = set(catalog.monolith.provides)
    for placement in placements:
        names.update(catalog.domain(placement.domain).phase(placement.phase).provides)
    return frozenset(names)


def judge_change(
    entry: DomainEntry, before: DomainPlacement, after: DomainPlacement, provided: frozenset[str]
) -> Change | Objection | None:
    """Judge one domain's step; None where nothing about it changes.

    `provided` are the capabilities of the topology before the step: what a phase requires must stand already.
    """
    here, there = entry.index(before.phase), entry.index(after.phase)
    last = len(entry.phases) - 1
    if here == there:
        return (
            _within_service(entry, before, after) if here == last else _outside_service(entry, before, after)
        )
    if there > here + 1:
        skipped = ", ".join(f"`{phase.name}`" for phase in entry.phases[here + 1 : there])
        return _objection(entry, f"from `{before.phase}` to `{after.phase}` it skips {skipped}")
    if there < here - 1:
        return _objection(entry, f"from `{before.phase}` it is turned back one phase at a time")
    if there > here:
        return (
            _enter_service(entry, before, after, provided) if there == last else _move(entry, before, after)
        )
    return _leave_service(entry, before, after) if here == last else _move(entry, before, after)


def prepared(entry: DomainEntry, placement: DomainPlacement) -> bool:
    """Whether queue, broker user, registry and pipeline of the future service stand."""
    prepares = entry.phase(placement.phase).prepares_service
    stated = {driver.id for driver in entry.drivers} <= set(placement.drivers)
    return placement.parked or prepares == "yes" or (prepares == "with-driver" and stated)


def _objection(entry: DomainEntry, reason: str, flag: str = "phase") -> Objection:
    return Objection(domain=entry.domain, reason=reason, flag=flag)


def _change(entry: DomainEntry, words: str, *, enters_service: bool = False) -> Change:
    return Change(domain=entry.domain, words=words, enters_service=enters_service)


def _move(entry: DomainEntry, before: DomainPlacement, after: DomainPlacement) -> Change | Objection:
    """Between two phases before the last: nothing is parked or discarded on the way."""
    if before.parked != after.parked:
        return _parking_objection(entry, before)
    if before.discarding or after.discarding:
        return _objection(entry, "discarding parked stores is an update of its own", "discard")
    return _change(entry, f"{entry.domain}: `{before.phase}` → `{after.phase}`")


def _parking_objection(entry: DomainEntry, before: DomainPlacement) -> Objection:
    if before.parked:
        return _objection(
            entry,
            "its stores are parked, and leaving them out would lose their data; keep `parked: true`",
            "parked",
        )
    return _objection(entry, "it has nothing to park: no service was turned back", "parked")


def _outside_service(
    entry: DomainEntry, before: DomainPlacement, after: DomainPlacement
) -> Change | Objection | None:
    if after.parked and not before.parked:
        return _parking_objection(entry, before)
    if before.parked and not after.parked:
        if not before.discarding:
            return _parking_objection(entry, before)
        return _change(entry, f"{entry.domain}: the parked stores are discarded, their data is lost")
    if before.discarding != after.discarding:
        words = (
            "the parked stores lose their protection"
            if after.discarding
            else "the parked stores are kept after all"
        )
        return _change(entry, f"{entry.domain}: {words}")
    if prepared(entry, before) != prepared(entry, after):
        words = "are prepared" if prepared(entry, after) else "go: its driver was withdrawn"
        return _change(entry, f"{entry.domain}: queue, broker user, registry and pipeline {words}")
    return None


def _enter_service(
    entry: DomainEntry, before: DomainPlacement, after: DomainPlacement, provided: frozenset[str]
) -> Change | Objection:
    missing = [name for name in entry.last.requires if name not in provided]
    if missing:
        return _objection(entry, f"`{after.phase}` requires `{missing[0]}` to stand before the update")
    if not prepared(entry, before):
        return _objection(
            entry,
            "queue, broker user, registry and pipeline stand one phase before the service; state its driver in an "
            "update of its own first",
        )
    if before.discarding:
        return _objection(
            entry, "its parked stores are about to be discarded; take that back first", "discard"
        )
    if entry.last.traffic == "weighted" and after.weight != 0:
        return _objection(
            entry,
            f"the service comes up at weight 0 beside the old path, and weight {after.weight} moves in later updates",
            "weight",
        )
    if after.old_path != "kept":
        return _objection(entry, "the service comes up beside the old path, which is kept", "old_path")
    if after.backfill or after.backfilled:
        return _objection(entry, "data moves once the service stands, in an update of its own", "backfill")
    returns = ", with the store that was parked" if before.parked else ""
    beside = (
        "at weight 0 beside the old path" if entry.last.traffic == "weighted" else "beside the old issuer"
    )
    return _change(
        entry, f"{entry.domain}: `{before.phase}` → `{after.phase}`, {beside}{returns}", enters_service=True
    )


def _leave_service(entry: DomainEntry, before: DomainPlacement, after: DomainPlacement) -> Change | Objection:
    if before.old_path != "kept":
        return _objection(
            entry, "the old path is retired; bring it up again before anything turns back", "old_path"
        )
    if before.weight:
        return _objection(
            entry,
            f"{before.weight} % of its requests still reach the service; weight goes to 0 first",
            "weight",
        )
    if before.backfill:
        return _objection(entry, f"a {before.backfill} backfill is open; close it first", "backfill")
    if entry.tables and before.backfilled == "forward":
        return _objection(
            entry, "its data is in the service's store; a reverse backfill brings it back first", "backfill"
        )
    if not after.parked:
        return _objection(
            entry, "a domain that is turned back is parked: its stores stay with their data", "parked"
        )
    if after.discarding:
        return _objection(entry, "discarding parked stores is an update of its own", "discard")
    return _change(entry, f"{entry.domain}: `{before.phase}` → `{after.phase}`, its stores are parked")


def _within_service(
    entry: DomainEntry, before: DomainPlacement, after: DomainPlacement
) -> Change | Objection | None:
    moved = [
        name for name in ("weight", "old_path", "backfill") if getattr(before, name) != getattr(after, name)
    ]
    if not moved:
        if before.backfilled == after.backfilled:
            return None
        if after.backfilled is None:
            return _objection(
                entry,
                f"its data was moved {before.backfilled}, and the stack file forgets it; write "
                f"`backfilled: {before.backfilled}`",
                "backfilled",
            )
        return _objection(
            entry, "no backfill was open in the update before, so no data can have moved", "backfilled"
        )
    if len(moved) > 1:
        names = " and ".join(f"`{name}`" for name in moved)
        return _objection(entry, f"{names} change in updates of their own", moved[0])
    judge = {"weight": _weigh, "old_path": _retire, "backfill": _backfill}[moved[0]]
    return judge(entry, before, after)


def _weigh(entry: DomainEntry, before: DomainPlacement, after: DomainPlacement) -> Change | Objection:
    if before.old_path != "kept":
        return _objection(
            entry, "the old path is retired; bring it up again before weight goes down", "old_path"
        )
    forgotten = before.backfilled == "forward" and after.backfilled != "forward"
    if forgotten:
        return _objection(
            entry,
            "its data stays in the service's store while the weight goes down; write `backfilled: forward`",
            "backfilled",
        )
    if before.weight == 0 and entry.tables and before.backfilled != "forward":
        return _objection(
            entry, "the service's store is empty until a forward backfill has filled it", "backfill"
        )
    if before.backfill:
        return _objection(entry, f"a {before.backfill} backfill is open; close it first", "backfill")
    return _change(entry, f"{entry.domain}: weight {before.weight} → {after.weight}")


def _retire(entry: DomainEntry, before: DomainPlacement, after: DomainPlacement) -> Change | Objection:
    if after.old_path == "kept":
        if before.backfilled != after.backfilled:
            return _objection(
                entry, "its data is in the service's store; write `backfilled: forward`", "backfilled"
            )
        return _change(entry, f"{entry.domain}: the old path comes up again")
    if entry.last.traffic == "weighted" and before.weight != 100:
        return _objection(
            entry, f"the old path still answers {100 - (before.weight or 0)} % of the requests", "old_path"
        )
    if entry.tables and before.backfilled != "forward":
        return _objection(
            entry, "the service's store is empty until a forward backfill has filled it", "backfill"
        )
    if before.backfill:
        return _objection(entry, f"a {before.backfill} backfill is open; close it first", "backfill")
    return _change(entry, f"{entry.domain}: the old path is retired")


def _backfill(entry: DomainEntry, before: DomainPlacement, after: DomainPlacement) -> Change | Objection:
    if after.backfill is None:
        if after.backfilled not in (before.backfilled, before.backfill):
            return _objection(entry, f"the backfill that was open moved data {before.backfill}", "backfilled")
        done = "ends" if after.backfilled == before.backfill else "is given up"
        return _change(entry, f"{entry.domain}: the {before.backfill} backfill {done}, its exemption closes")
    if before.backfill is not None:
        return _objection(entry, f"a {before.backfill} backfill is open; close it first", "backfill")
    if after.backfilled != before.backfilled:
        return _objection(
            entry, "a backfill has ended when its exemption closes, not when it opens", "backfilled"
        )
    contradiction = backfill_contradiction(after.backfill, before.backfilled)
    if contradiction:
        return _objection(entry, contradiction, "backfill")
    return _change(entry, f"{entry.domain}: an exemption opens the link for a {after.backfill} backfill")


def backfill_contradiction(direction: str, backfilled: str | None) -> str | None:
    """Why data cannot move in a direction from where it is; None where it can."""
    if (direction == "reverse") == (backfilled == "forward"):
        return None
    where = "in the service's store" if backfilled == "forward" else "in the monolith"
    return f"a {direction} backfill has nothing to move: the data is {where} already"
