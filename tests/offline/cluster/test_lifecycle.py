"""Starting, mending and ending: idempotent, detached, and never a process or a file too many."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline.cluster import ClusterInfo, down, identity, ports, status, up
from offline.cluster.layout import Layout
from offline.cluster.processes import MARKER
from offline.cluster.reach import reach
from tests.offline.cluster.live import Live

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone folder with nothing in it, whose cluster is ended whatever a test leaves."""
    folder = tmp_path_factory.mktemp("lifecycle")
    yield folder
    down(folder)


def marked(root: Path) -> list[int]:
    """Pids of all processes that bear the mark of this clone's cluster."""
    mark = str(Layout.of(root).home)
    return [pid for pid in identity.pids() if (identity.environment(pid) or {}).get(MARKER) == mark]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "offline.cluster", *arguments]


def lines_of_up(root: Path) -> tuple[ClusterInfo, list[str]]:
    lines: list[str] = []
    return up(root, lines.append), lines


def test_an_interrupted_first_start_is_mended(root: Path) -> None:
    starter = subprocess.Popen(
        command("up", "--root", str(root)), cwd=PROJECT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 30
    while len(marked(root)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert not status(root).running
    records = Layout.of(root).processes
    for record in records.glob("*.json"):
        record.unlink()  # as if it had been killed before it could write them
    left = set(marked(root))
    assert left, "the interrupted start left processes behind"
    info, _ = lines_of_up(root)
    assert info.running
    assert set(marked(root)) == set(info.pids.values())
    assert not left & set(info.pids.values()), "what has no record is ended, not adopted"


def test_a_second_start_finds_it_running(root: Path) -> None:
    first = up(root)
    again, lines = lines_of_up(root)
    assert again == first
    assert len(lines) == 1
    assert "running already" in lines[0]
    assert reach(again.kubeconfig, again.context).version.startswith("v1.")
    assert stat.S_IMODE(again.kubeconfig.stat().st_mode) == 0o600


def test_the_callers_output_is_not_held_open(root: Path) -> None:
    """A pipeline ends with the command: a process that kept its output would let a CI step wait forever."""
    layout = Layout.of(root)
    pid = status(root).pids["kwok"]
    assert pid
    os.kill(pid, signal.SIGKILL)
    ended = subprocess.run(
        command("up", "--root", str(root)),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "kwok: ready" in ended.stdout
    fresh = status(root).pids["kwok"]
    assert fresh
    assert fresh != pid
    files = {str(Path(f"/proc/{fresh}/fd/{number}").readlink()) for number in (0, 1, 2)}
    assert files == {"/dev/null", str(layout.logs / "kwok.log")}
    assert os.getsid(fresh) == fresh, "it leads a session of its own"


@pytest.mark.parametrize("victim", ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"])
def test_a_killed_process_is_replaced_and_nothing_is_lost(root: Path, victim: str) -> None:
    before = up(root)
    live = Live.of(before)
    kept = live.namespace(f"kept-{victim}")
    pid = before.pids[victim]
    assert pid
    os.kill(pid, signal.SIGKILL)
    while identity.started(pid):
        time.sleep(0.01)
    assert status(root).pids[victim] is None
    after, lines = lines_of_up(root)
    assert after.running
    assert after.server == before.server
    assert f"{victim}: ready" in " ".join(lines)
    live.namespace(f"new-{victim}")
    assert live.get(f"/api/v1/namespaces/{kept}").status == 200


def test_a_recycled_pid_is_neither_taken_for_ours_nor_killed(root: Path) -> None:
    record_file = Layout.of(root).processes / "kube-scheduler.json"
    scheduler = up(root).pids["kube-scheduler"]
    assert scheduler
    os.kill(scheduler, signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        record = json.loads(record_file.read_text())
        record_file.write_text(json.dumps({**record, "pid": stranger.pid}))
        assert status(root).pids["kube-scheduler"] is None
        info = up(root)
        assert info.running
        assert stranger.poll() is None
        # Even with the very start time: the mark in its environment is missing.
        record_file.write_text(
            json.dumps({**record, "pid": stranger.pid, "started": identity.started(stranger.pid)})
        )
        assert status(root).pids["kube-scheduler"] is None
        up(root)
        assert stranger.poll() is None
        stranger.kill()


def test_a_hung_process_is_replaced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offline.cluster.supervise.HUNG_SECONDS", 1.0)
    pid = up(root).pids["kwok"]
    assert pid
    os.kill(pid, signal.SIGSTOP)
    info, lines = lines_of_up(root)
    assert info.running
    assert info.pids["kwok"] != pid
    assert any("has not been well" in line for line in lines)


def test_two_starts_at_once_do_not_collide(root: Path) -> None:
    pid = up(root).pids["kwok"]
    assert pid
    os.kill(pid, signal.SIGKILL)
    starters = [
        subprocess.Popen(command("up", "--root", str(root)), cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [starter.communicate(timeout=60)[0] for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0]
    assert sum("kwok: ready" in output for output in outputs) == 1, outputs
    assert len(marked(root)) == len(status(root).pids)


def test_down_leaves_no_process_and_no_file_and_touches_nothing_else(root: Path) -> None:
    keep = root / "keep.txt"
    keep.write_text("mine")
    info = up(root)
    pids = list(info.pids.values())
    down(root)
    assert marked(root) == []
    assert [pid for pid in pids if pid and identity.started(pid)] == []
    assert [path.name for path in root.iterdir()] == ["keep.txt"]
    assert all(ports.is_free(port) for port in ports.preferred(root).values())
    lines: list[str] = []
    down(root, lines.append)
    assert "nothing to stop" in lines[0]


def test_a_taken_port_is_left_to_its_owner_and_a_failing_program_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both in one: etcd is a program that ends with a sentence, so nothing heavy is started."""
    programs = tmp_path / "programs"
    programs.mkdir()
    etcd = programs / "etcd"
    etcd.write_text("#!/bin/sh\necho this machine has no room >&2\nexit 3\n")
    etcd.chmod(0o755)
    monkeypatch.setattr("offline.cluster.lifecycle.binary", lambda name: programs / name)
    root = tmp_path / "clone"
    root.mkdir()
    taken = ports.preferred(root)["apiserver"]
    lines: list[str] = []
    with (
        socket.create_server(("127.0.0.1", taken)),
        pytest.raises(Exception, match="this machine has no room") as error,
    ):
        up(root, lines.append)
    assert "etcd ended right after its start" in str(error.value)
    (told,) = [
        line
        for line in lines
        if line.startswith(f"port {taken} is taken by another program: apiserver gets ")
    ]
    assert (int(told.rpartition(" ")[2]) - taken) % ports.BLOCK == 0
    down(root, lines.append)
    assert list(root.iterdir()) == []
