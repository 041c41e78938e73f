"""The move that stays registered while nothing moves."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from roadmap import Move
from roadmap.last_move import move_to_register

FIRST = Move(
    previous=None,
    next={"ai": "interface"},
    changes=("the first deployment of this stack",),
    verdicts={},
    evidence_digest=None,
    exemptions=(),
    judged_on=datetime.date(2026, 11, 1),
)
STILL = FIRST.model_copy(update={"previous": {"ai": "interface"}, "changes": ()})
"""An update without a change; the engine returns the first move without its nulls."""
ONWARD = STILL.model_copy(update={"next": {"ai": "worker"}, "changes": ("ai: interface to worker",)})


@pytest.mark.parametrize(
    ("judged", "last", "registered"),
    [
        pytest.param(FIRST, None, FIRST, id="first deployment"),
        pytest.param(
            STILL,
            FIRST.model_dump(mode="json", exclude_none=True),
            FIRST,
            id="nothing moves: the last move stays",
        ),
        pytest.param(ONWARD, FIRST.model_dump(mode="json"), ONWARD, id="a move replaces the last one"),
        pytest.param(STILL, None, STILL, id="nothing was exported"),
        pytest.param(STILL, ONWARD.model_dump(mode="json"), STILL, id="the last move ended elsewhere"),
        pytest.param(STILL, {"unknown": True}, STILL, id="the last move cannot be read"),
    ],
)
def test_move_to_register(judged: Move, last: Mapping[str, Any] | None, registered: Move) -> None:
    assert move_to_register(judged, last) == registered
