"""The driver's commands: one module each, run by `python -m offline <command>` in the virtual environment."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from offline.commands.refusal import Failed, Refusal
from offline.toolchain.errors import ToolchainError
from offline.toolchain.places import VENV
from offline.toolchain.venv import ensure_venv, python

COMMANDS = {
    "up": "offline.commands.up",
    "preview": "offline.commands.preview",
    "refresh": "offline.commands.refresh",
    "down": "offline.commands.down",
    "discard": "offline.commands.discard",
    "cluster": "offline.commands.cluster",
    "cluster-down": "offline.commands.cluster_down",
    "kubectl": "offline.commands.kubectl",
    "env": "offline.commands.env",
    "engine": "offline.commands.engine",
    "policies": "offline.commands.policies",
    "python": "offline.commands.python",
    "check": "offline.commands.check",
    "ci-policy": "offline.commands.ci_policy",
    "test": "offline.commands.test",
    "clean": "offline.commands.clean",
}
WITHOUT_VENV = ("clean",)
"""Commands that must work when the virtual environment does not."""


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused or failed, 2 no such command, 130 interrupted."""
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(
            f"error: there is no command `{name}`.\n  fix: use one of: {', '.join(COMMANDS)}", file=sys.stderr
        )
        return 2
    for signal_number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                line_buffering=True
            )  # our lines and those of the programs we start keep their order
    try:
        if name not in WITHOUT_VENV and Path(sys.prefix).resolve() != VENV.resolve():
            _go_on_inside_the_venv(arguments)
        exit_code: int = importlib.import_module(COMMANDS[name]).run(rest)
        return exit_code
    except (ToolchainError, Refusal) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except Failed as error:
        return error.exit_code
    except KeyboardInterrupt:
        print("\ninterrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # else the interpreter complains while it exits
        return 1


def _go_on_inside_the_venv(arguments: list[str]) -> None:
    ensure_venv()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    os.execve(str(python()), [str(python()), "-m", "offline", *arguments], environment)  # noqa: S606 - no shell on purpose


def _end(signal_number: int, _frame: FrameType | None) -> None:
    # As an exception, so that every `finally` on the way out ends its child processes.
    raise SystemExit(128 + signal_number)
