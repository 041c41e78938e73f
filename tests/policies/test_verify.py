"""`verify`: no level is lowered unseen, no rule is missing, no exemption has expired."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies.isolation.command_line import main
from policies.isolation.packs import ISOLATION


@pytest.mark.parametrize(
    ("config", "code", "message"),
    [
        (None, 0, "10 rules at their levels"),
        ({"shared-database": {"grade": "schema"}}, 0, "10 rules at their levels"),
        ({"shared-database": "advisory"}, 1, "shared-database: lowered to advisory"),
        ({"shared-cache": {"enforcementLevel": "disabled"}}, 1, "shared-cache: lowered to disabled"),
        ({"all": "disabled"}, 1, "all: lowered to disabled"),
        ({"unowned-store": "mandatory"}, 0, "10 rules at their levels"),
        ({"shared-everything": "advisory"}, 2, "shared-everything: no such rule"),
        ({"shared-database": "loud"}, 2, "no level 'loud'"),
        ([], 2, "not a mapping"),
    ],
)
def test_no_level_is_lowered_unseen(
    config: Any, code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["verify"]
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
        arguments += ["--policy-config", str(tmp_path / "config.json")]
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert message in captured.out + captured.err


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        pytest.param({}, 0, "until 2999-01-01), ", id="in force, with the days that are left"),
        pytest.param(
            {"expires": "2020-01-01"}, 1, "(owner orders, until 2020-01-01) has expired", id="expired"
        ),
        pytest.param(
            {"expires": "soon"}, 2, "shared-database: exemptions[0].expires: not a date", id="no date"
        ),
        pytest.param(
            {"rule": "shared"}, 2, "shared-database: exemptions[0].rule: no rule shared", id="no such rule"
        ),
        pytest.param({"reason": ""}, 2, "shared-database: exemptions[0]: lacks reason", id="no reason"),
    ],
)
def test_exemptions_of_a_policy_configuration_are_verified(
    changes: dict[str, str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {
        "rule": "shared-database", "resource": "billing", "owner": "orders", "reason": "until it moves",
        "expires": "2999-01-01",
    }  # fmt: skip
    config = {"shared-database": {"exemptions": [{**given, **changes}]}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert main(["verify", "--policy-config", str(tmp_path / "config.json")]) == code
    captured = capsys.readouterr()
    assert message in captured.out + captured.err
    assert ("1 exemptions in force" in captured.out) == (code == 0)


def test_a_missing_rule_is_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer = replace(ISOLATION, rules=ISOLATION.rules[1:])
    monkeypatch.setattr("policies.isolation.command_line.ISOLATION", fewer)
    assert main(["verify"]) == 1
    assert "rule shared-database is not in the pack any more" in capsys.readouterr().err
