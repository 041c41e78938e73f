"""The Year 1 topology, and the program that deploys it, run once for all tests that only read what it registered."""

import base64
from pathlib import Path
from typing import Any

import pytest

import roadmap
from roadmap.topology import Environment, Service, Topology
from tests.components.program import Program, Registered, run

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
