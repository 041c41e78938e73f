"""Both packs in one process: every rule of both, one decoding of the stack, and no mixing of what they are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import proto

from policies.isolation.packs import ISOLATION
from policies.roadmap.packs import ROADMAP

from ..stack import value
from .recorded import PROJECT, stack
from .started import started

WAY_OUT = value("OLD", "postgres://u@monolith-postgres-ro.year3-monolith/pmt")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    with started(PROJECT / "policies", tmp_path) as found:
        yield found


def policies_named(client: Any, messages: list[Any]) -> set[str]:
    response = client.AnalyzeStack(proto.AnalyzeStackRequest(resources=messages))
    return {item.policyName for item in response.diagnostics if item.enforcementLevel == proto.MANDATORY}


def test_the_engine_is_told_of_every_rule_of_both(client: Any) -> None:
    info = client.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == "service-extraction"
    names = [item.name for item in info.policies]
    assert sorted(names) == sorted(
        [*(rule.id for pack in (ISOLATION, ROADMAP) for rule in pack.rules), ISOLATION.advice, ROADMAP.advice]
    )


def test_rules_of_both_judge_one_stack(client: Any) -> None:
    found = stack(3)
    found.container("Deployment", "ai-api")["env"].append(WAY_OUT)
    assert {"shared-database", "ai-database-path"} <= policies_named(client, found.messages())


def test_an_exemption_of_one_pack_is_nothing_to_the_other(client: Any) -> None:
    """The roadmap's rules know no rule of the isolation pack, and must not complain of one."""
    request = proto.ConfigureAnalyzerRequest()
    exemption = {
        "rule": "shared-database", "resource": "ai-api", "owner": "ai", "reason": "it moves", "expires": "2999-01-01",
    }  # fmt: skip
    levels = {item.name: item.enforcementLevel for item in client.GetAnalyzerInfo(empty_pb2.Empty()).policies}
    for name in ("shared-database", ISOLATION.advice):
        request.policyConfig[name].enforcementLevel = levels[name]
        json_format.ParseDict({"exemptions": [exemption]}, request.policyConfig[name].properties)
    client.Configure(request)
    assert policies_named(client, stack(3).messages()) == set()


def test_neither_judges_or_changes_a_resource_by_itself(client: Any) -> None:
    request = proto.AnalyzeRequest(type="kubernetes:core/v1:Secret", name="any")
    assert client.Analyze(request) == proto.AnalyzeResponse()
    assert client.Remediate(request) == proto.RemediateResponse()
