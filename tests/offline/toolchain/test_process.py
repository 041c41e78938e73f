"""A build's child ends with us, whatever ends us, and its last words are kept."""

import os
import time
from pathlib import Path

import pytest

from offline.toolchain.process import ChildFailed, run_child


def run(script: str, folder: Path, tick: object = None) -> str:
    ticking = tick if callable(tick) else lambda: None
    return run_child(["/bin/sh", "-c", script], folder=folder, environment=os.environ, tick=ticking)


def test_standard_output_comes_back(tmp_path: Path) -> None:
    assert run("echo noise >&2; echo answer", tmp_path) == "answer\n"


def test_it_ticks_while_the_child_works(tmp_path: Path) -> None:
    ticks: list[None] = []
    run("sleep 0.7", tmp_path, lambda: ticks.append(None))
    assert len(ticks) >= 2


@pytest.mark.parametrize(
    ("script", "exit_code", "disk_full"),
    [
        pytest.param("echo wrong >&2; exit 3", 3, False, id="failed"),
        pytest.param("echo 'write x: no space left on device' >&2; exit 1", 1, True, id="disk full"),
        pytest.param("kill -9 $$", -9, False, id="killed"),
    ],
)
def test_a_failure_says_how_it_ended(tmp_path: Path, script: str, exit_code: int, disk_full: bool) -> None:
    with pytest.raises(ChildFailed) as failed:
        run(script, tmp_path)
    assert (failed.value.exit_code, failed.value.disk_full) == (exit_code, disk_full)


def test_only_the_last_lines_are_kept(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed) as failed:
        run("for i in $(seq 100); do echo line $i >&2; done; exit 1", tmp_path)
    assert failed.value.last_lines.splitlines()[-1] == "line 100"
    assert len(failed.value.last_lines.splitlines()) == 15


def test_an_interruption_ends_the_whole_process_group(tmp_path: Path) -> None:
    def interrupt() -> None:
        if (tmp_path / "pids").exists() and len((tmp_path / "pids").read_text().split()) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("sleep 60 & echo $! $$ > pids; wait", tmp_path, interrupt)
    grandchild, child = map(int, (tmp_path / "pids").read_text().split())
    deadline = time.monotonic() + 5
    while any(is_running(pid) for pid in (grandchild, child)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)
    assert not is_running(grandchild)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
