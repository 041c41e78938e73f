"""The pack as a whole: started by the engine, closed against its own mistakes, with exemptions and levels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto

from policies.isolation.pack import policies
from policies.isolation.server import Servicer
from policies.roadmap.command_line import main
from policies.roadmap.packs import ROADMAP

from ..stack import UNKNOWN, ask, value
from .recorded import PROJECT, said, stack
from .started import started


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    """A client of the pack, run as the engine runs it: a folder, from another folder."""
    with started(PROJECT / "policies" / "roadmap", tmp_path) as found:
        yield found


def test_the_engine_is_told_of_every_rule_and_gets_an_answer(client: Any) -> None:
    info = client.GetAnalyzerInfo(empty_pb2.Empty())
    levels = {item.name: item.enforcementLevel for item in info.policies}
    assert info.name == "roadmap"
    assert levels.pop("roadmap-advice") == proto.ADVISORY
    assert levels == {rule.id: proto.MANDATORY for rule in ROADMAP.rules}
    found = stack(1)
    found.root["nextPhases"]["ai"] = "service"
    response = client.AnalyzeStack(proto.AnalyzeStackRequest(resources=found.messages()))
    assert {item.policyName for item in response.diagnostics} == {
        "registered-move",
        "coverage-before-extraction",
    }
    assert response.diagnostics[0].enforcementLevel == proto.MANDATORY


def test_a_rule_that_breaks_down_counts_as_violated() -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("a value that must not be shown")

    pack = replace(ROADMAP, rules=(replace(ROADMAP.rules[0], check=broken),))
    [answer] = ask(Servicer(policies(pack), pack.name), stack(1).messages(), None)
    assert answer.mandatory
    assert "rule registered-move broke down (ValueError at test_pack.py" in answer.message
    assert "must not be shown" not in answer.message


@pytest.mark.parametrize("year", [2, 3])
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("NetworkPolicy", "spec"), ("ConfigMap", "data"), ("Secret", "stringData"), ("HTTPRoute", "spec"),
        ("CronJob", "spec"), ("Deployment", "spec"), ("Cluster", "spec"), ("RoleBinding", "subjects"),
        ("Service", "spec"), ("Namespace", "metadata"),
    ],
)  # fmt: skip
def test_no_rule_breaks_down_on_unknown_values(kind: str, key: str, year: int) -> None:
    """All specs or contents of one kind unknown: a rule may refuse, and must not stumble."""
    found = stack(year)
    of_kind = [item for item in found.recorded if item.registered.kind == kind and key in item.inputs]
    for item in of_kind:
        item.inputs[key] = UNKNOWN
    assert of_kind or (kind, year) == ("CronJob", 3)
    answers = ask(Servicer(policies(ROADMAP), ROADMAP.name), found.messages(), None)
    assert [answer.message for answer in answers if "broke down" in answer.message] == []


@pytest.mark.parametrize(("expires", "mandatory"), [("2999-01-01", False), ("2020-01-01", True)])
def test_an_exemption_has_an_end(expires: str, mandatory: bool) -> None:
    found = stack(3)
    found.container("Deployment", "ai-api")["env"].append(
        value("OLD", "postgres://u@monolith-postgres-ro.year3-monolith/pmt")
    )
    entry = {
        "rule": "ai-database-path",
        "resource": "ai-api",
        "owner": "Ada",
        "reason": "cut over",
        "expires": expires,
    }
    answers = said("ai-database-path", found, {"exemptions": [entry]})
    assert any(answer.mandatory for answer in answers) is mandatory


@pytest.mark.parametrize(
    ("config", "code"),
    [
        (None, 0),
        ({"ai-route": "mandatory"}, 0),
        ({"ai-route": "advisory"}, 1),
        ({"shared-database": "mandatory"}, 2),
    ],
)
def test_no_level_is_lowered_unseen(config: Any, code: int, tmp_path: Path) -> None:
    arguments = ["verify"]
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
        arguments += ["--policy-config", str(tmp_path / "config.json")]
    assert main(arguments) == code
