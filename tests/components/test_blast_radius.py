"""The blast radius of every legal single move: what an update touches, by the diff of the providers that will run it.

`BLAST_RADIUS_EVERY=12` tries every twelfth of the 594 moves only, for work on a component.
"""

import os

import pytest

from roadmap.topology import MONOLITH
from tests.components.blast_radius.changes import Touch
from tests.components.blast_radius.graph import record
from tests.components.blast_radius.moves import FOUR, finer_moves, single_flag_moves
from tests.components.blast_radius.results import Result, table
from tests.components.blast_radius.shared import SHARED
from tests.components.blast_radius.stores import holding_state

EVERY = int(os.environ.get("BLAST_RADIUS_EVERY", "1"))


@pytest.fixture(scope="module")
def results() -> tuple[list[Result], list[Result]]:
    """All single-flag moves, and the finer ones; each topology is run once."""
    single = list(single_flag_moves())
    assert len(single) == 594
    single, finer = single[::EVERY], [tried for name in FOUR for tried in finer_moves(name)]
    graphs = record(topology for tried in (*single, *finer) for topology in (tried.before, tried.after))
    found = [Result(tried, graphs[tried.before], graphs[tried.after]) for tried in (*single, *finer)]
    return found[: len(single)], found[len(single) :]


@pytest.fixture(scope="module")
def single(results: tuple[list[Result], list[Result]]) -> list[Result]:
    return results[0]


@pytest.fixture(scope="module")
def finer(results: tuple[list[Result], list[Result]]) -> list[Result]:
    return results[1]


@pytest.fixture(scope="module")
def every(results: tuple[list[Result], list[Result]]) -> list[Result]:
    return [*results[0], *results[1]]


def _few(found: list[str]) -> str:
    return f"{len(found)} in all:\n" + "\n".join(found[:20])


def test_no_store_is_replaced_or_deleted(single: list[Result]) -> None:
    """Nor what is protected, nor a store's credential, key or namespace."""
    lost = [result.said(urn) for result in single for urn in result.lost]
    assert not lost, _few(lost)


def test_whatever_holds_state_is_protected_until_somebody_gives_it_up(every: list[Result]) -> None:
    open_ = sorted({f"{urn} ({result.tried.words})" for result in every for urn in result.unprotected})
    assert not open_, _few(open_)


def test_every_store_of_the_topology_is_found_in_its_graph(every: list[Result]) -> None:
    """So that no store can hide from the tests above behind a new kind of resource."""
    for result in every:
        held = set(holding_state(result.after, result.tried.after).values())
        assert {store.name for store in result.tried.after.stores} <= held
        assert result.tried.after.broker.name in held


def test_nothing_outside_the_domain_is_touched_but_the_shared_objects(every: list[Result]) -> None:
    foreign = [result.said(urn) for result in every for urn, name in result.outside.items() if name is None]
    assert not foreign, _few(foreign)


@pytest.mark.skipif(EVERY > 1, reason="a part of the moves does not need the whole list")
def test_the_list_of_shared_objects_is_no_longer_than_needed(every: list[Result]) -> None:
    used = {name for result in every for name in result.outside.values()}
    assert not {entry.name for entry in SHARED} - used


def test_only_jobs_are_replaced_and_nothing_takes_a_value_from_one(every: list[Result]) -> None:
    """A value taken from a replaced resource could replace its taker too, which no diff of inputs shows."""
    for result in every:
        replaced = {node.urn: node for node in result.of(Touch.REPLACED)}
        assert {node.kind for node in replaced.values()} <= {"Job"}, [result.said(urn) for urn in replaced]
        takers = [node.urn for graph in (result.before, result.after) for node in graph.values()
                  if not node.takes_from.isdisjoint(replaced)]  # fmt: skip
        assert not takers, takers


def test_a_move_leaves_the_monoliths_image_as_it_was(every: list[Result]) -> None:
    for result in every:
        images = {
            service.image
            for topology in (result.tried.before, result.tried.after)
            for service in topology.services
            if service.owner == MONOLITH
        }
        assert len(images) == 1, str(result.tried)
        names = {
            workload.name
            for topology in (result.tried.before, result.tried.after)
            for service in topology.services
            if service.owner == MONOLITH
            for workload in service.workloads
        }
        for graph in (result.before, result.after):
            deployed = {
                container["image"]
                for node in graph.values()
                if node.kind == "Deployment" and node.object_name in names
                for container in node.inputs["spec"]["template"]["spec"]["containers"]
            }
            assert deployed == images, str(result.tried)


def test_a_store_is_deleted_when_it_was_given_up_and_at_no_other_step(finer: list[Result]) -> None:
    for result in finer:
        gone = {
            store
            for urn, store in result.held.items()
            if result.touched.get(urn) in (Touch.DELETED, Touch.REPLACED)
        }
        before = {store.name for store in result.tried.before.stores if store.owner == result.tried.domain}
        assert gone == (before if result.tried.words == "its stores are discarded" else set()), str(
            result.tried
        )
        assert not result.lost_unconfirmed, [result.said(urn) for urn in result.lost_unconfirmed]


def test_arming_a_discard_changes_protection_and_nothing_else(finer: list[Result]) -> None:
    armed = [result for result in finer if result.tried.words == "its stores are to be discarded"]
    assert len(armed) == len(FOUR)
    for result in armed:
        assert not result.touched, [result.said(urn) for urn in result.touched]
        disarmed = {
            store for urn, store in result.held.items()
            if result.before[urn].protect and not result.after[urn].protect
        }  # fmt: skip
        assert disarmed == {s.name for s in result.tried.before.stores if s.owner == result.tried.domain}


def test_a_domain_that_returns_finds_the_store_it_left(finer: list[Result]) -> None:
    """The same URNs, and of the store itself only what wakes it: no name, no volume, no credential changes."""
    returned = [result for result in finer if result.tried.words == "returns to its service"]
    assert len(returned) == len(FOUR)
    for result in returned:
        own = {s.name for s in result.tried.after.stores if s.owner == result.tried.domain}
        held = {urn for urn, store in result.held.items() if store in own}
        assert held == {
            urn for urn, store in holding_state(result.after, result.tried.after).items() if store in own
        }
        assert all(result.touched.get(urn) in (None, Touch.UPDATED) for urn in held)
        updated = {result.before[urn].kind for urn in held if urn in result.touched}
        assert updated <= {"Cluster", "StatefulSet"}, updated


def test_the_figures_are_printed(
    single: list[Result], finer: list[Result], capsys: pytest.CaptureFixture[str]
) -> None:
    part = f", every {EVERY}th of them" if EVERY > 1 else ""
    with capsys.disabled():
        print(table(f"blast radius: 594 single-flag moves{part}", single))
        print(table("blast radius: finer moves within a service, out of it and back", finer))
