"""Moves after the first deployment, judged from outside as the program judges them: one domain and phase an update."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from .recorded import Stack, said, stack
from .test_rules import say

DRIVER = ["llm_compute_needs_dedicated_scaling"]


def moved(year: int, **before: dict[str, Any]) -> Stack:
    """A stack that came to a year from other placements of the named domains."""
    found = stack(year)
    found.root["previousPlacements"] = [
        {"domain": p["domain"], **before[p["domain"]]} if p["domain"] in before else copy.deepcopy(p)
        for p in found.root["nextPlacements"]
    ]
    found.root["previousPhases"] = {p["domain"]: p["phase"] for p in found.root["previousPlacements"]}
    return found


def only(found: Stack, *entering: str) -> Stack:
    """With the evidence of those domains that enter their last phase, and its digest."""
    digests = dict(zip(found.root["evidence"], (found.root["evidenceDigest"] or "").split("+"), strict=True))
    found.root["evidence"] = {name: found.root["evidence"][name] for name in entering}
    found.root["evidenceDigest"] = "+".join(digests[name] for name in entering) or None
    return found


def entered(year: int = 3) -> Stack:
    """AI has just become a service, at weight 0 beside the old path."""
    found = moved(year, ai={"phase": "worker", "drivers": DRIVER})
    found.placement("ai").update(weight=0, old_path="kept")
    return only(found, "ai")


def reasons(found: Stack) -> list[str]:
    return [answer.message for answer in said("registered-move", found)]


def test_a_service_that_comes_up_at_weight_0_is_legal() -> None:
    assert reasons(entered()) == []


def test_an_update_that_moves_nothing_is_legal() -> None:
    assert reasons(only(moved(3))) == []


def at_once(found: Stack) -> None:
    found.placement("ai").update(weight=100, old_path="kept")


def without_the_old_path(found: Stack) -> None:
    found.placement("ai").update(weight=0, old_path="retired")


def without_a_driver(found: Stack) -> None:
    found.placement("ai").update(drivers=[])


def with_old_evidence(found: Stack) -> None:
    found.root["judgedOn"] = "2026-01-01"
    found.root["asOf"] = "2027-06-01"
    found.root["judgedOn"] = "2027-05-01"


def skipping(found: Stack) -> None:
    before = next(p for p in found.root["previousPlacements"] if p["domain"] == "ai")
    before.update(phase="interface")
    found.root["previousPhases"]["ai"] = "interface"


def with_another(found: Stack) -> None:
    before = next(p for p in found.root["previousPlacements"] if p["domain"] == "notifications")
    before.update(phase="websocket-gateway", weight=None, old_path=None, backfilled=None)
    found.root["previousPhases"]["notifications"] = "websocket-gateway"


def forgetting_a_domain(found: Stack) -> None:
    found.root["previousPlacements"].pop()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (at_once, "the service comes up at weight 0 beside the old path"),
        (without_the_old_path, "the service comes up beside the old path, which is kept"),
        (without_a_driver, "nobody stated driver llm_compute_needs_dedicated_scaling"),
        (with_old_evidence, "more than 90 days before 2027-05-01"),
        (skipping, "from `interface` to `service` it skips `worker`"),
        (with_another, "ai, notifications move in one update, and one domain moves at a time"),
        (forgetting_a_domain, "the previous phases are not those of the previous placements"),
    ],
    ids=lambda value: value.__name__.replace("_", " ") if callable(value) else "",
)
def test_a_move_that_is_not_legal(change: Any, reason: str) -> None:
    found = entered()
    change(found)
    said_of_it = reasons(found)
    assert any(reason in message for message in said_of_it), said_of_it


@pytest.mark.parametrize(
    ("expires", "refused"), [("2026-11-01", False), ("2026-10-31", True)], ids=["last day", "expired"]
)
def test_an_open_link_has_an_exemption_that_stands(expires: str, refused: bool) -> None:
    found = only(moved(3, notifications={"phase": "service", "weight": 0, "old_path": "kept"}))
    found.placement("notifications").clear()
    found.root["nextPlacements"] = [
        p
        or {
            "domain": "notifications", "phase": "service", "weight": 0, "old_path": "kept", "backfill": "forward",
            "drivers": ["real_time_requirements"],
        }
        for p in found.root["nextPlacements"]
    ]  # fmt: skip
    found.root["exemptions"] = [
        {
            "domain": "notifications",
            "direction": "forward",
            "owner": "Ada",
            "reason": "move",
            "expires": expires,
        }
    ]
    expired = any("expired on 2026-10-31" in message for message in reasons(found))
    assert expired is refused
    assert bool(reasons(found)) is refused


def test_a_domain_cannot_be_said_to_be_elsewhere_than_its_resources() -> None:
    found = stack(3)
    say(found, "notifications", "websocket-gateway")
    answers = [answer.message for answer in said("phase-matches-resources", found)]
    assert any("has Deployment notifications-api of its own" in message for message in answers)
    assert any("workload notifications-gateway of that phase is missing" in message for message in answers)
