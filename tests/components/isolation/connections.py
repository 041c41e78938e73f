"""Who may connect to whom, as plain sets: between pods, and between a pod and addresses outside the cluster."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from roadmap.topology import Peer, Topology
from tests.components.isolation.population import Pod

Ports = frozenset[tuple[str, int]]
"""Protocol and port; every port of TCP, UDP and SCTP where nothing restricts them."""
NO_PORTS: Ports = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Addresses:
    """IPv4 addresses from first to last, as numbers, both included."""

    first: int
    last: int

    @property
    def id(self) -> str:
        return f"{ipaddress.IPv4Address(self.first)}-{ipaddress.IPv4Address(self.last)}"


EVERYWHERE = Addresses(0, 2**32 - 1)
End = Pod | Addresses
Reach = Mapping[tuple[End, End], Ports]


def block_of(cidr: str) -> Addresses:
    """The addresses of a CIDR block."""
    network = ipaddress.IPv4Network(cidr)
    return Addresses(int(network.network_address), int(network.broadcast_address))


def divided(blocks: Iterable[Addresses]) -> tuple[Addresses, ...]:
    """All addresses, cut at every end of a block, so that each part lies wholly inside or outside of each block."""
    cuts = {EVERYWHERE.first, EVERYWHERE.last + 1}
    for block in blocks:
        cuts |= {block.first, block.last + 1}
    edges = sorted(cuts)
    return tuple(Addresses(first, after - 1) for first, after in pairwise(edges))


def selects(peer: Peer, end: End) -> bool:
    """Whether one end of a declared path means this pod or these addresses."""
    if isinstance(end, Pod):
        return peer.namespace == end.namespace and set(peer.labels) <= set(end.labels.items())
    if peer.cidr is None:
        return False
    return _inside(end, peer.cidr) and not any(_inside(end, cidr) for cidr in peer.except_cidrs)


def _inside(addresses: Addresses, cidr: str) -> bool:
    block = block_of(cidr)
    return block.first <= addresses.first and addresses.last <= block.last


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a topology's paths say about given pods and addresses, and nothing but what they say."""

    topology: Topology
    pods: tuple[Pod, ...]
    blocks: tuple[Addresses, ...] = ()
    """Further blocks of addresses to look at one by one."""

    @cached_property
    def ends(self) -> tuple[End, ...]:
        """The pods, and all addresses cut at the blocks that paths name and at `blocks`."""
        named = [
            block_of(cidr)
            for path in self.topology.network
            for peer in (path.source, path.target)
            for cidr in ((peer.cidr, *peer.except_cidrs) if peer.cidr else ())
        ]
        return (*self.pods, *divided([*named, *self.blocks]))

    def pairs(self) -> Iterator[tuple[End, End]]:
        """Every ordered pair of two different ends of which at least one is a pod in a namespace of ours."""
        namespaces = {namespace.name for namespace in self.topology.namespaces}
        ours = {end for end in self.ends if isinstance(end, Pod) and end.namespace in namespaces}
        for source in self.ends:
            for target in self.ends:
                if source != target and (source in ours or target in ours):
                    yield source, target

    @cached_property
    def reach(self) -> Reach:
        """Ports that are declared open, for each pair that has any."""
        found: dict[tuple[End, End], Ports] = {}
        for path in self.topology.network:
            ports = frozenset((path.protocol, port) for port in path.ports)
            targets = [end for end in self.ends if selects(path.target, end)]
            for source in (end for end in self.ends if selects(path.source, end)):
                for target in targets:
                    if source != target:
                        found[source, target] = found.get((source, target), NO_PORTS) | ports
        return found
