"""The one error of this package: a sentence for a person, with its fix."""

from __future__ import annotations


class ToolchainError(Exception):
    """Something a person must fix before a build can go on; `str(error)` is the whole message, `fix` included."""

    def __init__(self, problem: str, *, fix: str) -> None:
        super().__init__(f"{problem}\n  fix: {fix}")
