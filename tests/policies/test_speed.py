"""Judging a stack takes work in proportion to its size: counted in calls, since a machine may be busy."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from bench.fleet import as_engine_request, fleet, shared
from policies.isolation.pack import policies
from policies.isolation.server import Servicer


def calls(resources: int, *, sharing: bool) -> int:
    """How many calls, of Python and of C, all rules need for so many resources."""
    request = as_engine_request(fleet(resources, sharing=sharing))
    servicer, count = Servicer(policies()), 0

    def counted(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        response = servicer.AnalyzeStack(request, None)
    finally:
        sys.setprofile(before)
    found = {item.urn for item in response.diagnostics if item.policyName == "shared-database"}
    assert len(found) == (shared(resources) if sharing else 0)
    return count


@pytest.mark.parametrize(
    "sharing", [pytest.param(False, id="nothing shared"), pytest.param(True, id="some shared")]
)
def test_work_grows_with_the_stack_and_no_faster(sharing: bool) -> None:
    calls(500, sharing=sharing)  # what is read once and kept is not counted against the small stack
    assert calls(3000, sharing=sharing) < 6 * calls(500, sharing=sharing) * 1.05
