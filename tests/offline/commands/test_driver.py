"""The driver itself: commands, the interpreter it refuses, the Makefile, and `down` with its question."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from offline.commands import COMMANDS, down, main
from offline.commands.refusal import Refusal
from offline.toolchain.places import ROOT, VENV
from tests.offline.commands.conftest import Clone

MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_command_has_a_target_and_a_module() -> None:
    called = set(re.findall(r"^\t\$\(offline\) (\S+)", MAKEFILE, re.MULTILINE))
    assert called == set(COMMANDS)
    for module in COMMANDS.values():
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_an_unknown_command_lists_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy"]) == 2
    assert "no command `deploy`" in capsys.readouterr().err


def test_help_is_the_default_and_has_a_line_for_each_target() -> None:
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {line.split()[0] for line in said.splitlines()} == targets
    assert targets >= {*COMMANDS, "help"} - {"python"}


@pytest.mark.parametrize(
    "target",
    ["show", "diagram", "diff", "steps", "audit", "accuracy", "policy-test", "test-servers"],
)
def test_a_target_of_another_room_names_a_module_that_exists(target: str) -> None:
    recipe = re.search(rf"^{target}:.*\n\t\$\(offline\) python -m (\S+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    assert importlib.util.find_spec(recipe[1]) is not None


def test_python_is_the_one_of_the_virtual_environment() -> None:
    command = [
        sys.executable,
        "-m",
        "offline",
        "python",
        "-c",
        "import sys; print(sys.prefix, sys.argv[1:])",
        "a b",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{VENV} ['a b']"


def test_the_entry_can_be_read_by_an_old_python() -> None:
    for file in ("offline/__init__.py", "offline/__main__.py"):
        ast.parse((ROOT / file).read_text(), feature_version=(3, 7))


def test_an_old_python_is_refused_before_anything_else() -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 8, 18); runpy.run_module('offline')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is version 3.8, but Python 3.11 or newer is needed" in done.stderr
    assert "fix: " in done.stderr
    assert "Traceback" not in done.stderr


def test_make_takes_the_first_python_that_is_new_enough(tmp_path: Path) -> None:
    for name, answer in (("python3", "exit 1"), ("python3.12", 'echo "3.12 $*"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    environment.pop("PYTHON", None)
    done = subprocess.run(
        ["make", "-n", "env"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert re.search(r"python3\.(12|13|14) -m offline env", done.stdout), done.stdout


def test_ci_runs_the_tests_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "set -euo pipefail" in script
    assert [line for line in script.splitlines() if line.startswith("make")] == ["make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


DEV = "config:\n  shop:cluster: {kubeconfig: /dev/kubeconfig, context: dev}\n"


@pytest.mark.parametrize("text", [DEV, "config: {}\n"], ids=["another cluster", "no cluster"])
def test_down_refuses_any_other_cluster(clone: Clone, text: str) -> None:
    clone.stack_file.write_text(text)
    with pytest.raises(Refusal, match=r"`make down` empties stacks of this clone's embedded cluster only"):
        down._refuse_other_clusters(clone.program)


def test_down_says_which_data_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    def resource(name: str, *, protect: bool) -> dict[str, Any]:
        return {"type": "kubernetes:core/v1:Secret", "id": f"shop/{name}", "protect": protect}

    down._say_what_is_lost("year1", [resource("kept", protect=True), resource("other", protect=False)])
    said = capsys.readouterr().out
    assert "deletes 2 objects of stack `year1`; the data of these 1 is lost" in said
    assert "shop/kept" in said
    assert "shop/other" not in said


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        pytest.param("year1", True, id="the name"),
        pytest.param("yes", False, id="yes"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_down_goes_on_only_for_the_stacks_name(
    monkeypatch: pytest.MonkeyPatch, answer: str, accepted: bool
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    if accepted:
        down._ask("year1")
    else:
        with pytest.raises(Refusal, match="not confirmed, nothing was deleted"):
            down._ask("year1")


def test_down_deletes_nothing_when_nobody_can_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(Refusal, match=r"nobody is here to confirm\.\n  fix: say YES=1"):
        down._ask("year1")
