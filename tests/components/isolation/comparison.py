"""What is open beside what is declared: every difference in words, and the sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from roadmap.topology import Topology
from tests.components.isolation.connections import NO_PORTS, Declared, Ports
from tests.components.isolation.evaluator import Evaluated
from tests.components.isolation.population import Pod


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The whole matrix of one topology: every pair of pods, and of a pod and addresses, in each direction."""

    pods: int
    pairs: int
    """Pairs evaluated, each on every port of TCP, UDP and SCTP."""
    declared: int
    """Pairs with a port that the topology declares open."""
    open: int
    """Pairs with a port that the policies leave open."""
    undeclared: tuple[str, ...]
    """Open, but declared nowhere."""
    closed: tuple[str, ...]
    """Declared, but closed."""

    def __str__(self) -> str:
        return (
            f"{self.pods} pods, {self.pairs} pairs evaluated, {self.declared} declared, {self.open} open, "
            f"{len(self.undeclared)} undeclared open, {len(self.closed)} declared closed"
        )


def compare(topology: Topology, pods: tuple[Pod, ...], evaluated: Evaluated) -> Comparison:
    """Compare what the topology's paths declare with what the evaluator found."""
    declared = Declared(topology=topology, pods=pods, blocks=evaluated.blocks)
    pairs = wanted_pairs = open_pairs = 0
    undeclared: list[str] = []
    closed: list[str] = []
    for source, target in declared.pairs():
        wanted = declared.reach.get((source, target), NO_PORTS)
        found = evaluated.ports(source, target)
        pairs += 1
        wanted_pairs += bool(wanted)
        open_pairs += bool(found)
        if wanted != found:
            ends = f"{source.id} -> {target.id}"
            undeclared += [f"{ends} {words}"] if (words := _beyond(found, wanted)) else []
            closed += [f"{ends} {words}"] if (words := _beyond(wanted, found)) else []
    return Comparison(
        pods=len(pods),
        pairs=pairs,
        declared=wanted_pairs,
        open=open_pairs,
        undeclared=tuple(undeclared),
        closed=tuple(closed),
    )


@cache
def _beyond(these: Ports, those: Ports) -> str:
    """In words, which of these are not among those; cached, for all ports are many."""
    return in_words(these - those)


@cache
def in_words(ports: Ports) -> str:
    """`TCP 80,8000-8010 UDP 53`."""
    return " ".join(
        f"{protocol} {','.join(_ranges(sorted(port for _, port in numbered)))}"
        for protocol, numbered in groupby(sorted(ports), key=lambda each: each[0])
    )


def _ranges(numbers: list[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(numbers), key=lambda each: each[1] - each[0]):
        ports = [port for _, port in run]
        yield str(ports[0]) if len(ports) == 1 else f"{ports[0]}-{ports[-1]}"
