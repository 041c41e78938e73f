"""`verify`: no level is lowered unseen, no rule is missing, no exemption has expired."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies.isolation.command_line import main
from policies.isolation.levels import Verification, verify
from policies.isolation.packs import ISOLATION, Pack
from policies.isolation.rules import RULES


@pytest.mark.parametrize(
    ("config", "code", "message"),
    [
        (None, 0, "10 rules at their levels"),
        ({"shared-database": {"grade": "schema"}}, 0, "10 rules at their levels"),
        ({"shared-database": "advisory"}, 1, "shared-database: lowered to advisory"),
        ({"shared-cache": {"enforcementLevel": "disabled"}}, 1, "shared-cache: lowered to disabled"),
        ({"all": "disabled"}, 1, "all: lowered to disabled"),
        ({"unowned-store": "mandatory"}, 0, "10 rules at their levels"),
        ({"shared-database": "mandatory", "isolation-advice": "advisory"}, 0, "10 rules at their levels"),
        ({"shared-everything": "advisory"}, 2, "shared-everything: no such rule"),
        ({"shared-database": "loud"}, 2, "no level 'loud'"),
        ({"shared-database": {"ownerKey": ["team"]}}, 2, "shared-database: unknown key ownerKey; known are"),
        ({"shared-database": {"ownerKeys": "team"}}, 2, "shared-database: ownerKeys is no array"),
        (
            {"shared-cache": {"grade": "server"}},
            2,
            "shared-cache: no grade 'server'; there are schema, database",
        ),
        ({"shared-secret": {"grade": "schema"}}, 2, "shared-secret: unknown key grade"),
        ({"all": {"ownerKeys": ["team"]}}, 2, "all: takes only a level; write ownerKeys under a rule"),
        ({"all": "mandatory", "isolation-advice": "advisory"}, 0, "10 rules at their levels"),
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


# `verify` itself: every sentence in full, in the order in which it is printed

DAY = datetime.date(2026, 11, 1)
ENTRY = {"rule": "shared-database", "resource": "pg", "owner": "orders", "reason": "it moves"}
TITLE = "exemption from shared-database for pg (owner orders, until {})"


def verified(folder: Path, pack: Pack = ISOLATION, **files: Any) -> Verification:
    """What `verify` says of files in `folder`, which messages then name without it."""
    config, exemptions = (
        None if (content := files.get(name)) is None else folder / name for name in ("config", "exemptions")
    )
    for name, content in files.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        elif content is not ...:
            (folder / name).write_text(json.dumps(content))  # JSON is YAML
    found = verify((pack,), config, exemptions, DAY)
    for lines in (found.lowered, found.problems, found.exemptions):
        lines[:] = [line.replace(f"{folder}/", "") for line in lines]
    return found


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (..., "config: cannot be read"),
        (b'{\n"all": }', "config:2: not valid JSON"),
        (b"\xff", "config:1: not valid JSON"),
        ([], "config: not a mapping from rules to their configuration"),
        (
            {"shared-cache": 3},
            "config: shared-cache: no level '3'; there are advisory, disabled, mandatory, remediate",
        ),
        (
            {"shared-cache": {"enforcementLevel": ["mandatory"]}},
            "config: shared-cache: no level ['mandatory']; there are advisory, disabled, mandatory, remediate",
        ),
        (
            {"shared": "mandatory"},
            f"config: shared: no such rule; there are {', '.join(sorted(rule.id for rule in RULES))}",
        ),
    ],
    ids=["missing", "not JSON", "not text", "a list", "a number", "a list of levels", "no rule"],
)
def test_a_policy_configuration_that_cannot_be_read(content: Any, problem: str, tmp_path: Path) -> None:
    assert verified(tmp_path, config=content) == Verification(problems=[problem])


@pytest.mark.parametrize(
    ("expires", "field", "sentence"),
    [
        ("2026-11-01", "exemptions", f"{TITLE}, 0 days left: it moves"),
        ("2026-11-03", "exemptions", f"{TITLE}, 2 days left: it moves"),
        ("2026-10-31", "lowered", f"{{place}}: {TITLE} has expired"),
        ("soon", "problems", "{place}: exemptions[0].expires: not a date; write YYYY-MM-DD"),
    ],
)
@pytest.mark.parametrize("place", ["exemptions", "exemptions.yaml", "config"])
def test_exemptions_of_a_file_a_pack_and_a_configuration(
    place: str, expires: str, field: str, sentence: str, tmp_path: Path
) -> None:
    entries = {"exemptions": [{**ENTRY, "expires": expires}]}
    found = verified(
        tmp_path,
        _pack_in(tmp_path),
        **{place: {"shared-database": entries} if place == "config" else entries},
    )
    named = "config: shared-database" if place == "config" and field == "problems" else place
    expected = sentence.replace("{place}", named).replace("{}", expires)
    assert found == Verification(**{field: [expected]})


def _pack_in(folder: Path) -> Pack:
    """The pack, as if it lay in this folder."""
    (folder / "levels.yaml").write_text(ISOLATION.levels.read_text())
    return replace(ISOLATION, folder=folder)


def test_every_fault_of_several_files_is_told(tmp_path: Path) -> None:
    exemptions = {"exemptions": [{**ENTRY, "expires": "never"}, {**ENTRY, "expires": "never"}]}
    config = {"shared-cache": "loud", "shared-secret": "advisory", "all": "disabled"}
    found = verified(tmp_path, config=config, exemptions=exemptions)
    assert [line.partition(":")[0] for line in found.problems] == ["config", "exemptions", "exemptions"]
    assert found.lowered == ["config: shared-secret: lowered to advisory", "config: all: lowered to disabled"]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({"shared-cache": "mandatory"}, Verification()),
        ({"shared-cache": "advisory"}, Verification()),
        ({}, Verification(problems=["isolation/levels.yaml: rule shared-cache has no level"])),
        (
            {"shared-cache": "mandatory", "other": "advisory"},
            Verification(lowered=["isolation/levels.yaml: rule other is not in the pack any more"]),
        ),
    ],
    ids=["at its level", "above it", "without one", "a rule less"],
)
def test_levels_that_are_written_down(levels: dict[str, str], expected: Verification, tmp_path: Path) -> None:
    cache = [rule for rule in RULES if rule.id == "shared-cache"]
    (tmp_path / "levels.yaml").write_text(json.dumps(levels))
    assert verified(tmp_path, replace(ISOLATION, rules=tuple(cache), folder=tmp_path)) == expected


def test_packs_that_run_as_one(tmp_path: Path) -> None:
    """Each brings its levels, exemptions may be of any, and one pack's fault hides no other's."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "levels.yaml").write_text("{}")
    packs = [
        replace(ISOLATION, name=name, rules=(rule,), folder=tmp_path / name)
        for name, rule in zip(("one", "two"), RULES, strict=False)
    ]
    entry = {"exemptions": [{**ENTRY, "expires": "2026-11-01"}]}
    (tmp_path / "exemptions").write_text(json.dumps(entry))
    assert verify(packs, None, None, DAY).problems == [
        "one/levels.yaml: rule shared-database has no level",
        "two/levels.yaml: rule shared-cache has no level",
    ]
    for name, rule in (("one", "shared-database"), ("two", "shared-cache")):
        (tmp_path / name / "levels.yaml").write_text(json.dumps({rule: "mandatory"}))
    exempted = TITLE.format("2026-11-01") + ", 0 days left: it moves"
    assert verify(packs, None, tmp_path / "exemptions", DAY) == Verification(exemptions=[exempted])


def test_a_rule_below_its_level_one_without_and_a_configuration_that_is_none(tmp_path: Path) -> None:
    lowered = tuple(replace(rule, level="advisory") for rule in RULES[:2])
    (tmp_path / "levels.yaml").write_text(json.dumps({"shared-database": "mandatory"}))
    assert verified(tmp_path, replace(ISOLATION, rules=lowered, folder=tmp_path), config=[]) == Verification(
        lowered=["isolation/levels.yaml: rule shared-database is advisory, and has to be mandatory"],
        problems=[
            "isolation/levels.yaml: rule shared-cache has no level",
            "config: not a mapping from rules to their configuration",
        ],
    )
