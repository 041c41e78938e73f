"""The Year 1 topology, and the program that deploys it, run once for all tests that only read what it registered."""

import base64
from pathlib import Path
from typing import Any

import pytest

import roadmap
from roadmap.topology import Environment, Service, Topology
from tests.components.program import Program, Registered, run
from tests.roadmap.building import configured

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def topology() -> Topology:
    """Year 1, as its stack file resolves."""
    config = roadmap.load_stack_file(ROOT / "stacks" / "Pulumi.year1.yaml")
    return roadmap.resolve(config, roadmap.load_catalog())


@pytest.fixture(scope="session")
def program(topology: Topology) -> Program:
    """Everything that deploying Year 1 registers."""
    return run(topology)


@pytest.fixture(scope="session")
def production(topology: Topology) -> Program:
    """The same topology in an environment whose pods run something, with the secrets its config supplies."""
    return run(
        topology.model_copy(update={"environment": Environment.PRODUCTION}),
        application_secrets={"LLM_API_KEY": "supplied-llm-key", "SMTP_PASSWORD": "supplied-smtp-password"},
    )


MOVE = {"direction": "forward", "owner": "Ada Example", "reason": "tables move", "expires": "2026-12-01"}
STATED = {"by": "Ada Example", "date": "2026-09-14"}
KEDA = {"keda": {"namespace": "keda", "labels": {"app": "keda-operator"}}}
TOPOLOGIES: dict[str, dict[str, Any]] = {
    "year1": {},
    "year2": {"year": 2, "extract": {"ai": {"drivers": {"llm_compute_needs_dedicated_scaling": STATED}}}},
    "year3": {
        "year": 3,
        "extract": {
            "ai": {"drivers": {"llm_compute_needs_dedicated_scaling": STATED}},
            "auth": {"drivers": {"multi_product_or_sso": STATED}},
            "notifications": {"drivers": {"real_time_requirements": STATED}},
        },
    },
    "year3plus": {
        "year": 3,
        "extract": {
            name: {"phase": "service", "drivers": {"team_size_and_deploy_conflicts": STATED}}
            for name in ("projects", "tasks", "sprints")
        },
    },
    "worker scaled by KEDA, analytics on the replica": {
        "operators": KEDA,
        "extract": {"ai": {"phase": "worker"}, "analytics": {"phase": "replica"}},
    },
    "both paths, and data on its way": {
        "year": 2,
        "extract": {
            "ai": {
                "phase": "service",
                "weight": 10,
                "drivers": {"llm_compute_needs_dedicated_scaling": STATED},
            },
            "analytics": {"phase": "service", "weight": 0},
            "auth": {
                "phase": "identity-service",
                "old_path": "kept",
                "drivers": {"multi_product_or_sso": STATED},
            },
            "notifications": {
                "phase": "service",
                "weight": 0,
                "backfill": MOVE,
                "drivers": {"real_time_requirements": STATED},
            },
        },
    },
    "an issuer outside, beside the old one": {
        "external": {
            "llm_url": "https://llm.example.com/v1",
            "smtp_host": "smtp.example.com",
            "identity_issuer": "https://login.example.com",
        },
        "extract": {
            "auth": {
                "phase": "identity-service",
                "old_path": "kept",
                "drivers": {"multi_product_or_sso": STATED},
            }
        },
    },
    "all parked, one to be discarded": {
        "year": 2,
        "extract": {
            "ai": {"phase": "worker", "parked": True, "discard": ["ai-postgres"]},
            "analytics": {"parked": True},
            "auth": {"parked": True},
            "notifications": {"parked": True},
        },
    },
}
"""What every rule for all resources is tried on: the years, both paths side by side, and parked stores."""


@pytest.fixture(scope="session", params=TOPOLOGIES)
def any_topology(request: pytest.FixtureRequest) -> Topology:
    """One topology after the other."""
    return roadmap.resolve(configured(**TOPOLOGIES[request.param]), roadmap.load_catalog())


@pytest.fixture(scope="session")
def any_program(any_topology: Topology) -> Program:
    """Everything that deploying it registers."""
    return run(any_topology)


def monolith(topology: Topology) -> Service:
    """The one service of Year 1."""
    return topology.services[0]


def with_monolith(topology: Topology, **changes: Any) -> Topology:
    """The topology with other fields of the monolith."""
    changed = monolith(topology).model_copy(update=changes)
    return topology.model_copy(update={"services": (changed, *topology.services[1:])})


def containers(resource: Registered) -> list[dict[str, Any]]:
    """All containers of a resource's pods."""
    assert resource.pod_template is not None
    found: list[dict[str, Any]] = resource.pod_template["spec"]["containers"]
    return found


def secret_data(resource: Registered) -> dict[str, str]:
    """What a Secret holds, in the clear."""
    assert resource.kind == "Secret"
    data: dict[str, str] = resource.inputs["stringData"]
    return data


def decoded(pem: str) -> bytes:
    """The bytes inside a PEM block."""
    return base64.b64decode("".join(pem.strip().splitlines()[1:-1]))
