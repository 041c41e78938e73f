"""Progress for a person who waits: which step of how many, what it does, how long it has taken, how many remain."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_LINE_EVERY_SECONDS = 10.0


class Progress:
    """Steps of known number, as `[3/9] kube-apiserver: building… 12s`; in place on a terminal, else as lines."""

    def __init__(self, total: int, *, out: TextIO | None = None) -> None:
        self._total = total
        self._out = out or sys.stderr
        self._number = 0
        self._label = ""
        self._began = time.monotonic()
        self._step_began = self._began
        self._shown_at = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the first step began."""
        return time.monotonic() - self._began

    def begin(self, name: str, doing: str) -> None:
        """Start the next step."""
        self._number += 1
        self._label = f"[{self._number}/{self._total}] {name}: {doing}…"
        self._step_began = time.monotonic()
        self._show(f"{self._label} 0s")

    def tick(self) -> None:
        """Say that the step goes on; called often, shows every second on a terminal and every ten in a log."""
        pause = 1.0 if self._out.isatty() else _LINE_EVERY_SECONDS
        if time.monotonic() - self._shown_at >= pause:
            self._show(f"{self._label} {self._step_seconds()}s")

    def end(self, result: str) -> None:
        """Finish the step, for example with `built`."""
        remain = self._total - self._number
        self._show(f"{self._label} {result} in {self._step_seconds()}s, {remain} to go", last=True)

    def fail(self) -> None:
        """Leave the step's line standing, so that the error message begins on a line of its own."""
        if self._out.isatty():
            self._out.write("\n")

    def _step_seconds(self) -> int:
        return round(time.monotonic() - self._step_began)

    def _show(self, line: str, *, last: bool = False) -> None:
        self._shown_at = time.monotonic()
        if self._out.isatty():
            self._out.write(f"\r\x1b[K{line}" + ("\n" if last else ""))
        else:
            self._out.write(f"{line}\n")
        self._out.flush()


class Waiting:
    """A line that says for whom we wait, as often as `Progress.tick` would."""

    def __init__(self, *, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._began = time.monotonic()
        self._shown_at = -_LINE_EVERY_SECONDS

    def __call__(self, holder: str) -> None:
        now = time.monotonic()
        if now - self._shown_at >= _LINE_EVERY_SECONDS:
            self._shown_at = now
            print(
                f"waiting for process {holder}, which is building too… {round(now - self._began)}s",
                file=self._out,
            )
