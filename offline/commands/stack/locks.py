"""One update of a stack at a time: says who is at work, and clears the engine's lock when its holder is dead."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from offline.commands.refusal import Refusal
from offline.commands.stack.processes import is_alive
from offline.commands.stack.program import Program
from offline.commands.stack.pulumi import Pulumi
from offline.toolchain.environment import BACKEND, uses_own_backend
from offline.toolchain.places import STATE


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineLock:
    """A lock that the engine has put into the file backend."""

    path: Path
    """The lock's file."""
    pid: int
    """Process that took it."""
    host: str
    """Machine of that process."""
    since: str
    """When, as the engine wrote it."""

    @property
    def holder_is_dead(self) -> bool:
        """Whether its process is known to be gone: on this machine, and not running."""
        return self.host == socket.gethostname() and not is_alive(self.pid)


@contextlib.contextmanager
def exclusive(program: Program, doing: str) -> Iterator[None]:
    """Hold the driver's own lock on the stack; raises Refusal naming the holder. The system frees it when we die."""
    path = STATE / "stacks" / f"{program.project}.{program.stack}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "one that has just begun"
            raise Refusal(
                f"stack `{program.stack}` is locked by another command: {holder}.",
                fix="wait until it has ended, then run this again",
            ) from None
        file.seek(0)
        file.truncate()
        file.write(
            f"`make {doing}`, process {os.getpid()}, since {datetime.now(UTC).isoformat(timespec='seconds')}"
        )
        file.flush()
        yield


def engine_locks(program: Program) -> list[EngineLock]:
    """The engine's locks on the stack in this clone's file backend; none for any other backend."""
    if not uses_own_backend():
        return []
    folder = BACKEND / ".pulumi" / "locks" / "organization" / program.project / program.stack
    found = []
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError):
            content = json.loads(path.read_text())
            found.append(
                EngineLock(
                    path=path,
                    pid=int(content["pid"]),
                    host=content["hostname"],
                    since=str(content["timestamp"])[:19],
                )
            )
    return found


def clear_dead_locks(pulumi: Pulumi) -> bool:
    """`pulumi cancel` if every lock's holder is dead; returns whether there was one to clear.

    Raises Refusal if one is held by a process that lives or that this machine cannot judge.
    """
    locks = engine_locks(pulumi.program)
    stack = pulumi.program.stack
    for lock in locks:
        if not lock.holder_is_dead:
            raise Refusal(
                f"stack `{stack}` is locked by another pulumi: process {lock.pid} on {lock.host}, since {lock.since}.",
                fix=f'wait until it has ended; if you know it is dead: eval "$(make -s env)" && pulumi cancel {stack}',
            )
    if locks:
        cleared = pulumi.cancel()
        if cleared.returncode != 0:
            raise Refusal(
                f"stack `{stack}`: `pulumi cancel` failed: {cleared.stderr.strip()}", fix="see above"
            )
    return bool(locks)
