"""The pack: this roadmap's rules, asked of a stack that knows where each domain stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from policies.isolation.graph.graph import Graph, Settings
from policies.isolation.packs import Pack
from policies.isolation.resources import Resource

from .rules import RULES


def _read(resources: Iterable[Resource], settings: Settings) -> Graph:
    """The stack. Its module brings the roadmap's models, which take as long to load as the rest of the pack."""
    from .stack import Stack

    return Stack(resources, settings)


def _prepare() -> object:
    from .stack import catalog

    return catalog()


ROADMAP = Pack(
    name="roadmap", rules=RULES, folder=Path(__file__).resolve().parent, read=_read, prepare=_prepare
)
"""This roadmap's rules."""
