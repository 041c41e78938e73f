"""The processes of an engine run: language hosts and providers outlive a killed engine, so we keep track of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from offline.commands.stack.program import Program
from offline.toolchain.places import STATE

_GRACE_SECONDS = 2.0


def _note_file(program: Program) -> Path:
    return STATE / "stacks" / f"{program.project}.{program.stack}.run.json"


def note(program: Program, engine_pid: int) -> None:
    """Remember a run that has begun; the engine leads a session of its own, which all its descendants stay in."""
    path = _note_file(program)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"session": engine_pid, "since": datetime.now(UTC).isoformat(timespec="seconds")})
    )


def forget(program: Program) -> None:
    """The run has ended, and we were there."""
    _note_file(program).unlink(missing_ok=True)


def end_survivors_of_last_run(program: Program) -> int:
    """End what a killed run left behind; returns how many processes that were."""
    try:
        session = int(json.loads(_note_file(program).read_text())["session"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    if is_alive(session):
        return 0  # the engine itself still works, or another program has got its number since
    ended = end_survivors(session)
    forget(program)
    return ended


def end_survivors(session: int) -> int:
    """End the processes of a session whose leader is dead; returns how many there were.

    The number cannot have been given to anybody else: the system keeps it while the session has a member.
    """
    found = _members(session)
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _members(session):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal_number)
        deadline = time.monotonic() + _GRACE_SECONDS
        while _members(session) and time.monotonic() < deadline:
            time.sleep(0.05)
    return len(found)


def is_alive(pid: int) -> bool:
    """Whether a process of that id runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = _stat(pid)
    return state is None or state[0] != "Z"


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/<pid>/stat after the command's name; None where there is no such file."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _members(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields is not None and int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found
