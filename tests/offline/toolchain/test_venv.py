"""The virtual environment is made once, follows its pins, and heals."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from offline.toolchain import venv
from offline.toolchain.errors import ToolchainError


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose requirements ask for nothing, so that no registry is needed."""
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "STATE", tmp_path / ".state")
    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    for name in venv.REQUIREMENTS:
        (tmp_path / name).write_text("# nothing\n")
    return tmp_path


def remove_its_python(clone: Path) -> None:
    (clone / ".venv" / "bin" / "python").unlink()


def point_its_python_nowhere(clone: Path) -> None:
    remove_its_python(clone)
    (clone / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3")


def interrupt_its_install(clone: Path) -> None:
    next((clone / ".venv").glob(".installed-from*")).unlink()


def spoil_its_marker(clone: Path) -> None:
    next((clone / ".venv").glob(".installed-from*")).write_text("[")


def link_it_nowhere(clone: Path) -> None:
    shutil.rmtree(clone / ".venv")
    (clone / ".venv").symlink_to("/nonexistent/venv")


BREAKAGE = [
    remove_its_python,
    point_its_python_nowhere,
    interrupt_its_install,
    spoil_its_marker,
    link_it_nowhere,
]


@pytest.fixture
def quick(clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the two slow commands; the list says which ran."""
    ran: list[str] = []

    def run(command: Sequence[str], **_others: object) -> str:
        ran.append(command[2])
        if command[2] == "venv":
            (clone / ".venv" / "bin").mkdir(parents=True)
            (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
        return ""

    monkeypatch.setattr(venv, "run_child", run)
    return ran


@pytest.mark.parametrize("breakage", BREAKAGE, ids=lambda breakage: breakage.__name__)
def test_it_heals(clone: Path, quick: list[str], breakage: Callable[[Path], None]) -> None:
    for _ in range(2):
        venv.ensure_venv()
    assert quick == ["venv", "pip"], "a good environment is left alone"
    breakage(clone)
    for _ in range(2):
        venv.ensure_venv()
    assert quick == ["venv", "pip"] * 2
    assert os.access(clone / ".venv" / "bin" / "python", os.X_OK)


@pytest.mark.parametrize("name", venv.REQUIREMENTS)
def test_new_pins_are_installed_into_it(clone: Path, quick: list[str], name: str) -> None:
    venv.ensure_venv()
    (clone / name).write_text("# something else\n")
    for _ in range(2):
        venv.ensure_venv()
    assert quick == ["venv", "pip", "pip"]


def test_another_python_gets_another_environment(
    clone: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.ensure_venv()
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    venv.ensure_venv()
    assert quick == ["venv", "pip"] * 2
    assert clone.exists()


def test_a_failed_install_is_one_message_and_counts_as_none(clone: Path) -> None:
    (clone / "requirements.txt").write_text("./no-such-package-here\n")
    message = r"\.venv: `.*pip install.*ended with 1(.|\n)*\n  fix: check the network"
    with pytest.raises(ToolchainError, match=message):
        venv.ensure_venv()
    assert not list((clone / ".venv").glob(".installed-from*"))
