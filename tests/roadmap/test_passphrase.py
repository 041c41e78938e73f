"""A generated passphrase serves embedded stacks and no other."""

from pathlib import Path

import pytest

from roadmap import Refusal, StackConfig, load_stack_file
from roadmap.passphrase import check_passphrase

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".state").mkdir()
    (tmp_path / ".state" / "passphrase").write_text("of this clone\n")
    (tmp_path / "team").write_text("of the team\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stack(name: str) -> StackConfig:
    return load_stack_file(ROOT / "stacks" / f"Pulumi.{name}.yaml")


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        pytest.param("year1", {"PULUMI_CONFIG_PASSPHRASE": "of this clone"}, id="embedded, generated"),
        pytest.param("dev", {"PULUMI_CONFIG_PASSPHRASE": "of the team"}, id="dev, a team's own"),
        pytest.param("dev", {"PULUMI_CONFIG_PASSPHRASE_FILE": "team"}, id="dev, a team's file"),
        pytest.param(
            "dev",
            {"PULUMI_CONFIG_PASSPHRASE": "of the team", "PULUMI_CONFIG_PASSPHRASE_FILE": ".state/passphrase"},
            id="dev, the variable goes before the file",
        ),
        pytest.param("dev", {}, id="dev, another secrets provider"),
    ],
)
def test_accepted(clone: Path, name: str, variables: dict[str, str]) -> None:
    check_passphrase(stack(name), clone, variables)


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"PULUMI_CONFIG_PASSPHRASE": "of this clone"}, id="by value"),
        pytest.param({"PULUMI_CONFIG_PASSPHRASE_FILE": ".state/passphrase"}, id="by file"),
    ],
)
def test_refused(clone: Path, variables: dict[str, str]) -> None:
    config = stack("dev")
    with pytest.raises(Refusal) as refusal:
        check_passphrase(config, clone, variables)
    assert str(refusal.value) == (
        f"{config.file}: service-extraction:environment is `dev`; stack `dev` would be encrypted with the "
        "passphrase that was generated for this clone alone\n  fix: set PULUMI_CONFIG_PASSPHRASE or "
        "PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase your team keeps"
    )


def test_no_generated_passphrase_in_the_clone(tmp_path: Path) -> None:
    check_passphrase(stack("dev"), tmp_path, {"PULUMI_CONFIG_PASSPHRASE": "anything"})
