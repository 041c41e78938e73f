"""Small stacks for one rule at a time: a registered move and a handful of objects, judged without an engine.

A recorded year holds several hundred objects, and judging it costs a tenth of a second and more. Mutation testing asks
each rule thousands of times; and a table reads best that shows everything a rule goes by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.isolation.findings import Finding
from policies.isolation.judgement import judge
from policies.isolation.server import resource_of
from policies.roadmap.rules import RULES
from policies.roadmap.stack import ROOT, Stack, catalog
from roadmap.topology import DomainPlacement

from ..stack import resource

Objects = Sequence[Any]
DAY = "2026-11-01"


def move(*, more: Mapping[str, Any] | None = None, **placements: Mapping[str, Any]) -> Any:
    """The root component: `ai={"phase": "service"}` places a domain, every other is in its first phase.

    `more` replaces inputs of the root by name.
    """
    placed = [
        DomainPlacement.model_validate(
            {"domain": entry.domain, "phase": entry.phases[0].name, **placements.get(entry.domain, {})}
        )
        for entry in catalog().domains
    ]
    inputs = {
        "stack": "small",
        "environment": "embedded",
        "asOf": DAY,
        "judgedOn": DAY,
        "evidence": {},
        "nextPhases": {item.domain: item.phase for item in placed},
        "nextPlacements": [item.model_dump(mode="json", exclude_none=True) for item in placed],
    }
    return resource(ROOT, "roadmap", inputs | dict(more or {}))


def measured(
    value: float, unit: str = "%", criterion: str = "test_coverage", domain: str = "ai"
) -> dict[str, Any]:
    """Evidence of a domain with one measurement, as a move registers it."""
    found = {"value": value, "unit": unit, "source": "a report", "date": DAY}
    return {domain: {"domain": domain, "criteria": {criterion: found}}}


def route(name: str, path: Any, *backends: Any) -> Any:
    """An HTTPRoute that leads a path to Services, `{"name": "ai-api", "namespace": "ai"}`."""
    rule = {"matches": [{"path": {"type": "PathPrefix", "value": path}}], "backendRefs": list(backends)}
    body = {"metadata": {"name": name, "namespace": "edge"}, "spec": {"rules": [rule]}}
    return resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", name, {"kind": "HTTPRoute", **body})


def read(objects: Objects) -> Stack:
    """The stack as the rules see it."""
    return Stack([resource_of(item) for item in objects])


def judged(rule: str, objects: Objects, **config: Any) -> list[Finding]:
    """What one rule finds; a rule that breaks down fails the test."""
    chosen = [item for item in RULES if item.id == rule]
    assert chosen, rule
    found = judge(read(objects), {rule: config}, rules=chosen)
    assert not [item.message for item in found if "broke down" in item.message]
    assert {item.rule for item in found} <= {rule}
    return found


def told(rule: str, objects: Objects, **config: Any) -> list[str]:
    """The same in one line a finding: `kind name (owners): message`, `advisory` before it where it is."""
    return [brief(item) for item in judged(rule, objects, **config)]


def brief(finding: Finding) -> str:
    level = "" if finding.level == "mandatory" else f"{finding.level} "
    owners = f" ({', '.join(finding.owners)})" if finding.owners else ""
    return f"{level}{finding.store_kind} {finding.store_name}{owners}: {finding.message}".strip()


def bill(path: Path, *components: Any, **changes: Any) -> Path:
    """A CycloneDX document of the AI service's image, written to a file; `changes` replaces its fields."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "container", "name": "registry.example.com/pmt/ai"}},
        "components": components,
    }
    path.write_text(json.dumps(document | changes))
    return path
