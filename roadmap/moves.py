"""The gate in front of every update: where the stack stood, where it is to go, and whether it may.

A move is judged from the last *completed* update, so the retry of a failed one and its reversal are legal.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from roadmap.buildable import check_buildable
from roadmap.catalog_entries import Catalog, DomainEntry
from roadmap.evidence import evidence_path, load_evidence
from roadmap.placements import capabilities, place_domains, unstated_drivers
from roadmap.principles import load_principles
from roadmap.readiness import Readiness, judge_readiness
from roadmap.refusal import Refusal, paste
from roadmap.resolve import exemptions_of, resolve
from roadmap.stack_config import ExtractConfig, StackConfig
from roadmap.standing import Standing, read_standing, standing_of
from roadmap.steps import flags_of, steps_between
from roadmap.store_safety import check_stores
from roadmap.topology import DomainPlacement, Exemption, Frozen, Topology
from roadmap.transition import Change, Objection, judge_change


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
    _judge(previous, place_domains(config, catalog), config, catalog, today)
    topology = resolve(config, catalog)
    move = judge_move(previous, topology, config, catalog, today=today)
    check_buildable(topology, config, catalog)
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
    if previous is not None:
        check_stores(config, catalog, read_standing(previous, config.file), standing_of(topology))
    return move


def _judge(
    previous: Mapping[str, Any] | None,
    after: tuple[DomainPlacement, ...],
    config: StackConfig,
    catalog: Catalog,
    today: datetime.date | None,
) -> Move:
    day = config.as_of or today or datetime.date.today()
    exemptions = exemptions_of(config, catalog)
    _check_exemptions(config, exemptions, day)
    _check_drivers_dates(config, day)
    if previous is None:
        _check_first(config, after)
        entering = [
            entry for entry, p in zip(catalog.domains, after, strict=True) if p.phase == entry.last.name
        ]
        changes: tuple[str, ...] = ("the first deployment of this stack",)
        phases = None
    else:
        before = read_standing(previous, config.file)
        found = _changes(config, catalog, before, after)
        entering = [catalog.domain(change.domain) for change in found if change.enters_service]
        changes = tuple(change.words for change in found)
        phases = {placement.domain: placement.phase for placement in before.domains}
    judged = [_gate(config, entry, day) for entry in entering]
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
    )


def _placement(standing: Standing, entry: DomainEntry) -> DomainPlacement:
    """Where a domain stands; one that the catalog has learnt of since stood in the monolith."""
    return standing.placement(entry.domain) or DomainPlacement(domain=entry.domain, phase=entry.first.name)


def _placements(standing: Standing, catalog: Catalog) -> tuple[DomainPlacement, ...]:
    return tuple(
        DomainPlacement.model_validate(_placement(standing, entry).model_dump()) for entry in catalog.domains
    )


def _check_exemptions(config: StackConfig, exemptions: tuple[Exemption, ...], day: datetime.date) -> None:
    for exemption in exemptions:
        if exemption.expires < day:
            raise Refusal(
                f"the exemption of {exemption.owner} for a {exemption.direction} backfill has expired by {day}",
                file=config.file,
                key=f"service-extraction:extract.{exemption.domain}.backfill.expires",
                value=exemption.expires,
                fix="close the link by removing `backfill`, or have its owner answer for a later day",
            )


def _check_drivers_dates(config: StackConfig, day: datetime.date) -> None:
    for domain, flags in config.extract.items():
        for name, statement in flags.drivers.items():
            if statement.date > day:
                raise Refusal(
                    f"lies after {day}, the day on which it is judged",
                    file=config.file,
                    key=f"service-extraction:extract.{domain}.drivers.{name}.date",
                    value=statement.date,
                    fix="write the day on which it was stated",
                )


def _check_first(config: StackConfig, after: tuple[DomainPlacement, ...]) -> None:
    """A first deployment may start at any valid topology in which nothing is under way."""
    for placement in after:
        found: tuple[str, object, str] | None = None
        if placement.weight not in (None, 100):
            found = "weight", placement.weight, "a new stack has no old path to share requests with"
        elif placement.parked:
            found = "parked", True, "a new stack has nothing to park"
        elif placement.backfill:
            found = "backfill", placement.backfill, "a new stack has no data to move"
        if found:
            flag, value, reason = found
            raise Refusal(
                reason,
                file=config.file,
                key=f"service-extraction:extract.{placement.domain}.{flag}",
                value=value,
                fix="remove it; a first deployment starts with all requests at the service",
            )


def _changes(
    config: StackConfig, catalog: Catalog, before: Standing, will: tuple[DomainPlacement, ...]
) -> list[Change]:
    """The one change this move makes, or none; raises Refusal for more, and for one that is not legal."""
    was = _placements(before, catalog)
    provided = capabilities(catalog, was)
    judged = [
        judgement
        for entry, a, b in zip(catalog.domains, was, will, strict=True)
        if (judgement := judge_change(entry, a, b, provided)) is not None
    ]
    if before.year != config.year and judged:
        raise Refusal(
            f"the stack stands at year {before.year}, and a changed year would move "
            f"{', '.join(item.domain for item in judged)} at once",
            file=config.file,
            key="service-extraction:year",
            value=config.year,
            fix=f"keep `year: {before.year}`, take these steps, one an update, and change the year last:"
            + list_of_steps(catalog, was, will),
        )
    if len(judged) > 1:
        raise Refusal(
            f"{', '.join(item.domain for item in judged)} would move in one update, and one domain moves at a time",
            file=config.file,
            key="service-extraction:extract",
            fix="take these steps, one an update:" + list_of_steps(catalog, was, will),
        )
    changes = [item for item in judged if isinstance(item, Change)]
    for item in judged:
        if isinstance(item, Objection):
            target = next(p for p in will if p.domain == item.domain)
            value = getattr(target, item.flag, None) if item.flag != "discard" else target.discarding
            raise Refusal(
                item.reason,
                file=config.file,
                key=f"service-extraction:extract.{item.domain}.{item.flag}",
                value=value,
                fix=_next_step(catalog, was, will, item.domain),
            )
    return changes


def _next_step(
    catalog: Catalog, was: tuple[DomainPlacement, ...], will: tuple[DomainPlacement, ...], domain: str
) -> str:
    entry = catalog.domain(domain)
    steps = [step for step in steps_between(catalog, was, will) if step.change.domain == domain]
    if not steps:
        here = next(placement for placement in was if placement.domain == domain)
        return f"stay where the stack is:{paste(f'extract.{domain}', flags_of(entry, here))}"
    following = [f"\n      {number}. {step.change.words}" for number, step in enumerate(steps[1:], start=2)]
    rest = "\n    and then, one an update:" + "".join(following) if following else ""
    return (
        f"the next legal step is {steps[0].change.words}:"
        f"{paste(f'extract.{domain}', flags_of(entry, steps[0].after))}{rest}"
    )


def list_of_steps(
    catalog: Catalog, was: tuple[DomainPlacement, ...], will: tuple[DomainPlacement, ...]
) -> str:
    """The steps from one topology to another, a numbered line each."""
    steps = steps_between(catalog, was, will)
    return "".join(f"\n      {number}. {step.change.words}" for number, step in enumerate(steps, start=1))


def _gate(config: StackConfig, entry: DomainEntry, day: datetime.date) -> Readiness:
    """The readiness of a domain that enters its last phase; raises Refusal with the gaps where it is not ready."""
    table = load_principles().readiness
    path = evidence_path(config.file, config.readiness, entry.domain)
    evidence = load_evidence(path, entry, table, day)
    readiness = judge_readiness(entry, evidence, table, day)
    unstated = unstated_drivers(entry, config.extract.get(entry.domain, ExtractConfig()))
    if readiness.allows_extraction and not unstated:
        return readiness
    source = f"{path} confirms" if evidence else f"there is no {path}, which confirms"
    lines = [f"{source} {len(readiness.met)} of {len(table.criteria)} criteria ({readiness.verdict})"]
    lines += [f"    missing: {gap}" for gap in readiness.gaps]
    lines += [f"    unconfirmed: {item}" for item in readiness.open_preconditions]
    lines += [f"    unstated: {driver.id} ({driver.words})" for driver in unstated]
    fix = (
        table.otherwise.rstrip(".")
        if readiness.verdict == "optimize-monolith"
        else "close the gaps and record the evidence with value, unit, source and date"
    )
    raise Refusal(
        "\n".join(lines),
        file=config.file,
        key=f"service-extraction:extract.{entry.domain}.phase",
        value=entry.last.name,
        fix=f"{fix}; until then:{paste(f'extract.{entry.domain}.phase', entry.phases[-2].name)}",
    )
