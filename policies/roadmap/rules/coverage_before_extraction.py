"""No domain is extracted from under 80 % test coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "coverage-before-extraction"
CRITERION = "test_coverage"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """The coverage in the evidence of each domain that enters its last phase with the registered move."""
    if stack.move is None:
        return  # `registered-move` speaks of that
    criterion = next(item for item in stack.readiness.criteria if item.id == CRITERION)
    for domain in stack.entering_domains:
        evidence = stack.move.evidence.get(domain)
        measured = evidence.criteria.get(CRITERION) if evidence is not None else None
        if measured is None:
            yield violation(ID, stack.root, f"{domain} leaves with a test coverage that nobody measured")
        elif measured.unit != criterion.unit or not criterion.met_by(measured.value):
            yield violation(
                ID,
                stack.root,
                f"{domain} leaves with {measured.value:g} {measured.unit} test coverage, and "
                f"{criterion.needs} {criterion.unit} come first",
            )


RULE = RoadmapRule(
    id=ID,
    section="Global Anti-Patterns, Extracting before stabilizing",
    cause="A domain is extracted before its tests cover 80 % of it.",
    explanation="An extraction moves bugs from one place to two. Where tests do not hold the behaviour, nobody notices "
    "until both places have it.",
    remedy="Write the tests first, measure, and record the evidence.",
    level=MANDATORY,
    check=check,
)
