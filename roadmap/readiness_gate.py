"""The readiness gate: no domain enters its last phase without evidence, preconditions and a stated driver."""

import datetime

from roadmap.catalog_entries import DomainEntry
from roadmap.evidence import evidence_path, load_evidence
from roadmap.placements import unstated_drivers
from roadmap.principles import load_principles
from roadmap.readiness import Readiness, judge_readiness
from roadmap.refusal import Refusal, paste
from roadmap.stack_config import ExtractConfig, StackConfig


def pass_gate(config: StackConfig, entry: DomainEntry, day: datetime.date) -> Readiness:
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
