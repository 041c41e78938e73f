"""Every rule is a file named by its id, has a test and a level, and stands in the README's table and in its pack's."""

import pytest
import yaml

from tests.structure.conftest import ROOT

RULES = sorted((ROOT / "policies").glob("*/rules/*.py"))


def rule_ids() -> list[str]:
    ids = [file.stem.replace("_", "-") for file in RULES if not file.stem.startswith("_")]
    assert ids
    return ids


def test_every_rule_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [rule for rule in rule_ids() if f"`{rule}`" not in readme] == []


def test_every_rule_has_a_test() -> None:
    tests = "\n".join(file.read_text() for file in (ROOT / "tests" / "policies").rglob("*.py"))
    assert [rule for rule in rule_ids() if rule not in tests] == []


def test_both_packs_have_rules() -> None:
    assert {file.parents[1].name for file in RULES} == {"isolation", "roadmap"}


@pytest.mark.parametrize("pack", ["isolation", "roadmap"])
def test_every_rule_has_a_level_and_stands_in_its_packs_readme(pack: str) -> None:
    folder = ROOT / "policies" / pack
    ids = {file.stem.replace("_", "-") for file in folder.glob("rules/*.py") if not file.stem.startswith("_")}
    assert set(yaml.safe_load((folder / "levels.yaml").read_text())) == ids
    readme = (folder / "README.md").read_text()
    assert [rule for rule in sorted(ids) if f"| `{rule}` |" not in readme] == []
