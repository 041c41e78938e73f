"""One reference of a live stack rewired at random: whatever shares by the oracle's word, the pack refuses.

The topologies are ours, brought up for real. Each mutant changes one reference to what another owner has. Its object
goes through the API server's own admission (a server-side dry run), the oracle judges the live objects with it, and
the pack judges the program's resources with it, as it would at `pulumi preview`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from kubernetes.dynamic.exceptions import DynamicApiError

from policies.isolation.pack import policies
from policies.isolation.server import Servicer
from tests.policies.stack import Answer, ask

from .conftest import Project
from .mutants.declared import Declared
from .mutants.live import ApiServer, Live
from .mutants.oracle import Sharing, sharing
from .mutants.rewiring import Rewired, references, rewired

STACKS = ("year2", "year3")
MUTANTS_OF_EACH = 700
SEED = 20261123
CONFIG = {rule: {"grade": "instance"} for rule in ("shared-database", "shared-cache")}
"""As every run of this project configures the pack: a server has one owner, whatever databases are on it."""


@dataclass
class Tally:
    """What became of the mutants, by the kind of reference that was rewired."""

    made: Counter[str] = field(default_factory=Counter)
    inadmissible: Counter[str] = field(default_factory=Counter)
    share: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    refused_though_apart: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        heads = ("reference", "mutants", "API server refuses", "share", "caught", "refused though apart")
        rows = [
            (what, *(counter[what] for counter in self._counters())) for what in sorted(self.made)
        ]  # fmt: skip
        rows.append(("all", *(counter.total() for counter in self._counters())))
        return "\n".join(
            [
                " ".join(f"{head:<20}" for head in heads),
                *(" ".join(f"{cell!s:<20}" for cell in row) for row in rows),
            ]
        )

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.made, self.inadmissible, self.share, self.caught, self.refused_though_apart


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    found = Tally()
    yield found
    print(f"\n{found}")


@pytest.mark.parametrize("stack", STACKS)
def test_whatever_shares_is_refused(project: Project, tally: Tally, stack: str) -> None:
    print(f"\n{stack}: coming up", flush=True)
    project.make("up", STACK=stack).must_succeed()
    try:
        server = ApiServer(project.root / ".cluster" / "kubeconfig")
        export = project.shell(f"pulumi stack export --show-secrets --stack {stack}").must_succeed().text
        declared, live = Declared(json.loads(export)), server.objects(stack)
        assert sharing(live) == frozenset()
        for known in (True, False):
            assert refused(declared.unchanged(known)) == []
        chance = random.Random(f"{SEED} {stack}")
        everything = [item for item in references(live) if declared.inputs(item.object) is not None]
        for number in range(MUTANTS_OF_EACH):
            judge(rewired(live, everything, chance), server, live, declared, chance.random() < 0.5, tally)
            if number % 100 == 99:
                print(f"{stack}: {number + 1} of {MUTANTS_OF_EACH} mutants", flush=True)
    finally:
        project.make("down", STACK=stack, YES="1").must_succeed()
    assert tally.missed == []


def judge(
    mutant: Rewired, server: ApiServer, live: Live, declared: Declared, known: bool, tally: Tally
) -> None:
    """One mutant before both judges."""
    what, where = mutant.reference.what, mutant.reference.object
    tally.made[what] += 1
    try:
        admitted = server.admitted(mutant.applied(live.objects[where]))
    except DynamicApiError:
        tally.inadmissible[what] += 1
        return
    shared: frozenset[Sharing] = sharing(live.with_changed(admitted))
    answers = refused(declared.resources(where, mutant.applied, known))
    if not shared:
        tally.refused_though_apart[what] += bool(answers)
        return
    tally.share[what] += 1
    owners = [item.owners for item in shared]
    if any(
        all(f"(owner {name})" in answer.message for name in pair) for pair in owners for answer in answers
    ):
        tally.caught[what] += 1
    else:
        tally.missed.append(f"{mutant}: {sorted(shared)} {[answer.message for answer in answers]}")


def refused(resources: object) -> list[Answer]:
    return [answer for answer in ask(Servicer(policies()), resources, CONFIG) if answer.mandatory]


def test_enough_of_them_share_and_by_every_kind_of_reference_that_can(tally: Tally) -> None:
    assert tally.share.total() >= 500
    assert set(tally.share) >= {"host", "url", "login", "owner label", "network ingress", "service"}
