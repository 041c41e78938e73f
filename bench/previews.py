"""`pulumi preview` of year 3 without a policy pack, under an empty one and under both, in turns, on one stack."""

from __future__ import annotations

import shlex
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.clock import timed
from offline.toolchain.environment import OF_MAKE, applied
from offline.toolchain.places import ROOT, VENV

STACK = "year3"
Say = Callable[[str], None]
"""Tells a person how far it is."""


NONE, EMPTY, BOTH = "without a pack", "an empty pack", "both packs"
"""What a preview is under. The empty pack is what the policy SDK costs without a rule."""
EMPTY_PACK = "bench/empty_pack"


@dataclass(frozen=True, slots=True)
class Rounds:
    """Seconds of the previews, round by round."""

    seconds: Mapping[str, tuple[float, ...]]
    """By what the preview was under."""

    def ratio(self, ours: str, peer: str) -> float:
        """Median time under `ours` over median time under `peer`."""
        return statistics.median(self.seconds[ours]) / statistics.median(self.seconds[peer])


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone of the last commit with the stack up on a cluster of its own."""

    root: Path
    environment: dict[str, str]
    packs: tuple[str, ...]
    """The arguments that put a preview under both packs."""

    def preview(self, under: str) -> float:
        """Seconds of one preview that finds nothing to change; raises BenchError if it is refused."""
        packs = {
            NONE: (),
            EMPTY: ("--policy-pack", str(self.root / EMPTY_PACK)),
            BOTH: self.packs,
        }
        return timed(
            ["pulumi", "preview", "--stack", STACK, "--suppress-outputs", "--expect-no-changes", *packs[under]],
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


def measured(clone: Clone, rounds: int, say: Say) -> Rounds:
    """So many rounds of previews, after one that is not counted."""
    order = [NONE, EMPTY, BOTH]
    for under in order:
        clone.preview(under)
    seconds: dict[str, list[float]] = {under: [] for under in order}
    for number in range(rounds):
        for under in order:
            seconds[under].append(clone.preview(under))
        said = ", ".join(f"{taken[-1]:.1f} s {under}" for under, taken in seconds.items())
        say(f"{STACK}, round {number + 1} of {rounds}: {said}")
        order = order[1:] + order[:1]  # so that nobody always gains by another's warm caches
    return Rounds({under: tuple(taken) for under, taken in seconds.items()})
