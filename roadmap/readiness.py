"""Is a domain ready to leave? Seven criteria, three verdicts, and every precondition of its list.

(ROADMAP.md, Extraction Readiness Criteria and the Preconditions of each domain.)
"""

import datetime
from enum import StrEnum

from roadmap.catalog_entries import DomainEntry
from roadmap.evidence import Evidence
from roadmap.principles import Criterion, ReadinessTable
from roadmap.topology import Frozen


class Verdict(StrEnum):
    """What the count of met criteria says."""

    READY = "ready"
    """All of them: extraction is justified."""
    NOT_JUSTIFIED = "not-justified"
    """Some are missing."""
    OPTIMIZE_MONOLITH = "optimize-monolith"
    """Fewer than 4: do not extract, optimize the monolith instead."""


class Readiness(Frozen):
    """The judgement of one domain's evidence on one day."""

    domain: str
    verdict: Verdict
    met: tuple[str, ...]
    gaps: tuple[str, ...]
    """Criteria that are not met, in words with value, unit and threshold."""
    open_preconditions: tuple[str, ...]
    """Preconditions that nobody has confirmed in time, in the roadmap's words with their id."""
    digest: str | None
    """Of the evidence; None where there is no file."""
    evidence: Evidence | None
    """What was judged; None where there is no file."""

    @property
    def allows_extraction(self) -> bool:
        """Whether the move into the last phase may be made."""
        return self.verdict is Verdict.READY and not self.open_preconditions


def verdict_of(met: int, table: ReadinessTable) -> Verdict:
    """The verdict for a count of met criteria."""
    if met == len(table.criteria):
        return Verdict.READY
    return Verdict.NOT_JUSTIFIED if met >= table.worth_a_look else Verdict.OPTIMIZE_MONOLITH


def judge_readiness(
    entry: DomainEntry, evidence: Evidence | None, table: ReadinessTable, today: datetime.date
) -> Readiness:
    """Judge a domain's evidence on a day; old evidence counts as none."""
    met: list[str] = []
    gaps: list[str] = []
    for criterion in table.criteria:
        gap = _gap(criterion, evidence, table.stale_after_days, today)
        if gap is None:
            met.append(criterion.id)
        else:
            gaps.append(f"{criterion.id} {gap}")
    confirmed = evidence.preconditions if evidence else {}
    unconfirmed = tuple(
        f"{item.id}: {item.words}"
        for item in entry.preconditions
        if item.id not in confirmed or _stale(confirmed[item.id].date, table.stale_after_days, today)
    )
    return Readiness(
        domain=entry.domain,
        verdict=verdict_of(len(met), table),
        met=tuple(met),
        gaps=tuple(gaps),
        open_preconditions=unconfirmed,
        digest=evidence.digest if evidence else None,
        evidence=evidence,
    )


def _gap(criterion: Criterion, evidence: Evidence | None, days: int, today: datetime.date) -> str | None:
    """Why a criterion is not met; None where it is."""
    measurement = evidence.criteria.get(criterion.id) if evidence else None
    if measurement is None:
        return f"not measured (needs {criterion.needs} {criterion.unit})"
    if _stale(measurement.date, days, today):
        return f"measured on {measurement.date}, more than {days} days before {today}"
    if criterion.met_by(measurement.value):
        return None
    value = int(measurement.value) if measurement.value.is_integer() else measurement.value
    return f"{value} {criterion.unit} (needs {criterion.needs})"


def _stale(date: datetime.date, days: int, today: datetime.date) -> bool:
    return (today - date).days > days
