"""Where `registered-move` begins and ends: which stacks have to register a move, and what of it is judged when."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator

import pytest

from policies.roadmap.stack import ROOT

from ..stack import UNKNOWN, deployment, resource
from .small import DAY, Objects, measured, move, told

BLAMED = "ExtractionRoadmap roadmap: "
ONE = f"and exactly one {ROOT} has to"
NONE_TO_JUDGE = "no move is registered that can be judged: "


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([], [], id="an empty stack"),
        pytest.param([deployment("api")], [], id="a stack of somebody else"),
        pytest.param([deployment("api", owner="ai")], [f": {NONE_TO_JUDGE}0 resources register a move, {ONE}"],
                     id="owners and no move"),
        pytest.param([move(), resource(ROOT, "second", {})],
                     [f": {NONE_TO_JUDGE}2 resources register a move, {ONE}"], id="two moves"),
        pytest.param([move(more={"nextPhases": UNKNOWN})],
                     [f"{BLAMED}{NONE_TO_JUDGE}`nextPhases` cannot be read: Input should be a valid dictionary"],
                     id="a move that is not known yet"),
        pytest.param([move()], [], id="a legal one"),
        pytest.param([move(more={"evidenceDigest": "0" * 64})],
                     [f"{BLAMED}the registered move is not legal: the evidence digest is not that of the evidence "
                      "registered with it"], id="one that is not legal"),
        pytest.param([move(ai={"phase": "service"}, auth={"phase": "identity-service"})],
                     [f"{BLAMED}the registered move is not legal: ai enters `service` without evidence",
                      f"{BLAMED}the registered move is not legal: auth enters `identity-service` without evidence"],
                     id="two reasons"),
    ],
)  # fmt: skip
def test_a_move(objects: Objects, expected: list[str]) -> None:
    assert told("registered-move", objects) == expected


@pytest.mark.parametrize(
    ("coverage", "told_of_it"),
    [pytest.param(80, False, id="enough"), pytest.param(79, True, id="too little")],
)
def test_evidence_is_judged_by_the_table_of_readiness(coverage: int, told_of_it: bool) -> None:
    found = told(
        "registered-move", [move(ai={"phase": "service"}, more={"evidence": measured(coverage, domain="ai")})]
    )
    reason = "ai is optimize-monolith: test_coverage 79 % (needs >= 80)"
    assert (f"{BLAMED}the registered move is not legal: {reason}" in found) == told_of_it


@pytest.fixture(params=["WEST12", "UTC0", "EAST-14"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clocks of the whole world: somewhere it is always another day."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(0, [], id="today"),
        pytest.param(1, ["{blamed}the registered move is not legal: it was judged on {day}, a day yet to come"],
                     id="tomorrow"),
    ],
)  # fmt: skip
def test_today_is_the_same_wherever_the_pack_runs(days: int, expected: list[str]) -> None:
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)
    judged = move(more={"environment": "production", "asOf": None, "judgedOn": day.isoformat()})
    assert told("registered-move", [judged]) == [item.format(blamed=BLAMED, day=day) for item in expected]


def test_an_embedded_stack_has_the_day_that_it_pins() -> None:
    assert told("registered-move", [move(more={"asOf": "2026-10-31"})]) == [
        f"{BLAMED}the registered move is not legal: it was judged on {DAY}, a day yet to come"
    ]
