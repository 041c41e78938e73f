"""What a move has to hold, one check a function: dates, first deployments, one legal change at a time."""

import datetime

from roadmap.catalog_entries import Catalog, DomainEntry
from roadmap.refusal import Refusal, paste
from roadmap.stack_config import StackConfig
from roadmap.standing import Standing
from roadmap.steps import flags_of, steps_between
from roadmap.topology import DomainPlacement, Exemption
from roadmap.transition import Change, Objection, capabilities, judge_change


def _placement(standing: Standing, entry: DomainEntry) -> DomainPlacement:
    """Where a domain stands; one that the catalog has learnt of since stood in the monolith."""
    return standing.placement(entry.domain) or DomainPlacement(domain=entry.domain, phase=entry.first.name)


def placements_of(standing: Standing, catalog: Catalog) -> tuple[DomainPlacement, ...]:
    """Where every domain of the catalog stood."""
    return tuple(
        DomainPlacement.model_validate(_placement(standing, entry).model_dump()) for entry in catalog.domains
    )


def check_exemptions(config: StackConfig, exemptions: tuple[Exemption, ...], day: datetime.date) -> None:
    """Raise Refusal for an exemption whose last day has passed."""
    for exemption in exemptions:
        if exemption.expires < day:
            raise Refusal(
                f"the exemption of {exemption.owner} for a {exemption.direction} backfill has expired by {day}",
                file=config.file,
                key=f"service-extraction:extract.{exemption.domain}.backfill.expires",
                value=exemption.expires,
                fix="close the link by removing `backfill`, or have its owner answer for a later day",
            )


def check_driver_dates(config: StackConfig, day: datetime.date) -> None:
    """Raise Refusal for a driver that is said to be stated after the day of the move."""
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


def check_first(config: StackConfig, after: tuple[DomainPlacement, ...]) -> None:
    """Raise Refusal where a first deployment would start at a topology in which something is under way."""
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


def changes_between(
    config: StackConfig, catalog: Catalog, before: Standing, will: tuple[DomainPlacement, ...]
) -> list[Change]:
    """The one change this move makes, or none; raises Refusal for more, and for one that is not legal."""
    was = placements_of(before, catalog)
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
