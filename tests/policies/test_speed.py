"""Judging a stack takes time in proportion to its size. Processor time, since the machine may be busy."""

from __future__ import annotations

import time

from pulumi.runtime import proto

from policies.isolation.pack import policies
from policies.isolation.server import Servicer

from .fleet import fleet


def seconds(resources: int) -> float:
    """Processor time for all rules over so many resources, as the engine hands them over; the best of three."""
    request = proto.AnalyzeStackRequest(resources=fleet(resources))
    times = []
    for _ in range(3):
        start = time.process_time()
        response = Servicer(policies()).AnalyzeStack(request, None)
        times.append(time.process_time() - start)
        assert list(response.diagnostics) == []
    return min(times)


def test_time_grows_with_the_stack_and_no_faster() -> None:
    small, large = seconds(500), seconds(3000)
    assert large < 6 * small * 1.7
    assert large < 3.0  # about a fifth of that on an idle core; ten thousand take under two seconds
