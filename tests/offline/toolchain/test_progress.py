"""What a person sees while waiting."""

import io
import time

import pytest

from offline.toolchain.progress import Progress, Waiting


class Screen(io.StringIO):
    """A terminal that can be read."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, as its last entry."""
    times = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: times[-1])
    return times


def run(out: io.StringIO, clock: list[float], seconds: int) -> str:
    steps = Progress(9, out=out)
    steps.begin("kube-apiserver", "building (go1.26)")
    for _ in range(seconds * 5):
        clock.append(clock[-1] + 0.2)
        steps.tick()
    steps.end("built")
    return out.getvalue()


def test_a_log_gets_a_line_every_ten_seconds(clock: list[float]) -> None:
    lines = run(io.StringIO(), clock, 25).splitlines()
    assert [line.rpartition("… ")[2] for line in lines] == ["0s", "10s", "20s", "built in 25s, 8 to go"]
    assert all(line.startswith("[1/9] kube-apiserver: building (go1.26)…") for line in lines)


def test_a_terminal_is_updated_every_second_in_one_line(clock: list[float]) -> None:
    shown = run(Screen(), clock, 5)
    assert shown.count("\n") == 1
    assert shown.count("\r") >= 5


def test_waiting_names_the_process_now_and_then(clock: list[float]) -> None:
    out = io.StringIO()
    waiting = Waiting(out=out)
    for _ in range(30):
        waiting("4711")
        clock.append(clock[-1] + 0.5)
    assert len(out.getvalue().splitlines()) == 2
    assert "process 4711" in out.getvalue()
