"""From every topology to every other there is a list of single steps, and each of them is legal and resolves."""

import datetime
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from roadmap import Catalog, Refusal, Topology, judge_move, load_catalog, load_stack_file, resolve
from roadmap.steps import steps_between
from roadmap.topology import DomainPlacement
from roadmap.transition import prepared
from tests.roadmap.building import STACKS, STATEMENT, configured, flagged

CATALOG = load_catalog()
WALKED: Counter[str] = Counter()


def _domain_flags(domain: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any flags of one domain that resolve accepts: phases, weights, data moves, parked and discarded stores."""
    entry = CATALOG.domain(domain)
    early = [phase.name for phase in entry.phases[:-1]]
    stores = [store.name for store in entry.last.service.stores] if entry.last.service else []
    drivers = {driver.id: STATEMENT for driver in entry.drivers}
    stated = st.sampled_from([{}, {"drivers": drivers}] if drivers else [{}])
    standing = st.sampled_from([{}, {"parked": True}, {"parked": True, "discard": stores}])
    outside = st.builds(
        lambda phase, s, d: {"phase": phase, **s, **d}, st.sampled_from(early), standing, stated
    )
    inside: st.SearchStrategy[dict[str, Any]] = st.just({"old_path": "retired"})
    moves: list[dict[str, Any]] = [{}]
    if entry.tables:
        exemption = {"owner": "Ada", "reason": "tables move", "expires": "2026-12-01"}
        moves += [{"backfilled": way} for way in ("forward", "reverse")]
        moves += [{"backfill": {"direction": "forward", **exemption}}]
        moves += [{"backfilled": "reverse", "backfill": {"direction": "forward", **exemption}}]
        moves += [{"backfilled": "forward", "backfill": {"direction": "reverse", **exemption}}]
    at_zero = st.sampled_from(moves)
    if entry.last.traffic == "weighted":
        inside |= st.builds(lambda m: {"weight": 0, "old_path": "kept", **m}, at_zero)
        inside |= st.builds(lambda w: {"weight": w, "old_path": "kept"}, st.integers(1, 100))
    else:
        inside |= st.builds(lambda m: {"old_path": "kept", **m}, at_zero)
    last = {"phase": entry.last.name, **({"drivers": drivers} if drivers else {})}
    return outside | inside.map(lambda flags: {**last, **flags})


def _extracts() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({domain: _domain_flags(domain) for domain in CATALOG.names})


def _walk(catalog: Catalog, before: Topology, after: Topology) -> int:
    """Take every step for real: resolve the flags it prints and judge the move, from one exported topology on."""
    steps = steps_between(catalog, before.domains, after.domains)
    exported, placements = before.model_dump(mode="json"), {p.domain: p for p in before.domains}
    for step in steps:
        assert placements[step.change.domain].model_copy(update={"remark": None}) == step.before.model_copy(
            update={"remark": None}
        )
        placements[step.change.domain] = step.after
        section = flagged(catalog, tuple(placements.values()))
        config = configured(extract=section)
        topology = resolve(config, catalog)
        if step.change.enters_service:
            with pytest.raises(Refusal, match="0 of 7 criteria"):
                judge_move(exported, topology, configured(extract=section, readiness="nowhere"), catalog)
        move = judge_move(exported, topology, config, catalog)
        assert move.changes == (step.change.words,)
        exported = topology.model_dump(mode="json")
        WALKED["judged by evidence"] += bool(move.verdicts)
    for entry, target in zip(catalog.domains, after.domains, strict=True):
        _assert_arrived(placements[entry.domain], target, prepared(entry, placements[entry.domain]))
    WALKED["walks"] += 1
    WALKED["steps"] += len(steps)
    return len(steps)


def _assert_arrived(here: DomainPlacement, target: DomainPlacement, is_prepared: bool) -> None:
    """At the target; only that a domain which had to turn back stays parked, whatever the target says."""
    reached = ("phase", "weight", "old_path", "backfill", "backfilled")
    assert [getattr(here, name) for name in reached] == [getattr(target, name) for name in reached]
    if target.parked:
        assert (here.parked, here.discarding) == (True, target.discarding)
    if here.parked:
        assert is_prepared


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    # No shrinking: a failing pair is printed as it was drawn, within seconds.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(start=_extracts(), end=_extracts())
def test_every_topology_is_reached_from_every_other_by_legal_steps(
    start: dict[str, Any], end: dict[str, Any]
) -> None:
    before = resolve(configured(extract=start), CATALOG)
    after = resolve(configured(extract=end), CATALOG)
    _walk(CATALOG, before, after)


def test_the_walks_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert WALKED["walks"] >= 100
    with capsys.disabled():
        print(
            f"\n  {WALKED['walks']} pairs of topologies walked by {WALKED['steps']} legal steps, "
            f"{WALKED['judged by evidence']} of them judged by evidence"
        )


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [("year1", "year2", 10), ("year1", "year3", 26), ("year2", "year3", 16), ("year3", "year1", 20)],
)
def test_years_are_walked(catalog: Catalog, start: str, end: str, count: int) -> None:
    before, after = (
        resolve(load_stack_file(STACKS / f"Pulumi.{name}.yaml"), catalog) for name in (start, end)
    )
    moved = after.model_copy(update={"domains": after.domains})
    base = resolve(configured(extract=flagged(catalog, before.domains)), catalog)
    assert _walk(catalog, base, moved) == count


def test_a_topology_is_reached_from_itself_by_no_step(catalog: Catalog) -> None:
    topology = resolve(load_stack_file(STACKS / "Pulumi.year3.yaml"), catalog)
    assert steps_between(catalog, topology.domains, topology.domains) == ()


def test_steps_are_the_same_every_time(catalog: Catalog) -> None:
    year1, year3 = (
        resolve(load_stack_file(STACKS / f"Pulumi.{name}.yaml"), catalog) for name in ("year1", "year3")
    )
    assert steps_between(catalog, year1.domains, year3.domains) == steps_between(
        catalog, year1.domains, year3.domains
    )


def test_the_way_back_of_a_weighted_service_is_the_old_path_then_the_weight_then_the_phase(
    catalog: Catalog,
) -> None:
    year3, year1 = (
        resolve(load_stack_file(STACKS / f"Pulumi.{name}.yaml"), catalog) for name in ("year3", "year1")
    )
    back = [
        s.change.words
        for s in steps_between(catalog, year3.domains, year1.domains)
        if s.change.domain == "ai"
    ]
    assert back == [
        "ai: the old path comes up again",
        "ai: weight 100 → 0",
        "ai: `service` → `worker`, its stores are parked",
        "ai: `worker` → `interface`",
    ]


def test_evidence_dates_of_the_embedded_stacks_are_pinned() -> None:
    config = load_stack_file(STACKS / "Pulumi.year3.yaml")
    assert config.as_of == datetime.date(2026, 11, 1)
