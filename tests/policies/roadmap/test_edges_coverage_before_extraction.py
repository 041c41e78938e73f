"""Where `coverage-before-extraction` begins and ends: who enters a last phase, and how well it is tested."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import deployment
from .small import Objects, measured, move, told

INSIDE, OUTSIDE = {"phase": "worker"}, {"phase": "service"}


def leaves(evidence: dict[str, Any], **placements: Any) -> Any:
    return move(**(placements or {"ai": OUTSIDE}), more={"evidence": evidence})


def before(phase: str) -> Any:
    return move(ai=OUTSIDE, more={"evidence": measured(10), "previousPhases": {"ai": phase}})


def too_low(what: str, domain: str = "ai") -> str:
    return f"ExtractionRoadmap roadmap: {domain} leaves with {what} test coverage, and >= 80 % come first"


def nobody(domain: str = "ai") -> str:
    return f"ExtractionRoadmap roadmap: {domain} leaves with a test coverage that nobody measured"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([], [], id="no move"),
        pytest.param([deployment("api", owner="ai")], [], id="no move that can be read"),
        pytest.param([leaves(measured(10), ai=INSIDE)], [], id="nobody leaves"),
        pytest.param([leaves(measured(80))], [], id="just enough"),
        pytest.param([leaves(measured(79.9))], [too_low("79.9 %")], id="just too little"),
        pytest.param([leaves(measured(0))], [too_low("0 %")], id="none at all"),
        pytest.param([leaves(measured(95, "lines"))], [too_low("95 lines")], id="another unit"),
        pytest.param([leaves({})], [nobody()], id="no evidence"),
        pytest.param([leaves(measured(95, criterion="event_driven"))], [nobody()], id="evidence of something else"),
        pytest.param([leaves(measured(95, domain="auth"))], [nobody()], id="evidence of another domain"),
        pytest.param([leaves(measured(95), ai=OUTSIDE, auth={"phase": "identity-service"},
                             notifications={"phase": "service"})],
                     [nobody("auth"), nobody("notifications")], id="two of three without"),
        pytest.param([leaves({**measured(5), **measured(6, domain="auth")}, ai=OUTSIDE,
                             auth={"phase": "identity-service"})],
                     [too_low("5 %"), too_low("6 %", "auth")], id="two with too little"),
        pytest.param([before("worker")], [too_low("10 %")], id="it was inside before"),
        pytest.param([before("service")], [], id="it had left before"),
    ],
)  # fmt: skip
def test_coverage(objects: Objects, expected: list[str]) -> None:
    assert told("coverage-before-extraction", objects) == expected
