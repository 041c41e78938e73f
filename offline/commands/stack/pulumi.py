"""Runs `pulumi` on one stack: in the project's environment, in a session of its own, with its output passed through."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from offline.commands.refusal import Failed, Refusal
from offline.commands.stack import processes, salt
from offline.commands.stack.policies import policy_arguments
from offline.commands.stack.program import Program
from offline.toolchain.engine import Engine
from offline.toolchain.environment import (
    BACKEND,
    applied,
    backend_url,
    has_users_passphrase,
    pulumi_environment,
    uses_own_backend,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulumi:
    """The engine, bound to one stack of one program."""

    program: Program
    """What it runs."""
    engine: Engine
    """Which engine."""

    @property
    def _environment(self) -> Mapping[str, str]:
        embedded = self.program.cluster is not None and self.program.cluster.embedded
        return applied(pulumi_environment(self.engine, generated_passphrase=embedded))

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [str(self.engine.executable), *arguments, "--stack", self.program.stack]

    def stream(self, *arguments: str) -> None:
        """Run a command with its output on ours; raises Failed with its exit code if that is not 0.

        Ctrl-C and SIGTERM are handed on once, for an orderly stop; whatever the engine leaves running is ended.
        """
        with salt.kept_out(self.program), _handing_on_signals() as watch:
            child = subprocess.Popen(
                self._command(arguments),
                cwd=self.program.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            watch(child)
            processes.note(self.program, child.pid)
            exit_code = child.wait()
            processes.end_survivors(child.pid)
            processes.forget(self.program)
        if exit_code != 0:
            raise Failed(exit_code if exit_code > 0 else 128 - exit_code)

    def quietly(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command for its output; the caller judges the exit code."""
        with salt.kept_out(self.program):
            return subprocess.run(
                self._command(arguments),
                cwd=self.program.folder,
                env=self._environment,
                input=text or "",
                capture_output=True,
                text=True,
                check=False,
            )

    def with_policies(self) -> list[str]:
        """The arguments that put every update and preview under the policy packs."""
        return policy_arguments(self.program)

    @property
    def state_file(self) -> Path | None:
        """The stack's checkpoint in this clone's file backend; None for any other backend."""
        if not uses_own_backend():
            return None
        return BACKEND / ".pulumi" / "stacks" / self.program.project / f"{self.program.stack}.json"

    def exists(self) -> bool:
        """Whether the stack has been created."""
        if self.state_file is not None:
            return self.state_file.exists()
        return self.quietly("stack", "export").returncode == 0

    def create_if_absent(self) -> None:
        """`pulumi stack init`, unless it is there."""
        if self.exists():
            return
        made = self.quietly("stack", "init", "--no-select", "--non-interactive")
        if made.returncode != 0 and "already exists" not in made.stderr:
            if uses_own_backend():
                raise Refusal(
                    f"{self.program.shown_file}: stack `{self.program.stack}` could not be created.\n"
                    f"    {_last(made.stderr)}",
                    fix="mend what the engine names, and run the command again",
                )
            raise Refusal(
                f"PULUMI_BACKEND_URL is `{backend_url()}`: stack `{self.program.stack}` of {self.program.shown_file} "
                f"could not be created there.\n    {_last(made.stderr)}",
                fix="correct or unset PULUMI_BACKEND_URL, or log in to it with `pulumi login`",
            )

    def cancel(self) -> subprocess.CompletedProcess[str]:
        """`pulumi cancel`: takes every lock on the stack away, also that of an update that still runs."""
        return self.quietly("cancel", "--yes")

    def export(self) -> Any:
        """The stack's state, secrets encrypted."""
        answer = self.quietly("stack", "export")
        if answer.returncode != 0:
            raise Refusal(
                f"stack `{self.program.stack}`: its state cannot be read.\n    {_last(answer.stderr)}",
                fix="see above",
            )
        return json.loads(answer.stdout)


def latest_checkpoint(state_file: Path) -> dict[str, Any]:
    """What the engine wrote last of a stack in this clone's file backend: its resources and pending operations.

    Raises Refusal for a file that is no checkpoint.
    """
    try:
        written: dict[str, Any] = json.loads(state_file.read_text()).get("checkpoint", {}).get("latest") or {}
    except (ValueError, AttributeError):
        raise Refusal(
            f"{state_file}: the stack's state is damaged.",
            fix=f"restore it, from {state_file.name}.bak beside it for instance",
        ) from None
    return written


def check_passphrase(program: Program) -> None:
    """Refuse to encrypt a stack that others share with a passphrase that only this clone has."""
    embedded = program.cluster is not None and program.cluster.embedded
    elsewhere = os.environ.get("PULUMI_BACKEND_URL", "").startswith("http") or program.secrets_provider
    if embedded or elsewhere or has_users_passphrase():
        return
    raise Refusal(
        f"{program.shown_file}: the secrets of stack `{program.stack}` have no passphrase. The generated one is "
        "for embedded stacks only: nobody else could read the state.",
        fix="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or `secretsprovider:` in the file",
    )


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "\n    ".join(lines[-5:]) if lines else "it said nothing"


@contextmanager
def _handing_on_signals() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Signals go to the process given to the callable; one that came before it is handed on then."""
    running: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def hand_on(number: int, _frame: FrameType | None) -> None:
        if not running:
            early.append(number)
        for child in running:
            child.send_signal(signal.SIGINT)  # the engine stops in order at the first, at once at the second

    def watch(child: subprocess.Popen[bytes]) -> None:
        running.append(child)
        if early:
            child.send_signal(signal.SIGINT)

    before = {
        number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield watch
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
