"""The folder in which mutmut works: a copy of the working tree with a configuration for one suite."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tests.mutation.suites import ROOT, Suite

PLACE = ROOT / ".state" / "rule-mutants"
_PROGRESS = re.compile(r"(?P<done>\d+)/(?P<all>\d+) .*🙁 (?P<survived>\d+)")
_RESULT = re.compile(r"^ +(?P<mutant>\S+): (?P<status>.+)$", re.MULTILINE)
_HEADING = re.compile(r"^# \S+__mutmut_\d+: .*\n", re.MULTILINE)
_IN_TURN = """
import sys
from mutmut.__main__ import cli
for argument in sys.argv[2:]:
    cli([sys.argv[1], argument], standalone_mode=False)
"""
_LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")


class MutationError(Exception):
    """mutmut did not do its work; the message says what it printed and what to do."""


class Workspace:
    """One suite's folder."""

    def __init__(self, suite: Suite, modules: Sequence[str]) -> None:
        self._suite, self._modules = suite, modules
        self.folder = PLACE / suite.name

    def fill(self, *, afresh: bool) -> None:
        """Make it a copy of the working tree; results of an earlier run stay unless `afresh`."""
        if afresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        for name in _files():
            source, copy = ROOT / name, self.folder / name
            if not copy.exists() or source.read_bytes() != copy.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
        self._forget_what_no_longer_holds()
        (self.folder / "setup.cfg").write_text(self._configuration())

    def _forget_what_no_longer_holds(self) -> None:
        """Which test reaches what, since tests change, and copies that a run for other modules left without mutants."""
        mutants = self.folder / "mutants"
        (mutants / "mutmut-stats.json").unlink(missing_ok=True)
        for name in self._modules:
            if (mutants / name).exists() and (mutants / name).read_bytes() == (ROOT / name).read_bytes():
                (mutants / name).unlink()  # mutmut would take it for its own work

    def _configuration(self) -> str:
        beside = sorted({name.partition("/")[0] for name in _files()} - {"policies", "tests"})
        lists = {
            "source_paths": ["policies"],
            "only_mutate": self._modules,
            "also_copy": beside,
            "pytest_add_cli_args_test_selection": self._suite.test_files(),
            "pytest_add_cli_args": [
                "-p", "tests.mutation.killers_first", "-p", "no:cacheprovider",
                *(f"--deselect={test}" for test in self._suite.deselected()),
            ],
        }  # fmt: skip
        # Seconds for each mutant: three times as long as its tests take without it, and ten.
        lines = [
            "[mutmut]",
            "use_git_change_detection = false",
            "timeout_multiplier = 3",
            "timeout_constant = 10",
        ]
        for key, values in lists.items():
            lines += [f"{key} =", *(f"  {value}" for value in values)]
        return "\n".join(lines) + "\n"

    def run(self, tell: Callable[[str], None], children: int, *mutants: str) -> None:
        """Try every mutant without a result, or these again; raises MutationError if mutmut cannot."""
        command = ["run", "--max-children", str(children), *mutants]
        process = subprocess.Popen(
            [_mutmut(), *command], cwd=self.folder, env=_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        said: list[str] = []
        try:
            # A status line ends in a carriage return, which ends a line here.
            for line in process.stdout or ():
                found = _PROGRESS.search(line)
                if found:
                    tell(f"{found['done']} of {found['all']} mutants tried, {found['survived']} survived")
                elif line.strip() and line[0] not in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏":
                    said.append(line.rstrip())
            process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # an interrupted run leaves mutants that never end
        if process.wait() != 0:
            last = "\n".join(f"    {line}" for line in said[-30:])
            raise MutationError(f"mutmut ended with {process.returncode}.\n{last}")

    def results(self) -> dict[str, str]:
        """How each mutant ended: `killed`, `survived`, `timeout`, `no tests`, …"""
        return {item["mutant"]: item["status"] for item in _RESULT.finditer(self._ask("results"))}

    def differences(self, mutants: Sequence[str]) -> list[str]:
        """Each mutant as a unified diff of its function."""
        shown = self._ask("show", *mutants) if mutants else ""
        return _HEADING.split(shown)[1:]

    def _ask(self, command: str, *arguments: str) -> str:
        """What a command of mutmut prints; asked for each argument in turn, with one start for all of them."""
        done = subprocess.run(
            [sys.executable, "-c", _IN_TURN, command, *(arguments or ("--all=1",))], cwd=self.folder,
            env=_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise MutationError(f"`mutmut {command}` ended with {done.returncode}.\n{done.stderr[-2000:]}")
        return done.stdout


def _mutmut() -> str:
    return str(Path(sys.executable).with_name("mutmut"))


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}


def _files() -> Iterator[str]:
    """Everything that a commit would hold, without what a person deleted."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return (name for name in listed.stdout.splitlines() if (ROOT / name).is_file())
