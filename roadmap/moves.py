"""The gate in front of every update: where the stack stood, where it is to go, and whether it may.

A move is judged from the last *completed* update, so the retry of a failed one and its reversal are legal.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from roadmap.buildable import check_buildable
from roadmap.catalog_entries import Catalog
from roadmap.move_checks import (
    changes_between,
    check_driver_dates,
    check_exemptions,
    check_first,
    placements_of,
)
from roadmap.placements import place_domains
from roadmap.readiness_gate import pass_gate
from roadmap.resolution import exemptions_of, resolve
from roadmap.stack_config import StackConfig
from roadmap.standing import read_standing, standing_of
from roadmap.store_safety import check_stores
from roadmap.topology import DomainPlacement, Frozen, Topology


class Move(Frozen):
    """A move that was judged legal; the program registers it and exports it with the stack."""

    previous: dict[str, str] | None
    """Phase of each domain after the last completed update; None at the first deployment."""
    next: dict[str, str]
    """Phase of each domain after this one."""
    changes: tuple[str, ...]
    """What changes, in words; empty where no domain moves."""
    verdicts: dict[str, str]
    """Readiness verdict of each domain that enters its last phase with this move."""
    evidence_digest: str | None
    """Digest of the evidence the move was judged by; None when it needed none."""
    exemptions: tuple[str, ...]
    """Open database-to-database links, in words; to be printed at every run."""
    was: tuple[DomainPlacement, ...] = ()
    """Former placement of each domain that stands elsewhere now; empty at the first deployment."""
    judged_on: datetime.date
    """The day it was judged on."""
    evidence: dict[str, str] = Field(default_factory=dict)
    """Evidence of each domain in `verdicts`, as a line of JSON."""


def decide(
    previous: Mapping[str, Any] | None,
    config: StackConfig,
    catalog: Catalog,
    *,
    today: datetime.date | None = None,
) -> tuple[Topology, Move]:
    """The gate as a program uses it: the next topology and the move to it, or one Refusal.

    What matters most is said first: an illegal move before missing evidence, that before a missing image, and that
    before what no component can build yet. Arguments are those of `judge_move`.
    """
    move = _judge(previous, place_domains(config, catalog), config, catalog, today)
    topology = resolve(config, catalog)
    _check_stores(previous, topology, config, catalog)
    check_buildable(topology, config)
    return topology, move


def judge_move(
    previous: Mapping[str, Any] | None,
    topology: Topology,
    config: StackConfig,
    catalog: Catalog,
    *,
    today: datetime.date | None = None,
) -> Move:
    """Judge the way from a stack's last exported topology to the next one.

    `previous` is the exported value, None before the first completed update. `today` is for tests; embedded stacks
    pin it with `as_of`. Raises Refusal with the reason and the next legal step, or the ordered list of them.
    """
    move = _judge(previous, topology.domains, config, catalog, today)
    _check_stores(previous, topology, config, catalog)
    return move


def _check_stores(
    previous: Mapping[str, Any] | None, topology: Topology, config: StackConfig, catalog: Catalog
) -> None:
    if previous is not None:
        check_stores(config, catalog, read_standing(previous, config.file), standing_of(topology))


def _judge(
    previous: Mapping[str, Any] | None,
    after: tuple[DomainPlacement, ...],
    config: StackConfig,
    catalog: Catalog,
    today: datetime.date | None,
) -> Move:
    day = config.as_of or today or datetime.date.today()
    exemptions = exemptions_of(config, catalog)
    check_exemptions(config, exemptions, day)
    check_driver_dates(config, day)
    if previous is None:
        check_first(config, after)
        entering = [
            entry for entry, p in zip(catalog.domains, after, strict=True) if p.phase == entry.last.name
        ]
        changes: tuple[str, ...] = ("the first deployment of this stack",)
        phases = None
        was: tuple[DomainPlacement, ...] = ()
    else:
        before = read_standing(previous, config.file)
        found = changes_between(config, catalog, before, after)
        entering = [catalog.domain(change.domain) for change in found if change.enters_service]
        changes = tuple(change.words for change in found)
        phases = {placement.domain: placement.phase for placement in before.domains}
        former = placements_of(before, catalog)
        was = tuple(a for a, b in zip(former, after, strict=True) if a != b)
    judged = [pass_gate(config, entry, day) for entry in entering]
    digests = [readiness.digest for readiness in judged if readiness.digest]
    return Move(
        previous=phases,
        next={placement.domain: placement.phase for placement in after},
        changes=changes,
        verdicts={readiness.domain: readiness.verdict.value for readiness in judged},
        evidence_digest="+".join(digests) if digests else None,
        exemptions=tuple(
            f"{e.domain}: {e.direction} backfill until {e.expires}, {e.owner}: {e.reason}" for e in exemptions
        ),
        was=was,
        judged_on=day,
        evidence={r.domain: r.evidence.model_dump_json() for r in judged if r.evidence is not None},
    )
