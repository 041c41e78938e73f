"""`pulumi preview` of year 3 with both policy packs against without: the same stack, in turns, in one run."""

from __future__ import annotations

import shlex
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.clock import timed
from offline.toolchain.environment import OF_MAKE, applied
from offline.toolchain.places import ROOT, VENV

STACK = "year3"
Say = Callable[[str], None]
"""Tells a person how far it is."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Seconds of the previews, pair by pair."""

    without: tuple[float, ...]
    under: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Median time under the packs over median time without."""
        return statistics.median(self.under) / statistics.median(self.without)


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone of the last commit with the stack up on a cluster of its own."""

    root: Path
    environment: dict[str, str]
    packs: tuple[str, ...]
    """The arguments that put a preview under both packs."""

    def preview(self, *arguments: str) -> float:
        """Seconds of one preview that finds nothing to change; raises BenchError if it is refused."""
        return timed(
            ["pulumi", "preview", "--stack", STACK, "--suppress-outputs", "--expect-no-changes", *arguments],
            folder=self.root, environment=self.environment,
        ).seconds  # fmt: skip


@contextmanager
def brought_up(place: Path, say: Say) -> Iterator[Clone]:
    """A clone in `place` with year 3 up; everything of it is ended again."""
    root = place / "clone"
    timed(["git", "clone", "--quiet", ROOT, root], folder=ROOT)
    (root / ".venv").symlink_to(VENV)  # the same requirements: no need to install them twice
    say(f"{STACK}: a clone of the last commit comes up on a cluster of its own (a minute)")
    clean = applied(dict.fromkeys(OF_MAKE))  # our own `ARGS` are none of that clone's

    def run(*command: str) -> str:
        return timed(command, folder=root, environment=clean).text

    try:
        run("make", "up", f"STACK={STACK}")
        exported = run("bash", "-c", 'eval "$(make -s env)" && env -0')
        packs = run("make", "-s", "policies", f"STACK={STACK}")
        environment = dict(line.split("=", 1) for line in exported.split("\0") if "=" in line)
        yield Clone(root, environment, tuple(shlex.split(packs)))
    finally:
        run("make", "cluster-down")


def measured(clone: Clone, pairs: int, say: Say) -> Pairs:
    """So many pairs of previews, after one of each that is not counted."""
    clone.preview()
    clone.preview(*clone.packs)
    without: list[float] = []
    under: list[float] = []
    for number in range(pairs):
        # Which comes first changes from pair to pair, so that neither gains by the other's warm caches.
        for packed in (False, True) if number % 2 == 0 else (True, False):
            (under if packed else without).append(clone.preview(*(clone.packs if packed else ())))
        say(
            f"{STACK}, pair {number + 1} of {pairs}: {without[-1]:.1f} s without, {under[-1]:.1f} s with both packs"
        )
    return Pairs(tuple(without), tuple(under))
