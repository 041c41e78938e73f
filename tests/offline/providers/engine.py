"""The real engine with both stand-ins installed as it expects plugins, for one program and one stack."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offline.toolchain import binary

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = {"kubernetes": "4.34.2", "random": "4.21.4"}
LONGEST_COMMAND_SECONDS = 120


@dataclass(kw_only=True)
class Engine:
    """A program in a folder of its own, with its own state, its own Pulumi home and one stack."""

    folder: Path
    program: Path
    environment: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shutil.copytree(self.program, self.folder / "program")
        (self.folder / "state").mkdir()
        home = self.folder / "home"
        for name, version in PLUGINS.items():
            plugin = home / "plugins" / f"resource-{name}-v{version}"
            plugin.mkdir(parents=True)
            script = plugin / f"pulumi-resource-{name}"
            command = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m offline.providers.{name} "$@"'
            script.write_text(f"#!/bin/sh\n{command}\n")
            script.chmod(0o755)
        # Not resolved: the interpreter of a virtual environment is a link, and its folder is the one that counts.
        folders = [
            Path(sys.executable).parent,
            binary("pulumi").parent,
            binary("pulumi-language-python").parent,
        ]
        inherited = {name: text for name, text in os.environ.items() if not name.startswith("PULUMI_")}
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment = {
            **inherited,
            "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
            "PULUMI_HOME": str(home),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "only for this test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        }
        self.must("stack", "init", "test")

    def run(self, *command: str) -> tuple[int, str]:
        """Exit code and everything that a `pulumi` command says."""
        done = subprocess.run(
            [binary("pulumi"), *command, "--non-interactive"],
            cwd=self.folder / "program",
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_COMMAND_SECONDS,
        )
        return done.returncode, done.stdout

    def must(self, *command: str) -> str:
        """What a command says that has to succeed."""
        code, text = self.run(*command)
        assert code == 0, text[-4000:]
        return text

    def must_fail(self, *command: str) -> str:
        """What a command says that has to fail, without a traceback."""
        code, text = self.run(*command)
        assert code != 0, text
        assert "Traceback" not in text, text
        return text

    def start(self, *command: str) -> subprocess.Popen[str]:
        """A command that runs on, for a test that kills something meanwhile."""
        return subprocess.Popen(
            [binary("pulumi"), *command, "--non-interactive"],
            cwd=self.folder / "program",
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def configure(self, **values: object) -> None:
        options = [part for name, value in values.items() for part in ("--plaintext", f"{name}={value}")]
        self.must("config", "set-all", *options)

    def up(self) -> dict[str, int]:
        """How many resources an update created, updated, replaced, deleted or left as they are."""
        return self._changes("up", "--yes", "--skip-preview", "--json")

    def preview(self, *options: str) -> dict[str, int]:
        """The same of a preview."""
        return self._changes("preview", "--json", *options)

    def refresh(self) -> dict[str, int]:
        """The same of a refresh."""
        return self._changes("refresh", "--yes", "--skip-preview", "--json")

    def _changes(self, *command: str) -> dict[str, int]:
        text = self.must(*command)
        decoder, position = json.JSONDecoder(), 0
        summary: dict[str, int] = {}
        while (start := text.find("{", position)) >= 0:
            document, position = decoder.raw_decode(text, start)
            event = document.get("summaryEvent") or document
            summary = event.get("resourceChanges") or event.get("changeSummary") or summary
        return {name: count for name, count in summary.items() if name != "same"}

    def state(self) -> str:
        """The stack's state as the backend holds it."""
        return self.must("stack", "export")

    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources in the state by the last part of their URN, secrets encrypted."""
        found = json.loads(self.state())["deployment"].get("resources", [])
        return {item["urn"].split("::", 2)[2]: item for item in found}


def provider_pids(process: subprocess.Popen[str]) -> list[int]:
    """The provider processes that this engine started."""
    pids = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            command = (status.parent / "cmdline").read_text()
        except OSError:
            continue
        if parent == process.pid and "offline.providers." in command:
            pids.append(int(status.parent.name))
    return pids


def kill(pid: int) -> None:
    """The end that no process can prepare for."""
    os.kill(pid, signal.SIGKILL)
