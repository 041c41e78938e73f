"""Standings between the years, as a stack walks through them: nothing that is legal is refused."""

from __future__ import annotations

from typing import Any

import pytest

from .recorded import everything_said, stack

BACKFILL = {"direction": "forward", "owner": "Ada Example", "reason": "tables move", "expires": "2999-01-01"}
STATED = {"llm_compute_needs_dedicated_scaling": {"by": "Ada Example", "date": "2026-09-14"}}
BESIDE = {"weight": 0, "old_path": "kept"}

STANDINGS: list[tuple[str, int, dict[str, Any]]] = [
    ("AI as a worker", 1, {"ai": {"phase": "worker", "drivers": STATED}}),
    ("AI beside the old path", 2, {"ai": BESIDE}),
    ("AI at half the requests", 2, {"ai": {"weight": 50, "old_path": "kept"}}),
    ("AI parked", 2, {"ai": {"phase": "worker", "parked": True}}),
    ("AI about to be discarded", 2, {"ai": {"phase": "worker", "parked": True, "discard": ["ai-postgres"]}}),
    ("analytics on the replica", 2, {"analytics": {"phase": "replica"}}),
    ("analytics beside the views", 3, {"analytics": BESIDE}),
    ("analytics parked", 3, {"analytics": {"phase": "materialized-views", "parked": True}}),
    ("both issuers trusted", 3, {"auth": {"old_path": "kept"}}),
    ("credentials on the move", 3, {"auth": {"old_path": "kept", "backfill": BACKFILL}}),
    ("auth parked", 3, {"auth": {"phase": "oidc", "parked": True}}),
    (
        "an issuer outside the cluster",
        3,
        {"external": {"identity_issuer": "https://id.example.com", "identity_providers": {}}},
    ),
    ("notifications beside the old path", 3, {"notifications": BESIDE}),
    ("notifications on the move", 3, {"notifications": {**BESIDE, "backfill": BACKFILL}}),
    ("notifications parked", 3, {"notifications": {"phase": "websocket-gateway", "parked": True}}),
]


@pytest.mark.parametrize(("year", "flags"), [pytest.param(y, f, id=name) for name, y, f in STANDINGS])
def test_a_standing_on_the_way_is_clean(year: int, flags: dict[str, Any]) -> None:
    """Of a first deployment there, `registered-move` has its own opinion: it could only be reached by moves."""
    answers = everything_said(stack(year, **flags))
    assert [answer for answer in answers if answer.policy != "registered-move"] == []
