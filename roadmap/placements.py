"""Where each domain of a stack stands: the year's presets, overridden by the stack's flags."""

from typing import Literal

from roadmap.catalog_entries import Catalog, DomainEntry
from roadmap.refusal import Refusal, nearest, one_of, paste
from roadmap.stack_config import ExtractConfig, StackConfig
from roadmap.topology import DomainPlacement


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
    placements = tuple(
        _place(config, entry, config.extract.get(entry.domain, ExtractConfig())) for entry in catalog.domains
    )
    _check_prerequisites(config, catalog, placements)
    return placements


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
    missing = [driver for driver in entry.drivers if driver.id not in flags.drivers]
    if phase == entry.last.name and missing:
        driver = missing[0]
        if flags.phase is not None:
            statement = {driver.id: {"by": "<who decided>", "date": "<YYYY-MM-DD>"}}
            raise Refusal(
                f"the roadmap has {domain} leave {driver.words.rstrip('.')}, and nobody has stated it",
                file=config.file,
                key=f"{key}.phase",
                value=phase,
                fix=f"have a named person state the driver:{paste(f'extract.{domain}.drivers', statement)}",
            )
        remark = f"year {config.year} says `{phase}`, but driver `{driver.id}` is not stated"
        phase = entry.phases[-2].name
    if phase != entry.last.name:
        _refuse_traffic(config, entry, flags, phase, key)
        return DomainPlacement(
            domain=domain, phase=phase, drivers=_sorted(flags), parked=flags.parked, remark=remark
        )
    if flags.parked:
        raise Refusal(
            f"parked is what a domain is after it was turned back, and `{domain}` stands at `{phase}`",
            file=config.file,
            key=f"{key}.parked",
            value=True,
            fix=f"remove {key}.parked",
        )
    weight, old_path = _traffic(config, entry, flags, key)
    return DomainPlacement(
        domain=domain, phase=phase, weight=weight, old_path=old_path, drivers=_sorted(flags)
    )


def _sorted(flags: ExtractConfig) -> tuple[str, ...]:
    return tuple(sorted(flags.drivers))


def _guess(name: str, names: list[str]) -> str:
    return next((known for known in names if known.startswith(name[:1])), names[0])


def _refuse_traffic(
    config: StackConfig, entry: DomainEntry, flags: ExtractConfig, phase: str, key: str
) -> None:
    for name, value in (("weight", flags.weight), ("old_path", flags.old_path)):
        if value is not None:
            raise Refusal(
                f"only a service has traffic; `{entry.domain}` stands at `{phase}`, not `{entry.last.name}`",
                file=config.file,
                key=f"{key}.{name}",
                value=value,
                fix=f"remove {key}.{name}",
            )


def _traffic(
    config: StackConfig, entry: DomainEntry, flags: ExtractConfig, key: str
) -> tuple[int | None, Literal["kept", "retired"]]:
    """Weight and state of the old path; a stated weight keeps it unless the stack says otherwise."""
    old_path = flags.old_path or ("retired" if flags.weight is None else "kept")
    if entry.last.traffic == "issuers":
        if flags.weight is not None:
            raise Refusal(
                f"`{entry.domain}` is never weighted: both issuers are trusted until old tokens have expired",
                file=config.file,
                key=f"{key}.weight",
                value=flags.weight,
                fix=f"remove it and say whether the old issuer is still trusted:"
                f"{paste(f'extract.{entry.domain}.old_path', 'kept')}",
            )
        return None, old_path
    weight = 100 if flags.weight is None else flags.weight
    if old_path == "retired" and weight < 100:
        raise Refusal(
            f"the old path is retired only when all requests reach the service; {100 - weight} % do not",
            file=config.file,
            key=f"{key}.old_path",
            value=old_path,
            fix=f"keep it:{paste(f'extract.{entry.domain}', {'weight': weight, 'old_path': 'kept'})}",
        )
    return weight, old_path


def _check_prerequisites(
    config: StackConfig, catalog: Catalog, placements: tuple[DomainPlacement, ...]
) -> None:
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


def capabilities(catalog: Catalog, placements: tuple[DomainPlacement, ...]) -> frozenset[str]:
    """What the monolith and the domains, where they stand, provide to each other."""
    names = set(catalog.monolith.provides)
    for placement in placements:
        names.update(catalog.domain(placement.domain).phase(placement.phase).provides)
    return frozenset(names)
