"""A clone in a folder of its own, and a `pulumi` that does what the test says."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline.commands.stack import cluster_access, locks, policies, processes, program, pulumi
from offline.commands.stack.program import Program, load
from offline.commands.stack.pulumi import Pulumi
from offline.toolchain.engine import Engine

PROJECT = Path(__file__).resolve().parents[3]
STACK_FILE = """\
# Kept as it is.
config:
  shop:cluster:
    kubeconfig: .cluster/kubeconfig   # relative to the clone
    context: embedded
    embedded: true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A project named `shop` with one stack, `year1`."""

    root: Path
    """Its folder."""

    @property
    def stack_file(self) -> Path:
        return self.root / "stacks" / "Pulumi.year1.yaml"

    @property
    def program(self) -> Program:
        return load(None, "year1")

    def kubeconfig(self, text: str = "contexts: [{name: embedded}]") -> Path:
        path = self.root / ".cluster" / "kubeconfig"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """The modules of the driver, pointed to a clone of their own."""
    state = tmp_path / ".state"
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program, "EMBEDDED_KUBECONFIG", tmp_path / ".cluster" / "kubeconfig")
    for module in (cluster_access, locks, processes):
        monkeypatch.setattr(module, "STATE", state)
    for module in (locks, pulumi):
        monkeypatch.setattr(module, "BACKEND", state / "backend")
        monkeypatch.setattr(module, "uses_own_backend", lambda: True)
    monkeypatch.setattr(pulumi, "pulumi_environment", lambda _engine, **_options: {})
    for name in ("STACK", "PROGRAM", "YES", "CI", "ARGS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nstackConfigDir: stacks\nruntime: python\n")
    (tmp_path / "stacks" / "Pulumi.year1.yaml").write_text(STACK_FILE)
    return Clone(root=tmp_path)


@pytest.fixture
def fake_pulumi(clone: Clone) -> Callable[[str], Pulumi]:
    """Makes an engine whose `pulumi` runs the given shell lines; `$1` is the command."""

    def make(script: str) -> Pulumi:
        executable = clone.root / "pulumi"
        executable.write_text(f'#!/bin/sh\ncd "{clone.root}"\n{script}\n')
        executable.chmod(0o755)
        engine = Engine(official=False, version="v3.200.0", executable=executable, plugins=())
        return Pulumi(program=clone.program, engine=engine)

    return make


def is_running(pid: int) -> bool:
    """Whether a process works on (a zombie does not)."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def year3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Year 3 in a clone whose stack file the test changes; hands back the program as the driver reads it."""
    for module in (program, policies):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(program, "EMBEDDED_KUBECONFIG", tmp_path / ".cluster" / "kubeconfig")
    monkeypatch.setattr(policies, "STATE", tmp_path / ".state")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(
        "name: service-extraction\nstackConfigDir: stacks\nruntime: python\n"
    )
    content = yaml.safe_load((PROJECT / "stacks" / "Pulumi.year3.yaml").read_text())

    def make(**flags: Any) -> Program:
        content["config"]["service-extraction:extract"]["notifications"].update(flags)
        (tmp_path / "stacks" / "Pulumi.year3.yaml").write_text(yaml.safe_dump(content))
        return load(None, "year3")

    return make
