"""The root: the move it registers, when it has settled, and what it refuses before anything is registered."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import DeployedTopology, ExtractionRoadmap
from components.support import refuse_unbuildable
from roadmap.registered_move import read_registered_move
from roadmap.topology import Environment, StoreKind, Topology
from tests.components.conftest import monolith, secret_data, with_monolith
from tests.components.program import PASSWORD, Program, first_deployment, run

SECRETS = {"LLM_API_KEY", "SMTP_PASSWORD"}


def test_the_root_registers_the_move(topology: Topology) -> None:
    move = first_deployment(topology).model_copy(update={"evidence_digest": "abc"})
    (root,) = run(topology, move=move).of("ExtractionRoadmap")
    assert read_registered_move(root.inputs) == move
    assert root.inputs["evidenceDigest"] == "abc"
    assert root.inputs["nextPhases"]["ai"] == "interface"


def test_the_first_deployment_has_no_previous_phases(program: Program) -> None:
    (root,) = program.of("ExtractionRoadmap")
    assert "previousPhases" not in root.inputs


def test_what_deploy_hands_back_is_the_root() -> None:
    assert DeployedTopology is ExtractionRoadmap


def test_settled_comes_after_everything(program: Program) -> None:
    (mark,) = program.of("CompletedUpdate")
    assert program.settled is True
    everything = {
        found.urn for found in program.resources if found.token.startswith(("kubernetes:", "random:"))
    }
    assert everything <= mark.dependencies


def test_settled_fails_when_one_resource_fails(topology: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str, _inputs: Any) -> Any:
        raise RuntimeError("the provider refused it")

    monkeypatch.setitem(
        __import__("tests.components.program", fromlist=["ANSWERS"]).ANSWERS,
        "kubernetes:policy/v1:PodDisruptionBudget",
        broken,
    )
    with pytest.raises(Exception, match="the provider refused it"):
        run(topology)


@pytest.mark.parametrize("kind", ["kubernetes:core/v1:Secret", "extraction:edge:PublicEdge"])
def test_an_unexpected_registration_fails_the_program(
    topology: Topology, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    answers = __import__("tests.components.program", fromlist=["ANSWERS"]).ANSWERS
    monkeypatch.delitem(answers, kind)
    with pytest.raises(Exception, match=f"nobody expected a {kind}"):
        run(topology)


def test_a_secret_the_config_lacks_is_generated_where_nothing_is_at_the_other_end(program: Program) -> None:
    data = secret_data(program.one("Secret", "monolith-secrets"))
    assert set(data) == SECRETS
    assert all(value.startswith(PASSWORD) for value in data.values())


def test_a_supplied_secret_is_used_and_none_generated(production: Program) -> None:
    data = secret_data(production.one("Secret", "monolith-secrets"))
    assert data == {"LLM_API_KEY": "supplied-llm-key", "SMTP_PASSWORD": "supplied-smtp-password"}
    assert "smtp-password-password" not in {found.name for found in production.resources}


def _aws(topology: Topology) -> Topology:
    return topology.model_copy(update={"platform": "aws"})


def _foreign_store(topology: Topology) -> Topology:
    stores = tuple(
        store.model_copy(update={"owner": "ai"}) if store.kind is StoreKind.REDIS else store
        for store in topology.stores
    )
    return topology.model_copy(update={"stores": stores})


def _first_workload(topology: Topology, **changes: Any) -> Topology:
    first, *others = monolith(topology).workloads
    return with_monolith(topology, workloads=(first.model_copy(update=changes), *others))


def _production(topology: Topology) -> Topology:
    return topology.model_copy(update={"environment": Environment.PRODUCTION})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            _foreign_store,
            "monolith-beat (monolith) uses store monolith-redis, which is ai's: give monolith its own store",
            id="another-owners-store",
        ),
        pytest.param(_aws, "platform `aws`", id="platform"),
        pytest.param(
            lambda topology: _first_workload(topology, schedule="*/5 * * * *"),
            "workload monolith-api (monolith): only the refresh of materialized views runs on a schedule",
            id="schedule",
        ),
        pytest.param(_production, "secret setting LLM_API_KEY is not in the stack's config", id="secret"),
    ],
)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(
    topology: Topology, change: Callable[[Topology], Topology], reason: str
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run(change(topology))
    assert reason in str(refused.value)
    assert str(refused.value).startswith("year1: this topology cannot be deployed:")


def test_a_service_is_handed_its_own_stores_and_no_others(
    topology: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing was refused, another owner's store is not there to connect to."""
    monkeypatch.setattr("components.deployment.refuse_unbuildable", lambda *_args, **_kwargs: None)
    with pytest.raises(KeyError, match="monolith-redis"):
        run(_foreign_store(topology))


def test_year_1_is_buildable_in_every_environment(topology: Topology) -> None:
    for environment in Environment:
        refuse_unbuildable(topology.model_copy(update={"environment": environment}), supplied_secrets=SECRETS)
