"""Child processes of a build: in a process group of their own, so that all end with us; last words are kept."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LAST_LINES = 15
_POLL_SECONDS = 0.2
_GRACE_SECONDS = 3.0


class ChildFailed(Exception):  # noqa: N818 - said of the child, as in its exit code
    """A command of a build ended with a non-zero exit code."""

    def __init__(self, command: Sequence[str], exit_code: int, output: str) -> None:
        self.command = " ".join(command)
        self.exit_code = exit_code
        self.last_lines = "\n".join(output.rstrip().splitlines()[-_LAST_LINES:])
        self.disk_full = (
            "no space left on device" in output.lower() or "disk quota exceeded" in output.lower()
        )
        super().__init__(f"`{self.command}` ended with {exit_code}")


def run_child(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], tick: Callable[[], None]
) -> str:
    """Run a command to its end and return its standard output; `tick` is called five times a second meanwhile.

    Whatever ends us early (Ctrl-C, SIGTERM as an exception, an error in `tick`) ends the whole process group first.
    Raises ChildFailed for a non-zero exit code.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        try:
            while True:
                try:
                    exit_code = child.wait(_POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    tick()
        except BaseException:
            _end_group(child)
            raise
        output.seek(0)
        errors.seek(0)
        printed = output.read()
        if exit_code != 0:
            raise ChildFailed(command, exit_code, printed + errors.read())
        return printed


def _end_group(child: subprocess.Popen[bytes]) -> None:
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, signal_number)
        except ProcessLookupError:
            return
        try:
            child.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
