"""The flags of a domain that is, or was, a service: weight, old path, data moves, parked stores."""

from typing import Literal

from roadmap.catalog_entries import DomainEntry
from roadmap.refusal import Refusal, block, one_of, paste
from roadmap.stack_config import ExtractConfig, StackConfig
from roadmap.topology import DomainPlacement
from roadmap.transition import backfill_contradiction


def _key(entry: DomainEntry, flag: str) -> str:
    return f"service-extraction:extract.{entry.domain}.{flag}"


def refuse_service_flags(config: StackConfig, entry: DomainEntry, flags: ExtractConfig, phase: str) -> None:
    """Raise Refusal for a flag of the last phase on a domain that has not reached it."""
    for flag in ("weight", "old_path", "backfill", "backfilled"):
        if (value := getattr(flags, flag)) is not None:
            shown = value.direction if flag == "backfill" else value
            raise Refusal(
                f"only a service has it; `{entry.domain}` stands at `{phase}`, not `{entry.last.name}`",
                file=config.file,
                key=_key(entry, flag),
                value=shown,
                fix=f"remove {_key(entry, flag)}",
            )


def discarding(config: StackConfig, entry: DomainEntry, flags: ExtractConfig) -> bool:
    """Whether the parked stores may go in the next update; raises Refusal where they are not all named."""
    if not flags.discard:
        return False
    stores = sorted(store.name for store in entry.last.service.stores) if entry.last.service else []
    if not flags.parked:
        raise Refusal(
            f"only parked stores can be discarded, and `{entry.domain}` is not parked",
            file=config.file,
            key=_key(entry, "discard"),
            value=list(flags.discard),
            fix=f"remove {_key(entry, 'discard')}",
        )
    if sorted(flags.discard) != stores:
        raise Refusal(
            f"naming every store of `{entry.domain}` is the confirmation, and these are {one_of(stores)}",
            file=config.file,
            key=_key(entry, "discard"),
            value=list(flags.discard),
            fix=f"if its data may be lost:{paste(f'extract.{entry.domain}.discard', stores)}",
        )
    return True


def service_placement(config: StackConfig, entry: DomainEntry, flags: ExtractConfig) -> DomainPlacement:
    """Where a domain in its last phase stands; raises Refusal for flags that contradict each other."""
    for flag, value in (("parked", flags.parked), ("discard", list(flags.discard))):
        if value:
            raise Refusal(
                f"only a domain that was turned back has it; `{entry.domain}` stands at `{entry.last.name}`",
                file=config.file,
                key=_key(entry, flag),
                value=value,
                fix=f"remove {_key(entry, flag)}",
            )
    weight, old_path = _traffic(config, entry, flags)
    return DomainPlacement(
        domain=entry.domain,
        phase=entry.last.name,
        weight=weight,
        old_path=old_path,
        drivers=tuple(sorted(flags.drivers)),
        backfill=flags.backfill.direction if flags.backfill else None,
        backfilled=_backfilled(config, entry, flags, weight, old_path),
    )


def _traffic(
    config: StackConfig, entry: DomainEntry, flags: ExtractConfig
) -> tuple[int | None, Literal["kept", "retired"]]:
    """Weight and state of the old path; a stated weight keeps it unless the stack says otherwise."""
    old_path = flags.old_path or ("retired" if flags.weight is None else "kept")
    if entry.last.traffic == "issuers":
        if flags.weight is not None:
            raise Refusal(
                f"`{entry.domain}` is never weighted: both issuers are trusted until old tokens have expired",
                file=config.file,
                key=_key(entry, "weight"),
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
            key=_key(entry, "old_path"),
            value=old_path,
            fix=f"keep it:{paste(f'extract.{entry.domain}', {'weight': weight, 'old_path': 'kept'})}",
        )
    return weight, old_path


def _backfilled(
    config: StackConfig, entry: DomainEntry, flags: ExtractConfig, weight: int | None, old_path: str
) -> Literal["forward", "reverse"] | None:
    """Where the domain's tables are: in the service as soon as it answers requests."""
    if not entry.tables:
        for flag, value in (("backfill", flags.backfill), ("backfilled", flags.backfilled)):
            if value is not None:
                raise Refusal(
                    f"no table moves with `{entry.domain}`, so there is nothing to backfill",
                    file=config.file,
                    key=_key(entry, flag),
                    fix=f"remove {_key(entry, flag)}",
                )
        return None
    serves = old_path == "retired" or bool(weight)
    if serves and flags.backfilled == "reverse":
        raise Refusal(
            f"`{entry.domain}` answers requests from its own store while its data is said to be in the monolith",
            file=config.file,
            key=_key(entry, "backfilled"),
            value="reverse",
            fix="move the data first, at weight 0, with a backfill:" + block(_example(entry.domain)),
        )
    if flags.backfill and serves:
        raise Refusal(
            "data moves only while the service answers nothing: a move beside writers would lose what they write",
            file=config.file,
            key=_key(entry, "backfill"),
            value=flags.backfill.direction,
            fix=f"bring the weight to 0 first:{paste(f'extract.{entry.domain}.weight', 0)}",
        )
    contradiction = (
        backfill_contradiction(flags.backfill.direction, flags.backfilled) if flags.backfill else None
    )
    if flags.backfill and contradiction:
        raise Refusal(
            contradiction,
            file=config.file,
            key=_key(entry, "backfill"),
            value=flags.backfill.direction,
            fix=f"remove {_key(entry, 'backfill')}",
        )
    return "forward" if serves else flags.backfilled


def _example(domain: str) -> dict[str, object]:
    exemption = {
        "direction": "forward",
        "owner": "<who answers for it>",
        "reason": "<why>",
        "expires": "<YYYY-MM-DD>",
    }
    return {"service-extraction:extract": {domain: {"backfill": exemption}}}
