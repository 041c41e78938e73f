"""A stack whose state was lost is refused while its namespaces stand, and no other stack is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from offline.commands.refusal import Refusal
from offline.commands.stack.cluster_access import ReachedCluster
from offline.commands.stack.lost_state import refuse_lost_state
from offline.commands.stack.program import Program
from offline.commands.stack.pulumi import Pulumi
from tests.offline.commands.conftest import Clone


@dataclass(frozen=True)
class FakePulumi:
    """As much of the engine as the check asks for."""

    program: Program
    state_file: Path | None


@dataclass(frozen=True)
class FakeCluster:
    """A cluster that holds the given namespaces of ours."""

    named: Any
    namespaces: tuple[str, ...]

    def get(self, *arguments: str) -> Any:
        return {"items": [{"metadata": _metadata(name)} for name in self.namespaces]}


def _metadata(name: str) -> dict[str, Any]:
    owner = name.rpartition("-")[2]
    owner = owner if owner not in ("edge", "broker") else "monolith"
    return {"name": name, "labels": {"service-extraction/owner": owner}}


@pytest.fixture
def prefixed(clone: Clone) -> Clone:
    clone.kubeconfig()
    clone.stack_file.write_text(clone.stack_file.read_text() + "  shop:namespace_prefix: year1\n")
    return clone


def check(clone: Clone, state: object, *namespaces: str) -> None:
    file = clone.root / "state.json"
    if state is not None:
        file.write_text(json.dumps({"checkpoint": {"latest": state}}))
    program = clone.program
    assert program.cluster is not None
    assert program.cluster.embedded
    refuse_lost_state(
        cast("Pulumi", FakePulumi(program=program, state_file=file)),
        cast("ReachedCluster", FakeCluster(named=program.cluster, namespaces=namespaces)),
    )


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(None, id="no state"),
        pytest.param({}, id="empty"),
        pytest.param({"resources": []}, id="no resource"),
    ],
)
def test_namespaces_without_a_state_are_refused(prefixed: Clone, state: object) -> None:
    with pytest.raises(Refusal) as refusal:
        check(prefixed, state, "year1-edge", "year1-broker", "year1-ai", "year2-edge")
    assert str(refusal.value) == (
        "stack `year1` has no state here, but its namespaces year1-ai, year1-broker, year1-edge stand on the "
        "embedded cluster.\n"
        "  fix: restore .state, or begin anew: `make cluster-down`, then `make up`"
    )


@pytest.mark.parametrize(
    ("state", "namespaces"),
    [
        pytest.param(None, (), id="a first update"),
        pytest.param(None, ("year2-edge", "year10-edge"), id="another stack's namespaces"),
        pytest.param(
            None, ("year1-copy-ai", "year1-copy-edge"), id="a stack's whose prefix begins like ours"
        ),
        pytest.param({"resources": [{"urn": "a"}]}, ("year1-edge",), id="a state that knows them"),
        pytest.param(
            {"pending_operations": [{}]}, ("year1-edge",), id="a killed first update, which is mended"
        ),
    ],
)
def test_everything_else_is_left_alone(prefixed: Clone, state: object, namespaces: tuple[str, ...]) -> None:
    check(prefixed, state, *namespaces)


def test_a_damaged_state_is_named_with_its_backup(prefixed: Clone) -> None:
    file = prefixed.root / "state.json"
    file.write_text('{"checkpoint": ')
    with pytest.raises(Refusal, match=r"state is damaged.*\n  fix: restore it, from state.json.bak"):
        check(prefixed, None, "year1-edge")
