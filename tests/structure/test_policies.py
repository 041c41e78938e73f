"""Every rule is a file named by its id, has a test, and stands in the README's table."""

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
