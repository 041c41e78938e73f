"""What one topology registers, small enough to keep hundreds of them side by side.

A program that registers the same object for many topologies gives the same text for it, and equal texts are kept once.
"""

import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi.runtime import resource as sdk_resource
from pulumi.runtime.proto import source_pb2

from components.labels import NAME, OWNER
from roadmap.topology import Topology
from tests.components.program import Registered, run

WORKERS = int(os.environ.get("BLAST_RADIUS_PROCESSES", "2"))
"""Programs that run side by side; one event loop runs one program at a time."""
RUNS_BETWEEN_COLLECTIONS = 8
"""A program leaves some 50 MB of cycles behind; collecting them while it runs takes a third of its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One registered resource."""

    urn: str
    token: str
    name: str
    parent: str
    text: str
    """Its inputs as JSON with sorted keys, in the clear."""
    protect: bool
    ignore_changes: tuple[str, ...]
    takes_from: frozenset[str]
    """URNs of the resources whose outputs its inputs hold."""

    @property
    def inputs(self) -> Mapping[str, Any]:
        return read(self.text)

    @property
    def kind(self) -> str:
        return self.token.rsplit(":", maxsplit=1)[-1]

    @property
    def is_managed(self) -> bool:
        """True for what a provider creates, updates and deletes; components exist in the state alone."""
        return self.token.startswith(("kubernetes:", "random:"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.inputs.get("metadata", {})
        return found

    @property
    def object_name(self) -> str:
        return str(self.metadata.get("name", self.name))

    @property
    def namespace(self) -> str:
        """Of the object; a Namespace stands in itself, and what is no object in none."""
        return self.object_name if self.kind == "Namespace" else str(self.metadata.get("namespace", ""))

    @property
    def owner(self) -> str | None:
        """Its owner label; None for what is no object of the API server."""
        found = self.metadata.get("labels", {}).get(OWNER)
        return str(found) if found is not None else None

    @property
    def label(self) -> str:
        """The label that names the workload, store or broker it belongs to."""
        return str(self.metadata.get("labels", {}).get(NAME, ""))


Graph = Mapping[str, Node]
"""By URN."""


@cache
def read(text: str) -> Mapping[str, Any]:
    """Inputs that were written as text."""
    found: Mapping[str, Any] = json.loads(text)
    return found


def record(topologies: Iterable[Topology]) -> dict[Topology, Graph]:
    """The graph of each topology; equal topologies are run once."""
    waiting = list(dict.fromkeys(topologies))
    # Not forked: the SDK's channels and the loop of this process must not be in another one.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_only_record) as pool:
        found = pool.map(_registered, waiting, chunksize=4)
        return {topology: _graph(nodes) for topology, nodes in zip(waiting, found, strict=True)}


_runs = 0


def _only_record() -> None:
    """Leave out what takes time and is not recorded: where in the source a resource was made, and early collections."""
    sdk_resource._get_stack_trace = source_pb2.StackTrace
    sdk_resource._get_source_position = lambda stack: None
    gc.freeze()
    gc.disable()


def _registered(topology: Topology) -> list[tuple[Any, ...]]:
    global _runs  # one count a process
    _runs += 1
    if _runs % RUNS_BETWEEN_COLLECTIONS == 0:
        gc.collect()
    return [_plain(resource) for resource in run(topology).resources]


def _plain(resource: Registered) -> tuple[Any, ...]:
    takes_from = frozenset(urn for urns in resource.property_dependencies.values() for urn in urns)
    text = json.dumps(resource.inputs, sort_keys=True)
    return (
        resource.urn,
        resource.token,
        resource.name,
        resource.parent,
        text,
        resource.protect,
        resource.ignore_changes,
        takes_from,
    )


_kept: dict[tuple[Any, ...], Node] = {}


def _graph(registered: list[tuple[Any, ...]]) -> Graph:
    return {plain[0]: _kept.get(plain) or _kept.setdefault(plain, _node(plain)) for plain in registered}


def _node(plain: tuple[Any, ...]) -> Node:
    urn, token, name, parent, text, protect, ignore_changes, takes_from = plain
    return Node(
        urn=urn,
        token=token,
        name=name,
        parent=parent,
        text=sys.intern(text),
        protect=protect,
        ignore_changes=ignore_changes,
        takes_from=takes_from,
    )
