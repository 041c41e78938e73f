"""What the operating system says about a pid: when its process started, and with which environment."""

from __future__ import annotations

import contextlib
import functools
import subprocess
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")


def started(pid: int) -> str | None:
    """Start time of a running process, unique together with its pid; None if it has ended."""
    if not _has_proc():
        return _started_by_ps(pid)
    try:
        threads = len(list((PROC / str(pid) / "task").iterdir()))
        # The name in parentheses may hold anything, so fields are counted behind its last parenthesis.
        fields = (
            (PROC / str(pid) / "stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return None
    state, ticks = fields[0], fields[19]
    # A zombie whose other threads are still ending holds its ports and files.
    return None if state in "ZX" and threads <= 1 else f"{_boot()}/{ticks}"


def environment(pid: int) -> Mapping[str, str] | None:
    """Environment a process was started with; None where the system does not show it to us."""
    if not _has_proc():
        return None
    try:
        block = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return {}
    if not block:  # for an instant after it was started the system knows none yet
        return None
    pairs = (entry.decode("utf-8", "surrogateescape").partition("=") for entry in block.split(b"\0") if entry)
    return {key: value for key, _, value in pairs}


def pids() -> list[int]:
    """Every pid the system lists; empty where it has no such list."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()] if _has_proc() else []


@functools.cache
def _has_proc() -> bool:
    return (PROC / "self" / "stat").exists()


@functools.cache
def _boot() -> str:
    """Ticks count from the boot, so a start time means nothing without it."""
    with contextlib.suppress(OSError):
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "boot"


def _started_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return None if not answer or answer.startswith("Z") else answer.partition(" ")[2].strip()
