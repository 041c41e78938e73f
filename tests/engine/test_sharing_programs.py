"""Every way to share that this engine can run is refused by `pulumi preview --policy-pack`; no look-alike is.

The programs are those that the pack's own tests judge through the protocol. Those with a provider that is not
here (a cloud's) stay with those tests; which and how many is printed and held.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest

from tests.policies.look_alikes import LOOK_ALIKES
from tests.policies.registered import registrable
from tests.policies.ways import WAYS

from .conftest import Outcome, Project
from .test_refusals import objects

PROGRAM = "tests/policies/programs/sharing"
PACK = "policies/isolation"
AT_A_TIME = 6
"""A refused preview waits five seconds for its program to end, so more run at a time than there are cores."""
SHARING = ("shared-database", "shared-cache", "shared-filesystem")


def with_the_engine(programs: list[Callable[[], list[Any]]]) -> list[str]:
    return [program.__name__ for program in programs if registrable(program())]


WAYS_HERE, LOOK_ALIKES_HERE = with_the_engine(WAYS), with_the_engine(LOOK_ALIKES)


@pytest.fixture(scope="module")
def previews(project: Project) -> Iterator[dict[str, Outcome]]:
    """Every program's preview under the pack."""
    project.make("cluster").must_succeed()
    printed = project.shell("python -c 'import json, os; print(json.dumps(dict(os.environ)))'").must_succeed()
    environment = json.loads(printed.text.splitlines()[-1])
    folder = project.root / PROGRAM
    stacks: SimpleQueue[str] = SimpleQueue()
    for number in range(AT_A_TIME):
        project.run(
            "pulumi", "--cwd", str(folder), "stack", "init", f"sharing-{number}", extra=environment
        ).must_succeed()
        stacks.put(f"sharing-{number}")
    done: dict[str, Outcome] = {}

    def preview(name: str) -> None:
        stack = stacks.get()
        try:
            done[name] = project.run(
                "pulumi", "--cwd", str(folder), "preview", "--stack", stack, "--non-interactive",
                "--policy-pack", str(project.root / PACK), extra={**environment, "WAY": name},
            )  # fmt: skip
        finally:
            stacks.put(stack)
        if len(done) % 20 == 0:
            print(f"{len(done)} of {len(WAYS_HERE) + len(LOOK_ALIKES_HERE)} programs previewed", flush=True)

    before = objects(project)
    with ThreadPoolExecutor(AT_A_TIME) as workers:
        list(workers.map(preview, [*WAYS_HERE, *LOOK_ALIKES_HERE]))
    assert objects(project) == before, "a preview wrote something"
    yield done
    for number in range(AT_A_TIME):
        project.run(
            "pulumi", "--cwd", str(folder), "stack", "rm", "--yes", f"sharing-{number}", extra=environment
        ).must_succeed()


@pytest.mark.parametrize("way", WAYS_HERE)
def test_sharing_is_refused_at_preview(previews: dict[str, Outcome], way: str) -> None:
    refused = previews[way].must_refuse()
    assert any(f"[mandatory]  {rule}" in refused.text for rule in SHARING), refused.text
    both = ("pg", "billing") if way == "volume_of_the_database" else ("orders", "billing")
    for name in both:
        assert f"(owner {name})" in refused.text, refused.text


@pytest.mark.parametrize("look_alike", LOOK_ALIKES_HERE)
def test_what_only_looks_like_sharing_is_previewed(previews: dict[str, Outcome], look_alike: str) -> None:
    passed = previews[look_alike].must_succeed()
    assert "[mandatory]" not in passed.text
    assert "isolation@v" in passed.text


def test_most_ways_are_tried_on_the_engine_and_the_rest_are_of_other_providers() -> None:
    left = [item.__name__ for item in (*WAYS, *LOOK_ALIKES) if not registrable(item())]
    print(
        f"{len(WAYS_HERE)} ways and {len(LOOK_ALIKES_HERE)} look-alikes through the engine; through the protocol only, "
        f"for want of a provider of their types: {len(left)}: {', '.join(left)}"
    )
    assert len(WAYS_HERE) >= 40
    assert len(LOOK_ALIKES_HERE) >= 25
