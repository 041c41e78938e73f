"""Serve the pack to the engine, a stack decoded once for all rules."""

from __future__ import annotations

from policies.isolation.server import serve

from .packs import ROADMAP


def serve_roadmap() -> None:
    """Run as a policy pack until the engine ends the process."""
    serve(ROADMAP)
