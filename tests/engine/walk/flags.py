"""The stack file of the walk: year 1 with flags that say, after each step, where every domain stands."""

import datetime
from typing import Any

import yaml

from roadmap import Catalog, load_catalog, load_stack_file, resolve
from roadmap.steps import Step, flags_of, steps_between
from roadmap.topology import DomainPlacement, Topology
from tests.engine.conftest import Project

STACK = "walk"
PREFIX = "service-extraction:"
STATED = {"by": "Ada Example", "date": "2026-09-14"}
EXEMPTED = {
    "owner": "Ada Example",
    "reason": "tables move with their domain",
    # The policy pack goes by the calendar, whatever day an embedded stack pins for its evidence.
    "expires": (datetime.date.today() + datetime.timedelta(days=7)).isoformat(),
}


class WalkingStack:
    """One stack file in the copy of the project, rewritten before each update."""

    def __init__(self, project: Project) -> None:
        self.catalog: Catalog = load_catalog()
        self._file = project.root / "stacks" / f"Pulumi.{STACK}.yaml"
        year1 = yaml.safe_load((project.root / "stacks" / "Pulumi.year1.yaml").read_text())
        year3 = yaml.safe_load((project.root / "stacks" / "Pulumi.year3.yaml").read_text())
        self._settings: dict[str, Any] = year1["config"]
        for name in ("as_of", "readiness", "external"):
            self._settings[PREFIX + name] = year3["config"][PREFIX + name]
        self._settings[PREFIX + "images"] = year3["config"][PREFIX + "images"]
        self._settings[PREFIX + "namespace_prefix"] = STACK
        self._settings[PREFIX + "public"]["host"] = f"{STACK}.localhost"
        self._flags: dict[str, dict[str, Any]] = {}
        self._write()
        self.start = self._placements()
        self.years = {year: self._of_year(project, year) for year in ("year1", "year3")}

    def _of_year(self, project: Project, year: str) -> tuple[DomainPlacement, ...]:
        config = load_stack_file(project.root / "stacks" / f"Pulumi.{year}.yaml")
        return resolve(config, self.catalog).domains

    @property
    def topology(self) -> Topology:
        """What the stack file resolves to now."""
        return resolve(load_stack_file(self._file), self.catalog)

    def _placements(self) -> tuple[DomainPlacement, ...]:
        return self.topology.domains

    def steps_to(self, target: tuple[DomainPlacement, ...]) -> tuple[Step, ...]:
        """What `make steps` would list from here."""
        return steps_between(self.catalog, self._placements(), target)

    def take(self, placement: DomainPlacement) -> None:
        """Write one domain's placement into the stack file, as a person would, with names and dates filled in."""
        flags = flags_of(self.catalog.domain(placement.domain), placement)
        if placement.drivers:
            flags["drivers"] = {name: dict(STATED) for name in placement.drivers}
        if placement.backfill:
            flags["backfill"] = {"direction": placement.backfill, **EXEMPTED}
        self._flags[placement.domain] = flags
        self._write()

    def _write(self) -> None:
        self._settings[PREFIX + "extract"] = self._flags
        self._file.write_text(yaml.safe_dump({"config": self._settings}, sort_keys=False))
