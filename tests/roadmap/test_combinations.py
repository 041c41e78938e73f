"""All 108 combinations of the four domains' phases, and all 594 single-flag moves between them."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from roadmap import Catalog, Refusal, Topology, judge_move, resolve
from roadmap.moves import Move
from roadmap.topology import MONOLITH
from tests.roadmap.building import configured, with_drivers

FOUR = ("ai", "analytics", "auth", "notifications")
Phases = tuple[str, ...]


def _combinations(catalog: Catalog) -> list[Phases]:
    return list(product(*([phase.name for phase in catalog.domain(name).phases] for name in FOUR)))


def _resolved(catalog: Catalog, phases: Phases, **flags: dict[str, object]) -> Topology:
    section = with_drivers(catalog, dict(zip(FOUR, phases, strict=True)), **flags)
    return resolve(configured(extract=section), catalog)


@pytest.fixture(scope="module")
def resolved(catalog: Catalog) -> dict[Phases, Topology]:
    return {phases: _resolved(catalog, phases) for phases in _combinations(catalog)}


def test_every_combination_resolves_once_its_drivers_are_stated(
    resolved: dict[Phases, Topology], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(resolved) == 108
    assert len(set(resolved.values())) == 108
    for phases, topology in resolved.items():
        placed = {p.domain: p.phase for p in topology.domains}
        assert tuple(placed[name] for name in FOUR) == phases
    with capsys.disabled():
        print("\n  combinations of phases, drivers stated: 108 of 108 resolved")


def test_every_last_phase_without_its_driver_is_refused(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome: Counter[str] = Counter()
    for phases in _combinations(catalog):
        section = {name: {"phase": phase} for name, phase in zip(FOUR, phases, strict=True)}
        wanting = [
            catalog.domain(name)
            for name, phase in zip(FOUR, phases, strict=True)
            if phase == catalog.domain(name).last.name and catalog.domain(name).drivers
        ]
        refusal = _refusal(catalog, section)
        assert (refusal is not None) == bool(wanting)
        if refusal:
            assert refusal.key == f"service-extraction:extract.{wanting[0].domain}.phase"
            assert wanting[0].drivers[0].id in str(refusal)
        outcome["refused" if refusal else "resolved"] += 1
    assert outcome == {"resolved": 32, "refused": 76}
    with capsys.disabled():
        print(
            f"\n  the same without drivers: {outcome['resolved']} resolved, {outcome['refused']} refused for a driver"
        )


def _refusal(catalog: Catalog, section: dict[str, Any]) -> Refusal | None:
    try:
        resolve(configured(extract=section), catalog)
    except Refusal as refusal:
        return refusal
    return None


def test_every_topology_keeps_the_shared_nothing_rules(resolved: dict[Phases, Topology]) -> None:
    for topology in resolved.values():
        owner_of = {store.name: store.owner for store in topology.stores}
        for service in topology.services:
            for workload in service.workloads:
                assert {owner_of[use.store] for use in workload.stores} <= {service.owner}
                assert workload.broker is None or workload.broker.user in {
                    user.name for user in topology.broker.users if user.owner == service.owner
                }
        for route in topology.routes:
            assert sum(backend.weight for backend in route.backends) == 100
        assert len({r.path_prefix for r in topology.routes}) == len(topology.routes)
        assert len({s.name for s in topology.side_effects}) == len(topology.side_effects)
        for queue in topology.broker.queues:
            consumers = [
                workload
                for service in topology.services
                if service.owner == queue.owner
                for workload in service.workloads
                if queue.owner != MONOLITH or queue.name in {setting.value for setting in workload.settings}
            ]
            assert bool(queue.bindings) == bool(consumers), queue.name
            assert bool(queue.retired_bindings) != bool(consumers), queue.name


def test_no_path_leads_from_a_service_to_a_store_or_pod_of_another_owner_but_over_an_edge(
    resolved: dict[Phases, Topology],
) -> None:
    for topology in resolved.values():
        owners = {n.name: n.owner for n in topology.namespaces if n.purpose == "workloads"}
        proxies = {edge.name for edge in topology.edges}
        for path in topology.network:
            source, target = owners.get(path.source.namespace or ""), owners.get(path.target.namespace or "")
            if source and target and source != target:
                assert dict(path.source.labels)["app.kubernetes.io/name"] in proxies, path.purpose


def _moves(catalog: Catalog) -> Iterator[tuple[Phases, Phases, str]]:
    for phases in _combinations(catalog):
        for place, name in enumerate(FOUR):
            path = [phase.name for phase in catalog.domain(name).phases]
            at = path.index(phases[place])
            for to in (at - 1, at + 1):
                if 0 <= to < len(path):
                    yield phases, (*phases[:place], path[to], *phases[place + 1 :]), name


def _judged(
    catalog: Catalog, before: Topology, phases: Phases, name: str, flags: dict[str, object]
) -> Move | Refusal:
    section = with_drivers(catalog, dict(zip(FOUR, phases, strict=True)), **{name: flags})
    config = configured(extract=section)
    try:
        return judge_move(before.model_dump(mode="json"), resolve(config, catalog), config, catalog)
    except Refusal as refusal:
        return refusal


def test_single_flag_moves_as_they_are_typed(
    catalog: Catalog, resolved: dict[Phases, Topology], capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the phase flag is changed: legal between early phases, refused with the next step at the last one."""
    moves, outcome = list(_moves(catalog)), Counter[str]()
    for before, after, name in moves:
        judged = _judged(catalog, resolved[before], after, name, {})
        place, last = FOUR.index(name), catalog.domain(name).last.name
        if before[place] == last:
            assert isinstance(judged, Refusal)
            assert "the old path is retired" in str(judged)
            assert "the next legal step is" in str(judged)
            outcome["refused: leaves a service whose old path is retired"] += 1
        elif after[place] == last:
            assert isinstance(judged, Refusal)
            assert "beside the old path" in str(judged)
            outcome["refused: would enter the last phase at full weight"] += 1
        else:
            assert isinstance(judged, Move)
            assert len(judged.changes) == 1
            outcome["legal"] += 1
    assert len(moves) == 594
    assert sum(outcome.values()) == 594
    with capsys.disabled():
        print(
            "\n  594 single-flag moves as typed: "
            + ", ".join(f"{n} {what}" for what, n in sorted(outcome.items()))
        )


def test_single_flag_moves_as_the_strangler_makes_them(
    catalog: Catalog, resolved: dict[Phases, Topology], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same moves with the old path beside the new one: into the last phase, and out of it, all are legal."""
    outcome = Counter[str]()
    for before, after, name in _moves(catalog):
        place, entry = FOUR.index(name), catalog.domain(name)
        start, flags = resolved[before], {}
        weighted = entry.last.traffic == "weighted"
        beside = {"old_path": "kept", **({"weight": 0} if weighted else {})}
        if after[place] == entry.last.name:
            flags = beside
        elif before[place] == entry.last.name:
            flags = {"parked": True}
            start = _resolved(catalog, before, **{name: beside})
        judged = _judged(catalog, start, after, name, flags)
        assert isinstance(judged, Move), judged
        entered = after[place] == entry.last.name
        assert judged.verdicts == ({name: "ready"} if entered else {})
        assert (judged.evidence_digest is not None) == entered
        outcome["with evidence" if entered else "without evidence"] += 1
    assert outcome == {"with evidence": 135, "without evidence": 459}
    with capsys.disabled():
        print(
            f"\n  594 moves beside the old path: 594 legal, {outcome['with evidence']} of them judged by evidence"
        )


def test_skipping_moves_are_refused_and_name_what_they_skip(
    catalog: Catalog, resolved: dict[Phases, Topology], capsys: pytest.CaptureFixture[str]
) -> None:
    count = 0
    for phases in _combinations(catalog):
        for place, name in enumerate(FOUR):
            path = [phase.name for phase in catalog.domain(name).phases]
            at = path.index(phases[place])
            for to in (to for to in range(len(path)) if abs(to - at) > 1):
                target = (*phases[:place], path[to], *phases[place + 1 :])
                judged = _judged(catalog, resolved[phases], target, name, {})
                assert isinstance(judged, Refusal)
                expected = "skips" if to > at else "one phase at a time"
                assert expected in str(judged)
                count += 1
    assert count == 378
    with capsys.disabled():
        print(f"\n  {count} moves that skip a phase: {count} refused")
