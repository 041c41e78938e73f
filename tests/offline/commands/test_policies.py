"""The exemption of an open backfill reaches the isolation pack from the stack file, alone and only while it is open."""

import datetime
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from offline.commands import policies as command
from offline.commands.stack import policies
from policies.isolation.levels import verify
from policies.isolation.packs import ISOLATION
from policies.isolation.rules import RULES

PROJECT = Path(__file__).resolve().parents[3]
BACKFILL = {
    "direction": "forward",
    "owner": "Ada Example",
    "reason": "tables move with their domain",
    "expires": "2026-12-01",
}


GRADES = {"shared-database": {"grade": "instance"}, "shared-cache": {"grade": "instance"}}
BOTH_PACKS = ["--policy-pack", str(policies.BOTH)]


def configured(arguments: list[str]) -> list[Any]:
    """Contents of the configurations in a command line."""
    found = [after for word, after in itertools.pairwise(arguments) if word == "--policy-pack-config"]
    return [json.loads(Path(path).read_text()) for path in found]


@pytest.mark.parametrize("flags", [{}, {"weight": 0, "old_path": "kept", "backfill": None}])
def test_without_an_open_backfill_the_pack_is_told_the_grade_alone(year3: Any, flags: dict[str, Any]) -> None:
    arguments = policies.policy_arguments(year3(**flags))
    assert arguments[:2] == BOTH_PACKS
    assert configured(arguments) == [GRADES]


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_an_open_backfill_is_exempted_by_rule_job_owner_reason_and_day(year3: Any, direction: str) -> None:
    done = {"backfilled": "forward"} if direction == "reverse" else {}
    found = year3(weight=0, old_path="kept", backfill=BACKFILL | {"direction": direction}, **done)
    arguments = policies.policy_arguments(found)
    [content] = configured(arguments)
    exemptions = [
        {
            "rule": rule,
            "resource": "notifications-backfill",
            "owner": "Ada Example",
            "reason": f"{direction} backfill of notifications: tables move with their domain",
            "expires": "2026-12-01",
        }
        for rule in ("shared-database", "foreign-network-path")
    ]
    assert content == {
        "shared-database": {"grade": "instance", "exemptions": exemptions},
        "shared-cache": {"grade": "instance"},
        "foreign-network-path": {"exemptions": exemptions},
        "isolation-advice": {"exemptions": exemptions},
    }
    assert arguments[:2] == BOTH_PACKS


def test_a_closed_backfill_leaves_no_exemption_behind(year3: Any) -> None:
    policies.policy_arguments(year3(weight=0, old_path="kept", backfill=BACKFILL))
    arguments = policies.policy_arguments(year3(backfill=None, backfilled="forward"))
    assert configured(arguments) == [GRADES]


def test_a_stack_file_that_is_refused_exempts_nothing(year3: Any) -> None:
    assert configured(policies.policy_arguments(year3(weight=5, backfill=BACKFILL))) == [GRADES]


def test_another_program_is_exempted_from_nothing(year3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = year3(weight=0, old_path="kept", backfill=BACKFILL)
    monkeypatch.setattr(policies, "ROOT", PROJECT)
    assert policies.exemptions_of(found) == []
    assert policies.policy_arguments(found) == ["--policy-pack", str(policies.ISOLATION)], (
        "nor is it judged by this roadmap's rules"
    )


def test_rules_exist_and_the_configuration_lowers_no_level(year3: Any) -> None:
    assert set(policies.RULES) <= {rule.id for rule in RULES}
    arguments = policies.policy_arguments(year3(weight=0, old_path="kept", backfill=BACKFILL))
    path = Path(arguments[arguments.index("--policy-pack-config") + 1])
    assert _verified(path) == 0
    content = json.loads(path.read_text())
    content["shared-database"]["enforcementLevel"] = "advisory"
    path.write_text(json.dumps(content))
    assert _verified(path) == 1


def test_plain_pulumi_is_told_the_same(
    year3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = year3(weight=0, old_path="kept", backfill=BACKFILL)
    monkeypatch.setenv("STACK", "year3")
    monkeypatch.delenv("PROGRAM", raising=False)
    assert command.run([]) == 0
    assert capsys.readouterr().out.split() == policies.policy_arguments(found)


def _verified(path: Path) -> int:
    return verify((ISOLATION,), path, None, datetime.date(2026, 11, 1)).exit_code
