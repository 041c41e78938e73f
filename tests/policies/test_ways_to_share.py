"""Every way to share a store is refused at preview, with both services named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .look_alikes import LOOK_ALIKES
from .stack import refusals
from .ways import WAYS

SHARING = {"shared-database", "shared-cache", "shared-filesystem"}


@pytest.mark.parametrize("order", ["as declared", "the other way round"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_sharing_is_refused(way: Callable[[], list[Any]], order: str) -> None:
    stack = way() if order == "as declared" else way()[::-1]
    found = [answer for answer in refusals(*stack) if answer.policy in SHARING]
    assert found, "not refused"
    both = ("pg", "billing") if way.__name__ == "volume_of_the_database" else ("orders", "billing")
    assert any(all(f"(owner {name})" in answer.message for name in both) for answer in found), found


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_message_is_the_same_in_whatever_order_resources_were_registered(
    way: Callable[[], list[Any]],
) -> None:
    """A program registers in parallel, so that the order changes from run to run."""
    assert refusals(*way()) == refusals(*way()[::-1])


def test_there_are_at_least_forty_ways() -> None:
    assert len({way.__name__ for way in WAYS}) >= 40


@pytest.mark.parametrize("order", ["as declared", "the other way round"])
@pytest.mark.parametrize("look_alike", LOOK_ALIKES, ids=lambda look_alike: look_alike.__name__)
def test_what_only_looks_like_sharing_is_left_in_peace(
    look_alike: Callable[[], list[Any]], order: str
) -> None:
    assert refusals(*(look_alike() if order == "as declared" else look_alike()[::-1])) == []


def test_there_are_at_least_twenty_five_look_alikes() -> None:
    assert len({look_alike.__name__ for look_alike in LOOK_ALIKES}) >= 25
