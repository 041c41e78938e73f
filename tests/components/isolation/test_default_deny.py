"""Default deny, proved by an evaluator of others: what is declared is open, and whatever is not declared is closed.

(Extraction Principles, 5: shared-nothing between services.)
"""

from collections.abc import Callable
from itertools import product

import pytest

from tests.components.isolation.comparison import Comparison, compare
from tests.components.isolation.conftest import Cluster
from tests.components.isolation.connections import EVERYWHERE, End, selects
from tests.components.isolation.evaluator import EVERY_PORT, Evaluator
from tests.components.isolation.manifests import policy, registered_policies, rendered_policies
from tests.components.isolation.population import ELSEWHERE, Pod, deployed_population, own_pods, population
from tests.components.isolation.topologies import CATALOG, SPREAD, YEARS, at, of_year
from tests.components.program import run

FOUR = ("ai", "analytics", "auth", "notifications")
OPEN_ELSEWHERE = policy(
    ELSEWHERE,
    "open",
    {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
)
"""The evaluator wants one policy at least."""


def assert_exactly_the_declared_is_open(compared: Comparison) -> None:
    # One wrong policy can make thousands.
    assert compared.undeclared[:20] == ()
    assert compared.closed[:20] == ()
    assert compared.open == compared.declared > 100


@pytest.mark.parametrize("name", SPREAD)
def test_exactly_the_declared_is_open(
    cluster_of: Callable[[str], Cluster], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = cluster_of(name)
    compared = compare(cluster.topology, cluster.pods, cluster.evaluated)
    with capsys.disabled():
        print(f"\n  {name}: {compared}")
    assert_exactly_the_declared_is_open(compared)


@pytest.mark.parametrize("year", YEARS)
def test_exactly_the_declared_is_open_between_the_pods_that_components_register(
    evaluator: Evaluator, year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    topology = of_year(year)
    program = run(topology)
    pods = deployed_population(topology, program)
    compared = compare(topology, pods, evaluator.evaluate(pods, registered_policies(program)))
    with capsys.disabled():
        print(f"\n  {year}, as registered: {compared}")
    assert_exactly_the_declared_is_open(compared)


def test_exactly_the_declared_is_open_whichever_phases_meet(
    evaluator: Evaluator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every third of the 108 combinations, so chosen that any two phases of two domains meet in one of them."""
    paths = [list(enumerate(phase.name for phase in CATALOG.domain(name).phases)) for name in FOUR]
    found: list[Comparison] = []
    for phases in product(*paths):
        if sum(number for number, _ in phases) % 3:
            continue
        topology = at({name: phase for name, (_, phase) in zip(FOUR, phases, strict=True)})
        pods = population(topology)
        compared = compare(topology, pods, evaluator.evaluate(pods, rendered_policies(topology)))
        assert_exactly_the_declared_is_open(compared)
        found.append(compared)
    assert len(found) == 36
    with capsys.disabled():
        print(
            f"\n  {len(found)} combinations of phases: {sum(each.pairs for each in found)} pairs evaluated, "
            f"{sum(each.declared for each in found)} declared, {sum(each.open for each in found)} open, "
            f"{sum(len(each.undeclared) for each in found)} undeclared open, "
            f"{sum(len(each.closed) for each in found)} declared closed"
        )


@pytest.mark.parametrize("name", SPREAD)
def test_it_is_the_policies_that_close(evaluator: Evaluator, name: str) -> None:
    """Without them everything is open, so no pod can look closed because the evaluator overlooked it."""
    pods = population(SPREAD[name]())
    evaluated = evaluator.evaluate(pods, [OPEN_ELSEWHERE])
    ends: tuple[End, ...] = (*pods, EVERYWHERE)
    pairs = [(source, target) for source in ends for target in ends if source != target]
    assert len(pairs) > 2000
    assert [pair for pair in pairs if evaluated.ports(*pair) is not EVERY_PORT] == []


@pytest.mark.parametrize("name", SPREAD)
def test_every_path_leads_from_somebody_to_somebody(name: str) -> None:
    """A path whose pods do not exist leaves closed what it was meant to open."""
    topology = SPREAD[name]()
    ours = {namespace.name for namespace in topology.namespaces}
    own = list(own_pods(topology))
    for path in topology.network:
        ends = [peer for peer in (path.source, path.target) if peer.namespace in ours]
        assert ends, f"{path.purpose}: neither end is ours"
        for peer in ends:
            assert any(selects(peer, pod) for pod in own), f"{path.purpose}: nobody is {peer}"


@pytest.mark.parametrize("year", YEARS)
def test_components_label_their_pods_as_paths_find_them(year: str) -> None:
    topology = of_year(year)
    ours = {namespace.name for namespace in topology.namespaces}
    registered = {
        found_by(pod)
        for pod in deployed_population(topology, run(topology))
        if pod.namespace in ours and pod.name != "stranger"
    }
    expected = {found_by(pod) for pod in own_pods(topology)}
    assert sorted(registered - expected) == []
    assert sorted(expected - registered) == []


def found_by(pod: Pod) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Namespace and labels of a pod; what a component calls its part is for people, not for paths."""
    worn = ((key, value) for key, value in pod.labels.items() if not key.endswith("/component"))
    return pod.namespace, tuple(sorted(worn))
