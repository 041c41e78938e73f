"""The pack: this roadmap's rules, asked of a stack that knows where each domain stands."""

from __future__ import annotations

from pathlib import Path

from policies.isolation.packs import Pack

from .rules import RULES
from .stack import Stack, catalog

ROADMAP = Pack(
    name="roadmap", rules=RULES, folder=Path(__file__).resolve().parent, read=Stack, prepare=catalog
)
"""This roadmap's rules."""
