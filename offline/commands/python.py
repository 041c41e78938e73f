"""`python -m offline python -m roadmap show year1`: Python of the virtual environment, which is made if it must be."""

from __future__ import annotations

import os
import sys


def run(arguments: list[str]) -> int:
    """Replaces this process, which runs in the virtual environment already."""
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - no shell on purpose
