"""Recorded stacks to break one thing in: what the program registers at a year, in plain data that a test may change."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto

import roadmap
from policies.isolation.pack import RulePolicy, policies
from policies.isolation.server import Servicer
from policies.roadmap.packs import ROADMAP
from roadmap.evidence import load_evidence
from roadmap.principles import load_principles
from roadmap.registered_move import RegisteredMove
from roadmap.stack_config import ExtractConfig
from roadmap.topology import Topology
from tests.components.program import Registered, run
from tests.policies.stack import Answer, ask, kube

PROJECT = Path(__file__).resolve().parents[3]
ROOT = "extraction:roadmap:ExtractionRoadmap"
DAY = datetime.date(2026, 11, 1)


@dataclass
class Recorded:
    """One resource, whose inputs a test may change."""

    registered: Registered
    inputs: dict[str, Any]
    protect: bool
    sources: dict[str, frozenset[str]]
    """Resources whose outputs went into each property."""


@dataclass
class Stack:
    """A recorded stack with the root's inputs as they are to be registered."""

    recorded: list[Recorded]
    root: dict[str, Any]
    added: list[Any] = field(default_factory=list)

    def at(self, kind: str, name: str) -> dict[str, Any]:
        """Inputs of the one object of that kind whose name is, or begins with, `name`."""
        found = [item for item in self.recorded if _is(item, kind, name)]
        exact = [item for item in found if item.registered.object_name == name]
        assert len(exact or found) == 1, (kind, name, [item.registered.id for item in found])
        return (exact or found)[0].inputs

    def spec(self, kind: str, name: str) -> dict[str, Any]:
        spec: dict[str, Any] = self.at(kind, name)["spec"]
        return spec

    def container(self, kind: str, name: str) -> dict[str, Any]:
        spec = self.spec(kind, name)
        if kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        container: dict[str, Any] = spec["template"]["spec"]["containers"][0]
        return container

    def remove(self, kind: str, name: str) -> None:
        found = self.at(kind, name)
        self.recorded = [item for item in self.recorded if item.inputs is not found]

    def protect(self, kind: str, name: str, protect: bool) -> None:
        found = self.at(kind, name)
        next(item for item in self.recorded if item.inputs is found).protect = protect

    def forget_sources(self, kind: str, name: str) -> None:
        """As if no output of another resource had gone into it."""
        found = self.at(kind, name)
        next(item for item in self.recorded if item.inputs is found).sources.clear()

    def add(self, kind: str, name: str, **given: Any) -> None:
        """Another object, as `tests.policies.stack.kube` makes it."""
        self.added.append(kube(kind, name, **given))

    def placement(self, domain: str) -> dict[str, Any]:
        found: dict[str, Any] = next(p for p in self.root["nextPlacements"] if p["domain"] == domain)
        return found

    def messages(self) -> list[Any]:
        return [_message(item, self.root) for item in self.recorded] + self.added


def _is(item: Recorded, kind: str, name: str) -> bool:
    found = item.registered
    return found.is_object and found.kind == kind and found.object_name.startswith(name)


def _message(item: Recorded, root: Mapping[str, Any]) -> Any:
    found = item.registered
    body = struct_pb2.Struct()
    json_format.ParseDict(dict(root) if found.token == ROOT else item.inputs, body)
    message = proto.AnalyzerResource(
        type=found.token, properties=body, urn=found.urn, name=found.name, parent=found.parent
    )
    message.options.CopyFrom(proto.AnalyzerResourceOptions(protect=item.protect, parent=found.parent))
    for key, sources in item.sources.items():
        message.propertyDependencies[key].CopyFrom(proto.AnalyzerPropertyDependencies(urns=sorted(sources)))
    return message


def stack(year: int = 3, **extract: Mapping[str, Any]) -> Stack:
    """A copy of what the program registers at a year; `extract` replaces flags of domains, or `external`."""
    registered, root = _recorded(year, tuple((name, repr(flags)) for name, flags in sorted(extract.items())))
    return Stack(
        recorded=[
            Recorded(
                registered=item,
                inputs=copy.deepcopy(dict(item.inputs)),
                protect=item.protect,
                sources=dict(item.property_dependencies),
            )
            for item in registered
        ],
        root=copy.deepcopy(root),
    )


@cache
def _recorded(
    year: int, extract: tuple[tuple[str, str], ...]
) -> tuple[tuple[Registered, ...], dict[str, Any]]:
    topology = topology_of(year, extract)
    return run(topology).resources, first_move(topology).inputs()


def topology_of(year: int, extract: tuple[tuple[str, str], ...] = ()) -> Topology:
    config = roadmap.load_stack_file(PROJECT / "stacks" / f"Pulumi.year{year}.yaml")
    flags = dict(config.extract)
    for name, changes in extract:
        if name == "external":
            config = config.model_copy(update={"external": config.external.model_copy(update=eval(changes))})
            continue
        merged = {**flags.get(name, ExtractConfig()).model_dump(), **eval(changes)}
        flags[name] = ExtractConfig.model_validate(merged)
    return roadmap.resolve(config.model_copy(update={"extract": flags}), roadmap.load_catalog())


def first_move(topology: Topology) -> RegisteredMove:
    """The first deployment of a topology, with the evidence of the embedded stacks."""
    catalog, table = roadmap.load_catalog(), load_principles().readiness
    folder = PROJECT / "stacks" / "readiness" / "embedded"
    evidence = {
        entry.domain: found
        for entry, placement in zip(catalog.domains, topology.domains, strict=True)
        if placement.phase == entry.last.name
        and (found := load_evidence(folder / f"{entry.domain}.yaml", entry, table, DAY)) is not None
    }
    return RegisteredMove(
        stack=topology.stack,
        environment=topology.environment,
        as_of=DAY,
        next_phases={placement.domain: placement.phase for placement in topology.domains},
        next_placements=topology.domains,
        judged_on=DAY,
        evidence=evidence,
        evidence_digest="+".join(item.digest for item in evidence.values()) or None,
    )


def said(rule: str, found: Stack | Iterable[Any], config: Mapping[str, Any] | None = None) -> list[Answer]:
    """What one rule says of a stack, through the pack's own servicer."""
    chosen = [policy for policy in policies(ROADMAP) if policy.name == rule]
    assert [type(policy) for policy in chosen] == [RulePolicy]
    messages = found.messages() if isinstance(found, Stack) else list(found)
    return ask(Servicer(chosen, ROADMAP.name), messages, {rule: config} if config else None)


def everything_said(found: Stack) -> list[Answer]:
    """What all rules say of a stack."""
    return ask(Servicer(policies(ROADMAP), ROADMAP.name), found.messages(), None)
