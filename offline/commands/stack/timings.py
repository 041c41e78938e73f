"""Where the time of a command went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


class Timings:
    """Named parts of a command and their seconds, in the order in which they began."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._parts: dict[str, float] = {}

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure one part; parts of the same name add up."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._parts[name] = self._parts.get(name, 0.0) + time.monotonic() - began

    def summary(self) -> str:
        """For example `took 23.1s: toolchain 0.2s, cluster 4.0s, preview and update 18.7s`."""
        parts = ", ".join(f"{name} {seconds:.1f}s" for name, seconds in self._parts.items())
        return f"took {time.monotonic() - self._began:.1f}s: {parts}"
