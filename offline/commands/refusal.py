"""How a command says no: one problem, one fix, no traceback."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is no error of the program
    """Something a person must change first; `str(refusal)` is the whole message."""

    def __init__(self, problem: str, *, fix: str) -> None:
        super().__init__(f"{problem}\n  fix: {fix}")


class Failed(Exception):  # noqa: N818 - the error is the program's that ended
    """A program that has already said what is wrong ended with this exit code; nothing is left to print."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code
