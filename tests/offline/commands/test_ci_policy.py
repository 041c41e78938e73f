"""`make ci-policy` verifies what the runs of every stack are judged by, and is part of `make check`."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from offline.commands import check, ci_policy
from offline.commands.stack.program import own_stacks

PROJECT = Path(__file__).resolve().parents[3]
TODAY = datetime.datetime.now(datetime.UTC).date()
OPEN = {"direction": "forward", "owner": "Ada Example", "reason": "tables move"}


@pytest.mark.parametrize(
    ("days", "flags", "code", "said"),
    [
        pytest.param(
            1, {"weight": 0}, 0, "exemption from shared-database for notifications-backfill", id="open"
        ),
        pytest.param(-1, {"weight": 0}, 1, "has expired", id="expired"),
        pytest.param(1, {"weight": 5}, 1, "year3: refused", id="a run would be refused"),
    ],
)
def test_an_exemption_is_printed_and_fails_once_expired(
    year3: Any,
    days: int,
    flags: dict[str, int],
    code: int,
    said: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    day = (TODAY + datetime.timedelta(days=days)).isoformat()
    year3(old_path="kept", backfill={**OPEN, "expires": day}, **flags)
    year1 = (PROJECT / "stacks" / "Pulumi.year1.yaml").read_text()
    (tmp_path / "stacks" / "Pulumi.year1.yaml").write_text(year1)
    assert ci_policy.run([]) == code
    printed = "".join(capfd.readouterr())
    assert said in printed
    for what in ("packs", "year1"):  # the others are verified as well
        assert f"{what}: 29 rules at their levels, 0 exemptions in force" in printed


def test_the_projects_own_stacks_are_at_full_strength(capfd: pytest.CaptureFixture[str]) -> None:
    assert ci_policy.run([]) == 0
    printed = capfd.readouterr().out
    assert all(f"{stack}: 29 rules" in printed for stack in own_stacks())
    assert len(own_stacks()) >= 4


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        pytest.param(
            {"shared-database": "advisory"}, 1, "shared-database: lowered to advisory", id="isolation"
        ),
        pytest.param({"ai-route": "disabled"}, 1, "ai-route: lowered to disabled", id="roadmap"),
        pytest.param({"all": "advisory"}, 1, "all: lowered to advisory", id="all"),
        pytest.param({"ai-rout": "mandatory"}, 2, "ai-rout: no such rule", id="no such rule"),
        pytest.param({"roadmap-advice": "mandatory"}, 0, "29 rules at their levels", id="advice of a pack"),
    ],
)
def test_a_configuration_of_both_packs_is_verified_by_name(
    config: dict[str, str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(config))
    monkeypatch.setenv("ARGS", f"--policy-config {path}")
    assert ci_policy.run([]) == code
    assert said in "".join(capfd.readouterr())


def test_what_ci_runs_first_verifies_the_packs() -> None:
    assert ("python", "-m", "offline", "ci-policy") in check.CHECKS
