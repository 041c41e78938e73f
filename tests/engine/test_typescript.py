"""`docs/use-the-isolation-pack.md`, read by a newcomer with a program in TypeScript: every command, in order."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from offline.toolchain import binary, ensure
from policies.isolation.command_line import main

from .conftest import ROOT, Project

GUIDE = ROOT / "docs" / "use-the-isolation-pack.md"
LONGEST_SECONDS = 600
LAST_DAY = "2027-03-31"
"""The exemption's date in the guide; the test takes one that is not over yet."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some commands in a row, and lines that they print."""

    commands: tuple[str, ...]
    lines: tuple[str, ...]
    exit_code: int
    """Of the last command; those before it succeed."""


def blocks() -> list[Block]:
    """The guide's `console` blocks: `$` begins a command, `>` goes on with it, everything else is printed."""
    found = []
    for options, text in re.findall(
        r"^```console(.*)\n([\s\S]*?)^```$", GUIDE.read_text(), flags=re.MULTILINE
    ):
        commands: list[str] = []
        lines: list[str] = []
        for line in text.splitlines():
            if line.startswith("$ "):
                commands.append(line[2:])
            elif line.startswith("> "):
                commands[-1] += f"\n{line[2:]}"
            elif line.strip():
                lines.append(line.strip())
        found.append(Block(tuple(commands), tuple(lines), int(options.partition("exit=")[2] or 0)))
    return found


@pytest.fixture(scope="module")
def newcomer(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """An environment with an engine, a cluster and Node.js, and this project as a repository to clone."""
    if shutil.which("npm") is None:
        pytest.fail(
            "the guide's example is TypeScript: install Node.js 20 or newer with npm, so that `npm` is on PATH"
        )
    ensure(("language-nodejs",))
    project.make("cluster").must_succeed()
    printed = project.shell("python -c 'import json, os; print(json.dumps(dict(os.environ)))'").must_succeed()
    environment: dict[str, str] = json.loads(printed.text.splitlines()[-1])
    place = tmp_path_factory.mktemp("newcomer")
    repository = place / "repository"
    project.run(
        "bash", "-c", f"cp -r . {repository} && rm -rf {repository}/{{.venv,.state,.cluster}}"
    ).must_succeed()
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    for command in (("init", "--quiet"), ("add", "--all"), (*who, "commit", "--quiet", "--message=all")):
        subprocess.run(["git", *command], cwd=repository, check=True)
    # The engine warns of a language host that is not its own neighbour; as an official one is installed, it is.
    environment.pop("PULUMI_IGNORE_AMBIENT_PLUGINS", None)
    state = place / "state"
    state.mkdir()
    return {
        **environment, "REPOSITORY": f"file://{repository}", "PULUMI_BACKEND_URL": f"file://{state}",
        "PATH": f"{binary('pulumi-language-nodejs').parent}:{environment['PATH']}", "HERE": str(place),
    }  # fmt: skip


def test_every_command_of_the_guide_does_what_it_says(newcomer: Mapping[str, str]) -> None:
    later = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=90)).isoformat()
    folder = Path(newcomer["HERE"])
    for block in blocks():
        for number, command in enumerate(block.commands, 1):
            print(f"$ {command.splitlines()[0]}", flush=True)
            done = subprocess.run(
                ["bash", "-c", f'{command.replace(LAST_DAY, later)}\nended=$?; pwd >"$HERE/folder"; exit $ended'],
                cwd=folder, env=dict(newcomer), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=LONGEST_SECONDS, check=False,
            )  # fmt: skip
            last = number == len(block.commands)
            assert done.returncode == (block.exit_code if last else 0), f"{command}\n{done.stdout}"
            folder = Path((Path(newcomer["HERE"]) / "folder").read_text().strip())
        printed = " ".join(done.stdout.split())
        for line in block.lines:
            assert " ".join(line.replace(LAST_DAY, later).split()) in printed, (
                f"not printed: {line}\n{done.stdout}"
            )


def test_the_guide_has_commands_that_refuse_and_that_pass() -> None:
    found = blocks()
    assert sum(len(block.commands) for block in found) >= 10
    assert [block.exit_code for block in found if block.exit_code] == [255, 1]


def test_its_workflow_is_one_and_runs_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    text = re.findall(r"^```yaml\n([\s\S]*?)^```$", GUIDE.read_text(), flags=re.MULTILINE)
    workflow = yaml.safe_load(text[0])
    runs = [step["run"] for step in workflow["jobs"]["isolation"]["steps"] if "run" in step]
    used = [run.split("policies/isolation ")[1].split() for run in runs if "policies/isolation " in run]
    assert [words[0] for words in used] == ["verify", "audit"]
    for command, *words in used:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        options = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in options] == []


def test_node_modules_are_not_part_of_the_project() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "examples"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "node_modules" not in tracked
