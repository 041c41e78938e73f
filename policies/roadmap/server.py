"""Serve the pack to the engine, a stack decoded once for all rules."""

from __future__ import annotations

from dataclasses import replace

from policies.isolation.packs import ISOLATION
from policies.isolation.server import serve

from .packs import ROADMAP


def serve_roadmap() -> None:
    """Run as a policy pack until the engine ends the process."""
    serve(ROADMAP, name=ROADMAP.name)


def serve_both() -> None:
    """Run as one policy pack with the isolation pack's rules too: one process to start, one stack to decode, one graph
    for both, since what this pack reads of a stack is the isolation pack's graph and more."""
    serve(replace(ISOLATION, read=ROADMAP.read), ROADMAP, name="service-extraction")
