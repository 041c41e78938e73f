"""Where each domain of a stack stands: the year's presets, overridden by the stack's flags."""

from roadmap.catalog_entries import Catalog, DomainEntry, DriverEntry
from roadmap.refusal import Refusal, nearest, one_of, paste
from roadmap.service_flags import discarding, refuse_service_flags, service_placement
from roadmap.stack_config import ExtractConfig, StackConfig
from roadmap.topology import DomainPlacement
from roadmap.transition import capabilities


def place_domains(config: StackConfig, catalog: Catalog) -> tuple[DomainPlacement, ...]:
    """One placement a domain, in catalog order; raises Refusal for a flag that no catalog entry allows."""
    for name in config.extract:
        if name not in catalog.names:
            raise Refusal(
                "the catalog has no such domain",
                file=config.file,
                key=f"service-extraction:extract.{name}",
                fix=nearest(name, catalog.names),
            )
    return tuple(
        _place(config, entry, config.extract.get(entry.domain, ExtractConfig())) for entry in catalog.domains
    )


def _place(config: StackConfig, entry: DomainEntry, flags: ExtractConfig) -> DomainPlacement:
    domain, key = entry.domain, f"service-extraction:extract.{entry.domain}"
    names = [phase.name for phase in entry.phases]
    known = [driver.id for driver in entry.drivers]
    for stated in flags.drivers:
        if stated not in known:
            raise Refusal(
                f"`{domain}` has no such driver",
                file=config.file,
                key=f"{key}.drivers.{stated}",
                fix=nearest(stated, known) if known else f"remove it; {domain} needs no driver",
            )
    if flags.phase is not None and flags.phase not in names:
        raise Refusal(
            f"`{domain}` has no such phase",
            file=config.file,
            key=f"{key}.phase",
            value=flags.phase,
            fix=f"write one of {one_of(names)}:"
            + paste(f"extract.{domain}.phase", _guess(flags.phase, names)),
        )
    phase, remark = flags.phase or entry.years[config.year], None
    missing = unstated_drivers(entry, flags)
    if phase == entry.last.name and missing and flags.phase is None:
        remark = f"year {config.year} says `{phase}`, but driver `{missing[0].id}` is not stated"
        phase = entry.phases[-2].name
    if phase == entry.last.name:
        return service_placement(config, entry, flags)
    refuse_service_flags(config, entry, flags, phase)
    return DomainPlacement(
        domain=domain,
        phase=phase,
        drivers=tuple(sorted(flags.drivers)),
        parked=flags.parked,
        discarding=discarding(config, entry, flags),
        remark=remark,
    )


def _guess(name: str, names: list[str]) -> str:
    return next((known for known in names if known.startswith(name[:1])), names[0])


def unstated_drivers(entry: DomainEntry, flags: ExtractConfig) -> list[DriverEntry]:
    """Drivers of a domain that nobody has stated."""
    return [driver for driver in entry.drivers if driver.id not in flags.drivers]


def check_drivers(config: StackConfig, catalog: Catalog, placements: tuple[DomainPlacement, ...]) -> None:
    """Raise Refusal for a domain in its last phase whose driver nobody has stated."""
    for placement in placements:
        entry, domain = catalog.domain(placement.domain), placement.domain
        missing = unstated_drivers(entry, config.extract.get(domain, ExtractConfig()))
        if placement.phase != entry.last.name or not missing:
            continue
        statement = {missing[0].id: {"by": "<who decided>", "date": "<YYYY-MM-DD>"}}
        raise Refusal(
            f"{domain} leaves {missing[0].words.rstrip('.')}, says the roadmap, and nobody has stated that",
            file=config.file,
            key=f"service-extraction:extract.{domain}.phase",
            value=placement.phase,
            fix=f"have a named person state the driver:{paste(f'extract.{domain}.drivers', statement)}",
        )


def check_prerequisites(
    config: StackConfig, catalog: Catalog, placements: tuple[DomainPlacement, ...]
) -> None:
    """Raise Refusal for a phase that requires what nothing in the stack provides."""
    provided = capabilities(catalog, placements)
    for placement in placements:
        phase = catalog.domain(placement.domain).phase(placement.phase)
        for name in phase.requires:
            if name in provided:
                continue
            domain, other = next(
                (d.domain, p.name) for d in catalog.domains for p in d.phases if name in p.provides
            )
            raise Refusal(
                f"it requires `{name}`, which nothing in this stack provides",
                file=config.file,
                key=f"service-extraction:extract.{placement.domain}.phase",
                value=placement.phase,
                fix=f"bring `{domain}` to `{other}` first:{paste(f'extract.{domain}.phase', other)}",
            )
