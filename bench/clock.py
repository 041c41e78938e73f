"""Wall-clock time of calls and of commands."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class BenchError(Exception):
    """What is measured did not do what it must; the message says what it printed and what to do."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    seconds: float
    code: int
    text: str
    """Its standard output."""


def seconds_of(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median_seconds(call: Callable[[], object], repeats: int) -> float:
    """Median wall-clock seconds of so many calls."""
    return statistics.median(seconds_of(call) for _ in range(repeats))


def timed(
    command: Sequence[str | Path],
    *,
    folder: Path,
    accepted: Sequence[int] = (0,),
    limit: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run one command to its end.

    Raises:
        BenchError: it ended with a code that is not `accepted`.
        TimeoutError: it was still running after `limit` seconds, and has been ended.
    """
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"{command[0]} was still running after {limit:.0f} s") from None
    taken = time.perf_counter() - start
    if done.returncode not in accepted:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise BenchError(f"`{' '.join(map(str, command))}` ended with {done.returncode}:\n{said}")
    return Ended(taken, done.returncode, done.stdout)
