"""A run with `--again` tries every module that it is given, with the tests as they are now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.mutation import workspace
from tests.mutation.suites import ROOT, SUITES


def test_what_an_earlier_run_knew_of_other_modules_and_tests_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workspace, "PLACE", tmp_path)
    first, second, *_ = SUITES[0].module_files()
    place = workspace.Workspace(SUITES[0], [first, second])
    place.fill(afresh=True)
    copied, mutated = place.folder / "mutants" / first, place.folder / "mutants" / second
    copied.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / first, copied)
    mutated.write_text("# mutants")
    reached = place.folder / "mutants" / "mutmut-stats.json"
    reached.write_text("{}")
    place.fill(afresh=False)
    assert [file.exists() for file in (copied, mutated, reached)] == [False, True, False]
