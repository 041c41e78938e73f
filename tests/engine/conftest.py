"""A copy of the project, as a fresh clone would be, driven through the real engine against a cluster of its own."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_COMMAND_SECONDS = 1200
LEFT_TO_THE_COPY = ("PULUMI_", "KUBECONFIG", "VIRTUAL_ENV", "MAKE", "MFLAGS", "STACK", "PROGRAM")
"""What the surrounding shell may have set and the copy must find out for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended, and everything it said."""

    code: int
    text: str

    def must_succeed(self) -> "Outcome":
        assert self.code == 0, self.text
        return self

    def must_refuse(self) -> "Outcome":
        """A refusal ends with an error code, says a fix, and shows nobody a traceback."""
        assert self.code != 0, self.text
        assert "Traceback" not in self.text, self.text
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A copy of the project and the commands a platform engineer would type in it."""

    root: Path
    environment: Mapping[str, str] = field(repr=False)

    def run(self, *command: str, extra: Mapping[str, str] | None = None) -> Outcome:
        """Run a command in the copy without standard input; both output streams come back as one text."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**self.environment, **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_COMMAND_SECONDS,
        )
        return Outcome(code=done.returncode, text=done.stdout)

    def make(self, target: str, **variables: str) -> Outcome:
        return self.run(
            "make", "--no-print-directory", target, *(f"{name}={value}" for name, value in variables.items())
        )

    def shell(self, script: str) -> Outcome:
        """A line as typed after `eval "$(make -s env)"`."""
        return self.run("bash", "-c", f'set -e; eval "$(make -s env)"; {script}')

    def kubectl(self, arguments: str) -> str:
        return self.shell(f"kubectl {arguments}").must_succeed().text

    def get(self, arguments: str) -> Any:
        """The objects that `kubectl get` finds, as plain data."""
        return json.loads(self.kubectl(f"get {arguments} -o json"))

    def outputs(self, stack: str) -> dict[str, Any]:
        text = self.shell(f"pulumi stack output --json --stack {stack}").must_succeed().text
        found: dict[str, Any] = json.loads(text)
        return found

    def replace_in_stack_file(self, stack: str, old: str, new: str) -> None:
        file = self.root / "stacks" / f"Pulumi.{stack}.yaml"
        text = file.read_text()
        assert old in text, f"{file.name} does not hold {old!r}"
        file.write_text(text.replace(old, new))


def copy_project(target: Path) -> None:
    """What a clone would hold: every file git knows or would add, none that it ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """One copy with one cluster for all engine tests; both are gone afterwards."""
    root = tmp_path_factory.mktemp("clone") / "service-extraction"
    root.mkdir()
    copy_project(root)
    (root / ".venv").symlink_to(ROOT / ".venv")  # the same requirements: no need to install them twice
    environment = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_TO_THE_COPY)}
    copy = Project(root=root, environment={**environment, "CI": "true"})
    yield copy
    copy.make("cluster-down").must_succeed()


@pytest.fixture(scope="session")
def year1(project: Project) -> Project:
    """The project with stack `year1` up."""
    project.make("up", STACK="year1").must_succeed()
    return project
