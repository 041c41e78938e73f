"""What a pack is: rules that are served, verified and exempted from together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .findings import Rule
from .graph.graph import Graph, Settings
from .resources import Resource
from .rules import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Rules under one name, and what they are asked about."""

    name: str
    rules: tuple[Rule, ...]
    folder: Path
    """Where `levels.yaml` lies and, if any exemption holds wherever the pack is used, `exemptions.yaml`."""
    read: Callable[[Iterable[Resource], Settings], Graph] = Graph
    """Makes of a stack's resources the graph that the rules ask; a pack may know more of a stack than who owns what."""

    prepare: Callable[[], object] = lambda: None
    """Reads what the rules need beside a stack, so that it is at hand when the engine asks."""

    def graph(self, resources: Iterable[Resource], settings: Settings) -> Graph:
        """The graph of a stack. Its resources come as they were registered, in another order at every run, and
        are sorted, so that a message is the same at every run."""
        return self.read(sorted(resources, key=lambda resource: resource.key), settings)

    @property
    def advice(self) -> str:
        """The policy under which an engine prints what is only worth knowing."""
        return f"{self.name}-advice"

    @property
    def levels(self) -> Path:
        """File that says what each rule's level has to be."""
        return self.folder / "levels.yaml"

    @property
    def exemptions(self) -> Path:
        """File with exemptions that hold wherever this pack is used; others are given as policy configuration."""
        return self.folder / "exemptions.yaml"


ISOLATION = Pack(name="isolation", rules=RULES, folder=Path(__file__).resolve().parent)
"""Nobody shares a store."""
