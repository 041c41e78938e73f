"""What the engine makes of an exported topology, and that it can be read back: nulls dropped, numbers as doubles."""

from pathlib import Path
from typing import Any

from roadmap import load_catalog, load_stack_file, resolve
from roadmap.standing import read_standing, standing_of

STACKS = Path(__file__).resolve().parents[2] / "stacks"


def as_the_engine_returns(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_the_engine_returns(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [as_the_engine_returns(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_an_exported_topology_is_read_back() -> None:
    topology = resolve(load_stack_file(STACKS / "Pulumi.year1.yaml"), load_catalog())
    exported = standing_of(topology).model_dump(mode="json", exclude_defaults=True)
    assert read_standing(as_the_engine_returns(exported), "Pulumi.year1.yaml") == standing_of(topology)
