"""Builds happen once, heal, fail with one message, and leave nothing half done."""

import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from offline.toolchain import binary, ensure, store
from offline.toolchain.errors import ToolchainError
from tests.offline.toolchain.conftest import Machine
from tests.offline.toolchain.test_process import is_running

IN_ANOTHER_PROCESS = "from offline.toolchain import ensure; ensure(['etcd'])"


def entries(machine: Machine) -> list[str]:
    return sorted(path.name.rpartition("-")[0] for path in machine.cache.iterdir() if path.is_dir())


def test_what_is_missing_is_built_once(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    ensure(["kwok", "etcd"])
    said = capsys.readouterr().err
    assert said.index("[1/2] kwok") < said.index("[2/2] etcd")
    assert "0 to go" in said
    ensure(["etcd", "kwok"])
    assert len(machine.calls()) == 2
    assert capsys.readouterr().err == ""
    assert binary("etcd").read_text().startswith("made by")


def test_what_only_tests_need_is_built_when_it_is_asked_for(machine: Machine) -> None:
    ensure(["netpolicy"])
    assert entries(machine) == ["netpolicy"]
    assert binary("netpolicy").read_text().startswith("made by")


def test_a_build_is_static_pinned_and_without_paths(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod -tags=surprise")
    monkeypatch.setenv("GOOS", "plan9")
    machine.order('echo "$CGO_ENABLED|$GOFLAGS|$GOOS|$GOWORK|$GOTOOLCHAIN" > "$here/seen"')
    ensure(["etcd"])
    assert (machine.bin / "seen").read_text() == "0|-mod=readonly||off|local\n"
    assert " build -trimpath " in machine.calls()[0]


def test_a_truncated_binary_is_built_again(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    ensure(["etcd"])
    binary("etcd").write_text("")
    ensure(["etcd"])
    assert "spoiled in the cache, rebuilding" in capsys.readouterr().err
    assert len(machine.calls()) == 2
    assert binary("etcd").read_text().startswith("made by")


@pytest.mark.parametrize(
    ("orders", "says", "fix"),
    [
        pytest.param(
            "echo 'undefined: x' >&2; exit 2", "ended with 2", "read the lines above", id="does not compile"
        ),
        pytest.param(
            "echo 'no space left on device' >&2; exit 1", "ended with 1", "free space", id="disk full"
        ),
        pytest.param("kill -9 $$", "was killed by signal 9", "run again", id="killed"),
    ],
)
def test_a_failed_build_says_so_once(machine: Machine, orders: str, says: str, fix: str) -> None:
    ensure(["kwok"])
    machine.order(orders)
    with pytest.raises(ToolchainError, match=rf"building etcd failed: .*{says}(.|\n)*\n  fix: {fix}"):
        ensure(["etcd"])
    assert entries(machine) == ["kwok"]
    machine.order(":")
    ensure(["etcd"])
    assert entries(machine) == ["etcd", "kwok"]


def test_too_little_disk_is_said_before_anything_is_built(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 9, 2**29))
    with pytest.raises(ToolchainError, match=r"0\.5 GiB free in .*\n  fix: free space"):
        ensure(["etcd"])
    assert machine.calls() == []


def test_a_cache_that_cannot_be_written_is_named(machine: Machine) -> None:
    machine.cache.parent.mkdir(parents=True)
    machine.cache.write_text("a file where the folder should be")
    with pytest.raises(ToolchainError, match=r"toolchain cannot be written: .*\n  fix: make it yours"):
        ensure(["etcd"])


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 10
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} never came"
        time.sleep(0.02)


def start_another(machine: Machine) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", IN_ANOTHER_PROCESS], stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_a_stopped_build_leaves_a_usable_cache(machine: Machine, number: signal.Signals) -> None:
    machine.order('[ -e "$here/begun" ] || { echo $$ > "$here/begun"; exec sleep 2; }')
    with start_another(machine) as another:
        wait_for(machine.bin / "begun")
        another.send_signal(number)
        another.communicate(timeout=20)
    if number == signal.SIGINT:
        assert not is_running(int((machine.bin / "begun").read_text()))
    ensure(["etcd"])
    assert entries(machine) == ["etcd"]
    assert store.is_intact(binary("etcd").parent)


def test_two_clones_build_once(machine: Machine) -> None:
    machine.order('touch "$here/begun"; sleep 1')
    with start_another(machine) as another:
        wait_for(machine.bin / "begun")
        ensure(["etcd"])
        another.communicate(timeout=20)
    assert another.returncode == 0
    assert len(machine.calls()) == 1
