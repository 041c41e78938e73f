"""What holds for every domain: the roadmap's principles, readiness criteria and global anti-patterns."""

import datetime
from functools import cache
from pathlib import Path

from pydantic import Field

from roadmap.catalog_files import FOLDER
from roadmap.topology import Frozen
from roadmap.validation import validated
from roadmap.yaml_files import read_yaml


class Principle(Frozen):
    """One of the five, and what keeps it here."""

    id: str
    words: str
    kept_by: str


class Criterion(Frozen):
    """One row of the readiness table: what is measured, in which unit, and when it is met."""

    id: str
    name: str
    measurement: str
    threshold: str
    """The roadmap's own words."""
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    at_most_possible: float | None = None
    """The largest value that can be measured at all, such as 100 %."""
    whole: bool = False
    """True for what is counted in whole numbers."""

    def met_by(self, value: float) -> bool:
        """Whether a measured value, in the criterion's unit, meets the threshold."""
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    @property
    def needs(self) -> str:
        """The threshold as it stands in a message, without the unit."""
        return f">= {self.at_least:g}" if self.at_least is not None else f"{self.at_most:g}"


class ReadinessTable(Frozen):
    """The criteria and how their count is judged (ROADMAP.md, Extraction Readiness Criteria)."""

    rule: str
    otherwise: str
    worth_a_look: int
    """Fewer criteria met than this: optimize the monolith instead."""
    stale_after_days: int
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class GlobalAntiPattern(Frozen):
    """One row of the roadmap's last table, and what keeps it from being made here."""

    id: str
    words: str
    consequence: str
    prevention: str
    kept_by: str


class TimelineEntry(Frozen):
    """A line of the timeline that names no domain."""

    year: str
    words: str


class Principles(Frozen):
    """Everything of the roadmap that is not about one domain."""

    version: str
    last_updated: datetime.date
    purpose: str
    principles: tuple[Principle, ...]
    readiness: ReadinessTable
    timeline: tuple[TimelineEntry, ...]
    anti_patterns: tuple[GlobalAntiPattern, ...]


@cache
def load_principles(folder: Path = FOLDER) -> Principles:
    """Read principles.yaml; raises Refusal where it is wrong."""
    path = folder / "principles.yaml"
    return validated(Principles, read_yaml(path, what="catalog file"), file=str(path))
