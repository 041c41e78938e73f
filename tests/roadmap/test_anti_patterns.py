"""What a topology must never hold, told from plain facts, and every topology of the roadmap without any of it."""

import json
from typing import Any

import pytest

from roadmap import load_catalog, resolve
from roadmap.anti_patterns import (
    anti_patterns_in,
    is_identity_product,
    is_neutral_parameter,
    longest_gap,
    overlap,
)
from roadmap.registered_move import RegisteredMove, read_registered_move
from roadmap.stack_file import load_stack_file
from roadmap.topology import MaterializedView, Topology
from tests.roadmap.building import STACKS, TODAY


def year(number: int) -> Topology:
    return resolve(load_stack_file(STACKS / f"Pulumi.year{number}.yaml"), load_catalog())


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_roadmaps_topologies_hold_none(number: int) -> None:
    assert anti_patterns_in(year(number)) == ()


@pytest.mark.parametrize(
    ("schedule", "minutes"),
    [
        ("*/5 * * * *", 5), ("* * * * *", 1), ("0-59/5 * * * *", 5), ("1-59/5 * * * *", 5), ("3/5 * * * *", 5),
        ("*/7 * * * *", 7), ("0 * * * *", 60), ("0,30 * * * *", 30), ("0,4,8 * * * *", 52), ("*/60 * * * *", 60),
        ("*/5 9 * * *", None), ("*/5 * 1 * *", None), ("@hourly", None), ("", None), ("a * * * *", None),
        ("*/0 * * * *", None), ("70 * * * *", None),
    ],
)  # fmt: skip
def test_the_longest_gap_of_a_schedule(schedule: str, minutes: int | None) -> None:
    assert longest_gap(schedule) == minutes


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (["services/ai/**"], ["services/auth/**"], None),
        (["services/**"], ["services/ai/**"], ("services/**", "services/ai/**")),
        (["**"], ["backend/**"], ("**", "backend/**")),
        (["backend/a.py"], ["backend/a.py"], ("backend/a.py", "backend/a.py")),
        (["services/a*"], ["services/ai/**"], ("services/a*", "services/ai/**")),
        ([], ["backend/**"], None),
    ],
)
def test_overlapping_triggers(first: list[str], second: list[str], found: tuple[str, str] | None) -> None:
    assert overlap(first, second) == found


@pytest.mark.parametrize(
    ("image", "known"),
    [
        ("quay.io/keycloak/keycloak:26.3.1", True), ("registry:5000/pmt/keycloak@sha256:0", True),
        ("registry.example.com/pmt/monolith:1", False), ("keycloak-of-ours:1", False), ("", False),
    ],
)  # fmt: skip
def test_identity_products(image: str, known: bool) -> None:
    assert is_identity_product(image) is known


@pytest.mark.parametrize(
    ("name", "neutral"),
    [("wal_keep_size", True), ("max_connections", True), ("work_mem", False), ("jit", False)],
)
def test_parameters(name: str, neutral: bool) -> None:
    assert is_neutral_parameter(name) is neutral
    assert is_neutral_parameter(name, also=(name,))


def with_workload(topology: Topology, owner: str, name: str, **changes: Any) -> Topology:
    return topology.model_copy(update={"services": tuple(
        service.model_copy(update={"workloads": tuple(
            w.model_copy(update=changes) if w.name == name else w for w in service.workloads)})
        if service.owner == owner else service for service in topology.services)})  # fmt: skip


def broken() -> list[Any]:
    two, three = year(2), year(3)
    first, second, *rest = three.pipelines
    reader = next(w for w in two.services[0].workloads if w.name == "monolith-api")
    primary = tuple(use.model_copy(update={"endpoint": "primary"}) for use in reader.stores)
    auth = next(s for s in three.services if s.owner == "auth")
    cache = next(s for s in three.stores if s.database is None)
    view: MaterializedView = two.views[0]

    def pipelines(**changes: Any) -> Topology:
        return three.model_copy(update={"pipelines": (first, second.model_copy(update=changes), *rest)})

    return [
        pytest.param(pipelines(source_paths=("**",)), "are both triggered by backend/**", id="trigger"),
        pytest.param(pipelines(registry=first.registry), f"push to {first.registry}", id="registry"),
        pytest.param(pipelines(namespace=first.namespace, deployer=first.deployer), "deploy as", id="identity"),
        pytest.param(
            with_workload(two, "monolith", "analytics-refresh", schedule="*/10 * * * *"),
            "analytics-refresh refreshes on schedule `*/10 * * * *`", id="refresh",
        ),
        pytest.param(
            with_workload(two, "monolith", "monolith-api", stores=primary),
            "monolith-api reads monolith-postgres as analytics_reader on the primary", id="reader",
        ),
        pytest.param(
            three.model_copy(update={"services": tuple(
                s.model_copy(update={"image": "registry.example.com/pmt/login:1"}) if s is auth else s
                for s in three.services)}),
            "auth runs registry.example.com/pmt/login:1, which is no identity product", id="provider",
        ),
        pytest.param(
            two.model_copy(update={"views": (view.model_copy(update={"reader": "monolith"}),)}),
            "read by monolith, not by analytics alone", id="view",
        ),
        pytest.param(
            three.model_copy(update={"stores": (*three.stores, cache.model_copy(update={"owner": "auth"}))}),
            "auth keeps sessions in monolith-redis", id="sessions",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(("topology", "sentence"), broken())
def test_an_anti_pattern_is_named(topology: Topology, sentence: str) -> None:
    found = anti_patterns_in(topology)
    assert any(sentence in item for item in found), found


def test_a_registered_move_is_read_as_it_was_written() -> None:
    topology = year(3)
    move = RegisteredMove(
        stack="year3",
        environment=topology.environment,
        as_of=TODAY,
        next_phases={p.domain: p.phase for p in topology.domains},
        next_placements=topology.domains,
        judged_on=TODAY,
    )
    written = json.loads(json.dumps(move.inputs()))
    assert set(written) >= {"stack", "nextPhases", "nextPlacements", "judgedOn", "environment", "asOf"}
    assert read_registered_move(written) == move
    # The engine holds every number as a floating point one.
    written["nextPlacements"][0]["weight"] = 100.0
    assert isinstance(read_registered_move(written), RegisteredMove)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"nextPlacements": None}, "`nextPlacements` cannot be read"),
        ({"judgedOn": "soon"}, "`judgedOn` cannot be read"),
        ({"environment": "home"}, "`environment` cannot be read"),
    ],
)
def test_a_registered_move_that_cannot_be_read_says_where(change: dict[str, Any], sentence: str) -> None:
    topology = year(1)
    good = RegisteredMove(
        stack="year1", environment=topology.environment,
        next_phases={p.domain: p.phase for p in topology.domains}, next_placements=topology.domains, judged_on=TODAY,
    )  # fmt: skip
    assert sentence in str(read_registered_move({**good.inputs(), **change}))
