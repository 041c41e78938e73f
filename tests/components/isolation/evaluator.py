"""What NetworkPolicies really let through, by an evaluator that shares no line and no author with our own code.

It is np-guard's netpol-analyzer: it computes, for manifests in a folder, the connections that are allowed between
every two pods and between each pod and addresses outside. It takes no address of a pod for one of a CIDR block's, as
Kubernetes leaves open, and it reads IPv4 only, as our paths are.
"""

import ipaddress
import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from tests.components.isolation.connections import NO_PORTS, Addresses, End, Ports
from tests.components.isolation.manifests import Manifest, surroundings
from tests.components.isolation.population import Pod

PROTOCOLS = ("TCP", "UDP", "SCTP")
EVERY_PORT: Ports = frozenset((protocol, port) for protocol in PROTOCOLS for port in range(1, 65536))


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """What the evaluator found open, by the ids of pods and by address blocks of its own choice."""

    # All ports of many pairs: a failing test would take minutes to write them out.
    open: Mapping[tuple[str | Addresses, str | Addresses], Ports] = field(repr=False)

    @cached_property
    def blocks(self) -> tuple[Addresses, ...]:
        """The blocks into which it divided all addresses."""
        return tuple(sorted({end for pair in self.open for end in pair if isinstance(end, Addresses)}))

    def ports(self, source: End, target: End) -> Ports:
        """Ports open from one end to another; addresses must lie in one block or outside of all."""
        return self.open.get((self._known_as(source), self._known_as(target)), NO_PORTS)

    def _known_as(self, end: End) -> str | Addresses:
        if isinstance(end, Pod):
            return end.id
        found = self._containing.get(end)
        if found is None:
            around = [b for b in self.blocks if b.first <= end.first and end.last <= b.last]
            found = self._containing[end] = around[0] if around else end
        return found

    @cached_property
    def _containing(self) -> dict[Addresses, Addresses]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """The evaluator's command."""

    executable: Path

    def evaluate(self, pods: Iterable[Pod], policies: Iterable[Manifest]) -> Evaluated:
        """Connections that the policies leave open between the pods, and between each of them and the outside."""
        with tempfile.TemporaryDirectory(prefix="manifests-") as folder:
            items = [*surroundings(pods), *policies]
            cluster = {"apiVersion": "v1", "kind": "List", "items": items}
            (Path(folder) / "cluster.json").write_text(json.dumps(cluster))
            command = [str(self.executable), "list", "--dirpath", folder, "--output", "json"]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
        # It also says on standard error what it could not read, and then goes on without it.
        assert answer.returncode == 0, f"the evaluator failed: {answer.stderr or answer.stdout}"
        assert not answer.stderr.strip(), f"the evaluator complained: {answer.stderr}"
        found: dict[tuple[str | Addresses, str | Addresses], Ports] = {}
        for line in json.loads(answer.stdout):
            for source in _ends(line["src"]):
                for target in _ends(line["dst"]):
                    found[source, target] = _ports(line["conn"])
        return Evaluated(open=found)


@cache
def _ends(text: str) -> tuple[str | Addresses, ...]:
    """`namespace/name[Pod]`, or ranges such as `10.0.0.0-10.255.255.255`."""
    if text.endswith("[Pod]"):
        return (text.removesuffix("[Pod]"),)
    return tuple(
        Addresses(*(int(ipaddress.IPv4Address(end)) for end in block.split("-"))) for block in text.split(",")
    )


@cache
def _ports(text: str) -> Ports:
    """`All Connections`, or protocols with ports and ranges such as `TCP 80,8000-8010,UDP 53`."""
    if text == "All Connections":
        return EVERY_PORT
    found: set[tuple[str, int]] = set()
    protocol = ""
    for part in text.split(","):
        named, _, numbers = part.rpartition(" ")
        protocol = named or protocol
        assert protocol in PROTOCOLS, f"the evaluator answered {text}"
        first, _, last = numbers.partition("-")
        found |= {(protocol, port) for port in range(int(first), int(last or first) + 1)}
    return frozenset(found)
