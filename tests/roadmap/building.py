"""Builds stack configs for tests: one that is right, and changes to exactly one thing of it."""

import copy
import datetime
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from roadmap import Catalog, StackConfig, Topology, load_catalog, parse_stack_config, resolve
from roadmap.catalog_entries import DomainEntry
from roadmap.principles import Criterion, ReadinessTable, load_principles
from roadmap.steps import flags_of
from roadmap.topology import DomainPlacement

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
CATALOG = ROOT / "roadmap" / "catalog"
TODAY = datetime.date(2026, 11, 1)
"""The day the embedded stacks are judged on."""
FILE = str(STACKS / "Pulumi.test.yaml")
STATEMENT = {"by": "Ada Example", "date": "2026-09-14"}


@cache
def _evidence_root() -> tempfile.TemporaryDirectory[str]:
    root = tempfile.TemporaryDirectory(prefix="evidence-")
    table = load_principles().readiness
    for entry in load_catalog().domains:
        (Path(root.name) / f"{entry.domain}.yaml").write_text(yaml.safe_dump(evidence(entry, table)))
    return root


def ready_folder() -> str:
    """A folder with evidence of every domain that meets every criterion just so."""
    return _evidence_root().name


def evidence(entry: DomainEntry, table: ReadinessTable) -> dict[str, Any]:
    """Evidence of one domain that meets every criterion at its threshold, measured on the day it is judged."""
    return {
        "domain": entry.domain,
        "criteria": {
            c.id: measured(c, c.at_least if c.at_least is not None else c.at_most) for c in table.criteria
        },
        "preconditions": {
            p.id: {"evidence": "seen", "by": "Ada Example", "date": TODAY} for p in entry.preconditions
        },
    }


def measured(criterion: Criterion, value: float | None) -> dict[str, Any]:
    """One measurement, right but for what the test is about."""
    return {"value": value, "unit": criterion.unit, "source": "a report", "date": TODAY}


def values(**changes: Any) -> dict[str, Any]:
    """The settings of an embedded stack, with keys such as `extract` replaced."""
    config = yaml.safe_load((STACKS / "Pulumi.year1.yaml").read_text())["config"]
    settings = {key.removeprefix("service-extraction:"): value for key, value in config.items()}
    settings["images"] |= {
        "edge_proxy": "docker.io/library/haproxy:3.2.3",
        "clickhouse": "docker.io/clickhouse/clickhouse-server:25.3.5",
        "keycloak": "registry.example.com/pmt/keycloak:26.3.1",
        "realm_import": "docker.io/adorsys/keycloak-config-cli:6.4.0-26.1.0",
        **{d: f"registry.example.com/pmt/{d}:1.0.0" for d in ("ai", "analytics", "notifications")},
        **{d: f"registry.example.com/pmt/{d}:1.0.0" for d in ("projects", "tasks", "sprints")},
    }
    settings |= {"as_of": TODAY.isoformat(), "readiness": ready_folder()}
    return copy.deepcopy(settings | changes)


def configured(file: str = FILE, secret_keys: frozenset[str] = frozenset(), **changes: Any) -> StackConfig:
    """A checked config; raises Refusal where a change is refused."""
    settings = {
        f"service-extraction:{key}": value for key, value in values(**changes).items() if value is not None
    }
    return parse_stack_config("test", file, settings, secret_keys)


def with_drivers(catalog: Catalog, phases: Mapping[str, str], **flags: Mapping[str, Any]) -> dict[str, Any]:
    """An `extract` section with every driver stated, phases as given and further flags by domain."""
    section: dict[str, Any] = {}
    for entry in catalog.domains:
        drivers = {driver.id: STATEMENT for driver in entry.drivers}
        section[entry.domain] = {"drivers": drivers} if drivers else {}
        if entry.domain in phases:
            section[entry.domain]["phase"] = phases[entry.domain]
        section[entry.domain] |= flags.get(entry.domain, {})
    return section


def flagged(catalog: Catalog, placements: tuple[DomainPlacement, ...]) -> dict[str, Any]:
    """The `extract` section that says given placements outright."""
    section: dict[str, Any] = {p.domain: flags_of(catalog.domain(p.domain), p) for p in placements}
    for flags in section.values():
        if "drivers" in flags:
            flags["drivers"] = dict.fromkeys(flags["drivers"], STATEMENT)
        if "backfill" in flags:
            flags["backfill"] |= {"owner": "Ada", "reason": "tables move", "expires": "2026-12-01"}
    return section


def topology_of(catalog: Catalog, **changes: Any) -> Topology:
    """The topology of a changed config."""
    return resolve(configured(**changes), catalog)


def billing_entry() -> dict[str, Any]:
    """A fifth domain: no line of code knows it."""
    content: dict[str, Any] = yaml.safe_load(
        (CATALOG / "projects.yaml").read_text().replace("projects", "billing")
    )
    content |= {
        "priority": 5,
        "preconditions": [{"id": "invoices-by-event", "words": "Invoices are created by events"}],
    }
    content["tables"] = ["invoices"]
    content["events"] = {"publishes": ["invoice.paid"], "consumes": ["project.created"]}
    return content
