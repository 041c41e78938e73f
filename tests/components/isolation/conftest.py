"""The evaluator, built the first time it is asked for, and what it finds on the cluster of each topology."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from offline.toolchain import binary, ensure
from roadmap.topology import Topology
from tests.components.isolation.comparison import in_words
from tests.components.isolation.connections import End
from tests.components.isolation.evaluator import Evaluated, Evaluator
from tests.components.isolation.manifests import rendered_policies
from tests.components.isolation.population import Pod, impostors_among_us, population
from tests.components.isolation.topologies import SPREAD


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One topology with everybody who may stand beside it, and what its policies leave open."""

    topology: Topology
    pods: tuple[Pod, ...]
    evaluated: Evaluated

    def open(self, source: End, target: End) -> str:
        """Ports open from one end to another, in words: as text, so that a failure stays readable."""
        return in_words(self.evaluated.ports(source, target))

    def called(self, namespace: str, name: str) -> tuple[Pod, ...]:
        """The pods of one workload, Job, edge or store of ours; never none."""
        found = tuple(
            pod
            for pod in self.pods
            if pod.namespace == namespace and pod.name.rpartition("-")[0] == name
        )  # fmt: skip
        assert found, f"no pod of {namespace}/{name}"
        return found


@pytest.fixture(scope="session")
def evaluator(request: pytest.FixtureRequest) -> Evaluator:
    """The evaluator's command; says what it builds, where it must be built."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        ensure(["netpolicy"])
    return Evaluator(executable=binary("netpolicy"))


@pytest.fixture(scope="session")
def cluster_of(evaluator: Evaluator) -> Callable[[str], Cluster]:
    """The cluster of a topology of the spread, by its name; evaluated once."""

    @cache
    def evaluate(name: str) -> Cluster:
        topology = SPREAD[name]()
        pods = (*population(topology), *impostors_among_us(topology))
        return Cluster(
            topology=topology, pods=pods, evaluated=evaluator.evaluate(pods, rendered_policies(topology))
        )

    return evaluate
