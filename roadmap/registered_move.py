"""The move as the root component registers it, and the judgement of it by anybody who reads it from outside.

A program can be wrong about its own move, or be changed until it is. So the root registers what the move was judged by:
placements before and after, and the evidence itself. A policy pack judges the same move again from these, with the
rules of this package. (ROADMAP.md, Extraction Readiness Criteria; Global Anti-Patterns, "Big-bang extraction".)
"""

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from roadmap.catalog_entries import Catalog, DomainEntry
from roadmap.evidence import Evidence
from roadmap.principles import ReadinessTable
from roadmap.readiness import judge_readiness
from roadmap.topology import DomainPlacement, Environment, Exemption, Frozen, Topology
from roadmap.transition import Change, Objection, capabilities, judge_change

if TYPE_CHECKING:  # it would bring the stack files, which a policy pack never reads
    from roadmap.moves import Move


class RegisteredMove(Frozen):
    """Inputs of the root component; what they mean to others is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    stack: str
    environment: Environment
    as_of: datetime.date | None = None
    """The day that an embedded stack pins; None: today."""
    previous_phases: dict[str, str] | None = None
    """Phase of each domain after the last completed update; None at the first deployment."""
    next_phases: dict[str, str]
    previous_placements: tuple[DomainPlacement, ...] | None = None
    next_placements: tuple[DomainPlacement, ...]
    judged_on: datetime.date
    """The day on which the move was judged."""
    evidence_digest: str | None = None
    evidence: dict[str, Evidence] = Field(default_factory=dict)
    """Evidence of each domain that enters its last phase with this move."""
    exemptions: tuple[Exemption, ...] = ()

    def inputs(self) -> dict[str, Any]:
        """As the root component registers it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def move_to_inputs(move: "Move", topology: Topology, *, as_of: datetime.date | None) -> RegisteredMove:
    """What the root registers of a move to a topology."""
    former = {placement.domain: placement for placement in move.was}
    previous = None
    if move.previous is not None:
        previous = tuple(former.get(placement.domain, placement) for placement in topology.domains)
    return RegisteredMove(
        stack=topology.stack,
        environment=topology.environment,
        as_of=as_of,
        previous_phases={p.domain: p.phase for p in previous} if previous is not None else None,
        next_phases=dict(move.next),
        previous_placements=previous,
        next_placements=topology.domains,
        judged_on=move.judged_on,
        evidence_digest=move.evidence_digest,
        evidence={domain: Evidence.model_validate_json(text) for domain, text in move.evidence.items()},
        exemptions=topology.exemptions,
    )


def read_registered_move(inputs: Mapping[str, Any]) -> RegisteredMove | str:
    """The move in a root component's inputs, or a sentence on what cannot be read; it holds no value."""
    try:
        return RegisteredMove.model_validate(dict(inputs))
    except ValidationError as error:
        first = error.errors()[0]
        return f"`{'.'.join(str(part) for part in first['loc'])}` cannot be read: {first['msg']}"


def judge_registered_move(
    move: RegisteredMove, catalog: Catalog, table: ReadinessTable, today: datetime.date
) -> list[str]:
    """Every reason why the move is not legal, in words; none for a legal one."""
    contradictions = _contradictions(move, catalog, today)
    if contradictions:
        return contradictions
    reasons = []
    entering = []
    if move.previous_placements is None:
        reasons += _first(move)
        entering = [
            e for e, p in zip(catalog.domains, move.next_placements, strict=True) if p.phase == e.last.name
        ]
    else:
        judged = _changes(catalog, move.previous_placements, move.next_placements)
        changes = [item.domain for item in judged]
        if len(changes) > 1:
            reasons.append(f"{', '.join(changes)} move in one update, and one domain moves at a time")
        reasons += [f"{item.domain}: {item.reason}" for item in judged if isinstance(item, Objection)]
        entering = [
            catalog.domain(item.domain) for item in judged if isinstance(item, Change) and item.enters_service
        ]
    placements = {placement.domain: placement for placement in move.next_placements}
    for entry in entering:
        reasons += _not_ready(move, entry, placements[entry.domain], table)
    expected = "+".join(move.evidence[e.domain].digest for e in entering if e.domain in move.evidence) or None
    if expected != move.evidence_digest:
        reasons.append("the evidence digest is not that of the evidence registered with it")
    return reasons + _exemptions(move, today)


def entering_domains(move: RegisteredMove, catalog: Catalog) -> tuple[str, ...]:
    """Domains that are in their last phase after the move and were not before it."""
    before = move.previous_phases or {}
    return tuple(
        entry.domain
        for entry in catalog.domains
        if move.next_phases.get(entry.domain) == entry.last.name != before.get(entry.domain)
    )


def _contradictions(move: RegisteredMove, catalog: Catalog, today: datetime.date) -> list[str]:
    """What cannot be true of any move, so that nothing else need be asked."""
    found = []
    for name, phases, placements in (
        ("previous", move.previous_phases, move.previous_placements),
        ("next", move.next_phases, move.next_placements),
    ):
        if phases is None and placements is None:
            continue
        if phases != {p.domain: p.phase for p in placements or ()}:
            found.append(f"the {name} phases are not those of the {name} placements")
        if tuple(p.domain for p in placements or ()) != catalog.names:
            found.append(f"the {name} placements are not one for each domain of the catalog, in its order")
            continue
        for entry, placement in zip(catalog.domains, placements or (), strict=True):
            if placement.phase not in {phase.name for phase in entry.phases}:
                found.append(f"{entry.domain} has no phase `{placement.phase}`")
    if move.as_of is not None and move.environment is not Environment.EMBEDDED:
        found.append(
            f"only an embedded stack may pin the day of its evidence, and this one is {move.environment}"
        )
    if move.judged_on > (move.as_of or today):
        found.append(f"it was judged on {move.judged_on}, a day yet to come")
    return found


def _first(move: RegisteredMove) -> list[str]:
    """A first deployment starts with nothing under way (Global Anti-Patterns, Big-bang extraction)."""
    return [
        f"{p.domain}: a new stack has no old path to share requests with, nothing to park and no data to move"
        for p in move.next_placements
        if p.weight not in (None, 100) or p.parked or p.backfill
    ]


def _changes(
    catalog: Catalog, before: tuple[DomainPlacement, ...], after: tuple[DomainPlacement, ...]
) -> list[Change | Objection]:
    provided = capabilities(catalog, before)
    return [
        judged
        for entry, was, will in zip(catalog.domains, before, after, strict=True)
        if (judged := judge_change(entry, was, will, provided)) is not None
    ]


def _not_ready(
    move: RegisteredMove, entry: DomainEntry, placement: DomainPlacement, table: ReadinessTable
) -> list[str]:
    """Why a domain may not enter its last phase (Extraction Readiness Criteria; Preconditions; drivers)."""
    evidence = move.evidence.get(entry.domain)
    if evidence is None:
        return [f"{entry.domain} enters `{entry.last.name}` without evidence"]
    if evidence.domain != entry.domain:
        return [f"the evidence of {entry.domain} is that of {evidence.domain}"]
    readiness = judge_readiness(entry, evidence, table, move.judged_on)
    reasons = [f"{entry.domain} is {readiness.verdict}: {gap}" for gap in readiness.gaps]
    reasons += [f"{entry.domain}: nobody confirmed {item}" for item in readiness.open_preconditions]
    unstated = [driver for driver in entry.drivers if driver.id not in placement.drivers]
    return reasons + [f"{entry.domain}: nobody stated driver {driver.id}" for driver in unstated]


def _exemptions(move: RegisteredMove, today: datetime.date) -> list[str]:
    """Every open data move has an exemption that still stands."""
    found = []
    standing = {exemption.domain: exemption for exemption in move.exemptions}
    for placement in move.next_placements:
        if placement.backfill is None:
            continue
        exemption = standing.get(placement.domain)
        if exemption is None or exemption.direction != placement.backfill:
            found.append(f"{placement.domain}: no exemption opens its {placement.backfill} backfill")
        elif exemption.expires < (move.as_of or today):
            found.append(
                f"{placement.domain}: the exemption of {exemption.owner} expired on {exemption.expires}"
            )
    return found
