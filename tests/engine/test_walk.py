"""Live: year 1 → year 3 → year 1, step by legal step, one update a step; then a return and a discarded store.

Nothing is lost on the way, no public path is ever without a ready backend, and no update needs a second try.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from roadmap.steps import Step
from tests.engine.conftest import Project
from tests.engine.walk.availability import Watch
from tests.engine.walk.flags import STACK, WalkingStack
from tests.engine.walk.release import Deployer, needed
from tests.engine.walk.stores import identities, lost

RELEASED = "registry.example.com/pmt/ai:1.0.1"


@dataclass(slots=True)
class Sums:
    """What the whole walk came to."""

    updates: int = 0
    seconds: float = 0.0
    looks: int = 0
    stores: int = 0
    words: list[str] = field(default_factory=list)


class Walk:
    """One stack on its way."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        self.project, self._capsys = project, capsys
        self.stack = WalkingStack(project)
        self.sums = Sums()
        self.held: dict[str, str] = {}

    def say(self, line: str) -> None:
        with self._capsys.disabled():
            print(f"  {line}", flush=True)

    def update(self, words: str) -> str:
        """One `make up`: it must succeed at once, keep every store, and leave every public path open."""
        began = time.monotonic()
        with Watch(self.project.root / ".cluster" / "kubeconfig", "embedded", f"{STACK}-edge") as seen:
            outcome = self.project.make("up", STACK=STACK, ARGS="--skip-preview").must_succeed()
        took = time.monotonic() - began
        assert not seen.gaps, f"{words}: {seen.gaps[:5]}"
        now = identities(self.project, STACK)
        assert not lost(self.held, now), words
        self.held = now
        counted = ", ".join(
            f"{count} {what}"
            for count, what in re.findall(r"[+\-~] ?(\d+) (created|updated|deleted|replaced)", outcome.text)
        )
        self.sums.updates += 1
        self.sums.seconds += took
        self.sums.looks += seen.looks
        self.sums.stores = max(self.sums.stores, len(now))
        self.sums.words.append(words)
        self.say(f"{self.sums.updates:3d}. {words:<86} {took:5.1f} s  {counted or 'nothing changed'}")
        return outcome.text

    def take(self, steps: Iterator[Step] | tuple[Step, ...]) -> None:
        for step in steps:
            self.stack.take(step.after)
            self.update(step.change.words)

    def image(self, namespace: str, deployment: str) -> str:
        found = self.project.get(f"deployment {deployment} -n {STACK}-{namespace}")
        image: str = found["spec"]["template"]["spec"]["containers"][0]["image"]
        return image


@pytest.fixture
def walk(project: Project, capsys: pytest.CaptureFixture[str]) -> Iterator[Walk]:
    project.make("cluster").must_succeed()
    walk = Walk(project, capsys)
    walk.say("")
    yield walk
    project.make("down", STACK=STACK, YES="1").must_succeed()


def _release(walk: Walk) -> None:
    """The AI service releases by its own pipeline: no Pulumi, no lock, no right in any other namespace."""
    project, deployer = walk.project, Deployer(walk.project, STACK, "ai")
    topology = walk.stack.topology
    pipeline = next(pipeline for pipeline in topology.pipelines if pipeline.owner == "ai")
    granted = {
        namespace.name: deployer.rights(namespace.name, pipeline, migration="ai-migration")
        for namespace in topology.namespaces
    }
    every = len(needed(pipeline, "ai-migration"))
    assert {name: len(rights) for name, rights in granted.items() if rights} == {f"{STACK}-ai": every}
    deployer.release(RELEASED, list(pipeline.deployments), migration="ai-migration")
    preview = project.make("preview", STACK=STACK).must_succeed()
    assert re.search(r"\d+ unchanged", preview.text), preview.text
    assert not re.search(r"to (create|update|delete|replace)", preview.text), preview.text
    walk.say(
        f"     ai released 1.0.1 by its own pipeline, with {every} rights in its namespace and none in "
        f"{len(granted) - 1} others; a preview shows no change"
    )


def _discard(walk: Walk) -> None:
    """A parked store goes by name only, with its volume, and nothing else does."""
    wrong = walk.project.make("discard", STACK=STACK, DOMAIN="analytics", STORES="ai-postgres").must_refuse()
    assert "nothing was deleted" in wrong.text
    live = walk.project.make("discard", STACK=STACK, DOMAIN="ai", STORES="ai-postgres").must_refuse()
    assert "only parked stores can be discarded" in live.text
    walk.project.make(
        "discard", STACK=STACK, DOMAIN="analytics", STORES="analytics-clickhouse"
    ).must_succeed()
    now = identities(walk.project, STACK)
    gone = {name for name in walk.held if name not in now}
    assert {name.partition(" ")[0] for name in gone} == {"StatefulSet", "PersistentVolumeClaim"}
    assert all("analytics-clickhouse" in name for name in gone)
    assert not lost({name: uid for name, uid in walk.held.items() if name not in gone}, now)
    walk.held = now
    walk.say(
        "     analytics-clickhouse was discarded by name, with its volume; every other store is as it was"
    )


def test_year_1_to_year_3_and_back(walk: Walk) -> None:
    project = walk.project
    project.make("up", STACK=STACK).must_succeed()
    walk.held = identities(project, STACK)
    monolith = walk.image("monolith", "monolith-api")

    walk.take(walk.stack.steps_to(walk.stack.years["year3"]))
    in_year3 = dict(walk.held)
    assert walk.image("monolith", "monolith-api") == monolith, "a flip leaves the monolith's image as it was"

    _release(walk)

    walk.take(walk.stack.steps_to(walk.stack.years["year1"]))
    assert not lost(in_year3, walk.held), "every store of year 3 is parked, none is gone"

    parked = next(name for name in walk.held if name.endswith(f"{STACK}-ai/ai-postgres"))
    ready = walk.stack.years["year3"]
    walk.take(walk.stack.steps_to(tuple(p for p in ready if p.domain == "ai") + walk.stack.start[1:]))
    assert walk.held[parked] == in_year3[parked], "the same flag finds the same store again"
    assert walk.image("ai", "ai-api") == RELEASED, "and the image that its pipeline had released"

    _discard(walk)

    kinds = {re.sub(r"\d+|`[^`]+`", "…", words.partition(": ")[2]) for words in walk.sums.words}
    sums = walk.sums
    walk.say(f"     {sums.updates} updates of {len(kinds)} kinds in {sums.seconds:.0f} s, none tried twice")
    walk.say(
        f"     up to {sums.stores} objects with data, none replaced or deleted; "
        f"{sums.looks} looks at the public paths, none closed"
    )
    assert sums.updates >= 40
