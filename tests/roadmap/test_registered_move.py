"""Every move that the gate lets pass is judged legal again from what the root registers of it, on the whole way out."""

from typing import Any

from roadmap import Catalog, Move, decide
from roadmap.last_move import move_to_register
from roadmap.placements import place_domains
from roadmap.principles import load_principles
from roadmap.registered_move import judge_registered_move, move_to_inputs, read_registered_move
from roadmap.stack_config import StackConfig
from roadmap.standing import standing_of
from roadmap.steps import steps_between
from roadmap.topology import Topology
from tests.roadmap.building import TODAY, configured, flagged, with_drivers


def objections(catalog: Catalog, config: StackConfig, topology: Topology, move: Move) -> list[str]:
    registered = read_registered_move(move_to_inputs(move, topology, as_of=config.as_of).inputs())
    assert not isinstance(registered, str), registered
    return judge_registered_move(registered, catalog, load_principles().readiness, TODAY)


def test_the_whole_way_from_year_1_to_year_3_is_legal_from_outside(catalog: Catalog) -> None:
    here = configured(year=1, extract=with_drivers(catalog, {}))
    goal = configured(year=3, extract=with_drivers(catalog, {}))
    topology, move = decide(None, here, catalog)
    assert objections(catalog, here, topology, move) == []
    steps = steps_between(catalog, topology.domains, place_domains(goal, catalog))
    assert len(steps) > 15
    placements = {placement.domain: placement for placement in topology.domains}
    for step in steps:
        placements[step.change.domain] = step.after
        config = configured(year=1, extract=flagged(catalog, tuple(placements.values())))
        exported: dict[str, Any] = standing_of(topology).model_dump(mode="json")
        topology, move = decide(exported, config, catalog)
        assert len(move.was) == 1, step.change.words
        assert objections(catalog, config, topology, move) == [], step.change.words
        # The next update changes nothing, and still registers how the stack came here.
        again, still = decide(standing_of(topology).model_dump(mode="json"), config, catalog)
        carried = move_to_register(still, move.model_dump(mode="json", exclude_none=True))
        assert carried == move
        assert objections(catalog, config, again, carried) == [], step.change.words
