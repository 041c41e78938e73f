"""The roadmap's own topologies are clean, at every year, under every rule, by either servicer."""

from __future__ import annotations

import time

import pytest
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from policies.isolation.pack import policies
from policies.roadmap.packs import ROADMAP

from ..stack import ask
from .recorded import everything_said, stack


@pytest.mark.parametrize("year", [1, 2, 3])
def test_a_year_is_clean(year: int) -> None:
    assert everything_said(stack(year)) == []


def test_the_sdks_own_servicer_answers_the_same() -> None:
    found = stack(1)
    found.root["nextPhases"]["ai"] = "worker"
    found.spec("Cluster", "monolith-postgres")["postgresql"] = {"parameters": {"work_mem": "1GB"}}
    texts = (None,) * 7
    sdk = _PolicyAnalyzerServicer("roadmap", "0.0.1", policies(ROADMAP), EnforcementLevel.MANDATORY, *texts)
    own = everything_said(found)
    assert own
    assert ask(sdk, found.messages(), None) == own


def test_it_is_decoded_once_and_judged_fast() -> None:
    found = stack(3)
    everything_said(found)
    start = time.process_time()
    everything_said(found)
    assert time.process_time() - start < 2.0
