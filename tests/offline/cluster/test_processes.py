"""Recognising and ending processes: only the recorded one, never one that was given its pid later."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline.cluster import identity, processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """A mark of this test alone; whatever bears it afterwards is ended."""
    yield str(tmp_path)
    processes.end(processes.unrecorded({}, str(tmp_path)), grace_seconds=0)


def launch(tmp_path: Path, mark: str, command: list[str] = SLEEP) -> processes.Record:
    return processes.start(
        "sleeper", command, mark=mark, home=tmp_path, folder=tmp_path, log=tmp_path / "log", digest="d"
    )


def test_a_started_process_is_recorded_alive_and_ended(tmp_path: Path, mark: str) -> None:
    record = launch(tmp_path, mark)
    assert processes.recorded(tmp_path) == {"sleeper": record}
    assert processes.alive(record, mark)
    processes.end([record.pid], grace_seconds=5)
    assert not processes.alive(record, mark)


@pytest.mark.parametrize(
    ("change", "mark_is_ours"),
    [({"started": "boot/1"}, True), ({"pid": os.getpid()}, True), ({}, False)],
    ids=["another start time", "another pid", "another mark"],
)
def test_a_process_that_differs_is_not_ours(
    tmp_path: Path, mark: str, change: dict[str, object], mark_is_ours: bool
) -> None:
    record = launch(tmp_path, mark)
    other = dataclasses.replace(record, **change)  # type: ignore[arg-type]
    assert not processes.alive(other, mark if mark_is_ours else "/elsewhere")


def test_a_process_without_a_record_is_found_by_its_mark(tmp_path: Path, mark: str) -> None:
    record = launch(tmp_path, mark)
    assert processes.unrecorded({"sleeper": record}, mark) == []
    assert processes.unrecorded({}, mark) == [record.pid]
    assert processes.unrecorded({}, "/elsewhere") == []


def test_a_process_that_ignores_the_polite_signal_is_killed(tmp_path: Path, mark: str) -> None:
    record = launch(tmp_path, mark, STUBBORN)
    while "deaf" not in (tmp_path / "log").read_text():
        time.sleep(0.01)
    processes.end([record.pid], grace_seconds=0.2)
    assert identity.started(record.pid) is None


def test_it_is_detached_and_its_environment_is_bare(
    tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/somewhere/else")
    record = launch(tmp_path, mark)
    assert os.getsid(record.pid) == record.pid
    environment = identity.environment(record.pid)
    assert environment is not None
    assert set(environment) - {"LC_CTYPE"} == {processes.MARKER, "HOME", "PATH"}


@pytest.mark.parametrize(
    "text", ["", "{", '{"name": "etcd"}', "[1]"], ids=["empty", "cut off", "incomplete", "a list"]
)
def test_a_damaged_record_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "etcd.json").write_text(text)
    assert processes.recorded(tmp_path) == {}


def test_a_zombie_does_not_count_as_running() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        deadline = time.monotonic() + 10
        while identity.started(child.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert identity.started(child.pid) is None
        assert Path(f"/proc/{child.pid}").exists(), "it has not been waited for yet"


def test_the_fingerprint_follows_command_line_and_configuration(tmp_path: Path) -> None:
    file = tmp_path / "stage.yaml"
    file.write_text("one")
    first = processes.fingerprint(["kwok", "-c"], [file])
    assert first == processes.fingerprint(["kwok", "-c"], [file])
    assert first != processes.fingerprint(["kwok", "-d"], [file])
    file.write_text("two")
    assert first != processes.fingerprint(["kwok", "-c"], [file])


def test_the_tail_of_a_log_is_indented_and_never_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert processes.tail(log) == "    (the log is empty)"
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(20)) + b"\xff end")
    assert processes.tail(log, lines=2) == "    line 19\n    � end"
